"""Finding, testing and unlocking servers of language models, on a thread of its own. Only when asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from starling.assistant.llm import failures, finder, keys
from starling.assistant.llm.address import Address, parse
from starling.assistant.llm.client import Chat, Client
from starling.assistant.llm.connection import Wishes
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.tasks import Tasks

GREETING = "Say hello in one short sentence."
TOOL_WISH = "Call the tool check now, and say nothing else."
_CHECK = {
    "type": "function",
    "function": {
        "name": "check",
        "description": "Tells Starling that tools work. It does nothing else.",
        "parameters": {"type": "object", "properties": {}, "additionalProperties": False},
    },
}
_CLOSE_S = 0.3


class Connections:
    """What a window's connection page and ``starling ask`` do before there is a conversation.

    Args:
        wishes: what the settings say now.
        emit: hears of the results.
        places: where servers may be.
    """

    def __init__(
        self,
        wishes: Callable[[], Wishes],
        emit: Callable[[events.Event], None],
        places: Callable[[], tuple[finder.Place, ...]] = lambda: finder.PLACES,
    ) -> None:
        self._wishes = wishes
        self._emit = emit
        self._places = places
        self._lock = threading.Lock()
        self._chat: Chat | None = None
        self._closed = False
        self._tasks = Tasks("connections", lambda error: emit(events.Trouble(error)))

    def find(self) -> None:
        """Answered by ``ServersFound``."""
        self._tasks.put(lambda: self._emit(found(finder.find(self._places()))))

    def test(self, url: str = "", model: str = "") -> None:
        """Ask a server for a greeting; empty values stand for the settings. Answered by ``ConnectionTested``."""
        self._tasks.put(lambda: self._emit(self._tested(url, model)))

    def look_up_key(self, url: str) -> None:
        """Answered by ``KeyShown``."""
        self._tasks.put(lambda: self._emit(self._with_key(url, lambda address: keys.require())))

    def save_key(self, url: str, key: str) -> None:
        """Store a key in the system's keyring; an empty one removes it. Answered by ``KeyShown``."""
        self._tasks.put(lambda: self._emit(self._with_key(url, lambda address: keys.save(address, key))))

    def close(self) -> None:
        """End what goes on."""
        with self._lock:
            self._closed, chat = True, self._chat
        if chat is not None:
            chat.cancel()
        self._tasks.close(_CLOSE_S)

    def _tested(self, url: str, model: str) -> events.ConnectionTested:
        wishes = self._wishes()
        wishes = replace(wishes, url=url or wishes.url, model=model if url else model or wishes.model)
        result = events.ConnectionTested(wishes.url)
        try:
            address = parse(wishes.url)
            result = replace(result, local=address.local)
            client = Client(address, keys.find_if_needed(address), wishes.limits)
            since_s = time.monotonic()
            listing = client.models()
            listed_ms = round((time.monotonic() - since_s) * 1000, 1)
            result = replace(result, models=listing.chat or listing.names, listed_ms=listed_ms)
            chosen = wishes.model or next(iter(result.models), "")
            if not chosen or (wishes.model and listing.names and wishes.model not in listing.names):
                raise failures.model_missing(address.url, chosen)
            result = self._greeted(client.chat(chosen, [{"role": "user", "content": GREETING}]), result)
            if result.error is None and wishes.tools:
                result = replace(result, tools=self._tools(client, chosen))
            return result
        except StarlingError as error:
            return replace(result, error=error.to_json())

    def _read(self, chat: Chat) -> StarlingError | None:
        """Read a reply to its end; why it failed, if it did."""
        with self._lock:
            self._chat = chat
            if self._closed:
                chat.cancel()
        try:
            for _ in chat:
                pass
        except StarlingError as failure:
            return failure
        return None

    def _tools(self, client: Client, model: str) -> Literal["", "called", "ignored", "refused"]:
        """Whether the model calls a tool when it is told to: whether it can is nowhere to be read reliably."""
        chat = client.chat(model, [{"role": "user", "content": TOOL_WISH}], [_CHECK])
        error = self._read(chat)
        if error is not None:
            return "refused" if error.code == "llm.no_tools" else ""
        if chat.cancelled:
            return ""
        return "called" if chat.calls() else "ignored"

    def _greeted(self, chat: Chat, result: events.ConnectionTested) -> events.ConnectionTested:
        error = self._read(chat)
        first_ms = None if chat.first_text_s is None else round(chat.first_text_s * 1000, 1)
        if error is not None:
            return replace(result, model=chat.model if chat.text else "", reply=chat.text, error=error.to_json())
        return replace(result, model=chat.model, reply=chat.text, first_text_ms=first_ms)

    def _with_key(self, url: str, act: Callable[[Address], None]) -> events.KeyShown:
        try:
            address = parse(url or self._wishes().url)
            act(address)
            return events.KeyShown(url, bool(keys.find(address)))
        except StarlingError as error:
            return events.KeyShown(url, False, error.to_json())


def found(servers: tuple[finder.Found, ...]) -> events.ServersFound:
    """What was found, as an event."""
    return events.ServersFound(
        tuple(
            events.Server(
                server.name,
                server.url,
                server.models,
                server.evidence,
                server.error.to_json() if server.error else None,
            )
            for server in servers
        )
    )
