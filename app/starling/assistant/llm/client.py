"""Asks a language model: chat completions as a stream, and the list of models."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty
from typing import TYPE_CHECKING, Any

from starling.assistant.llm import deltas, failures, listing, sse
from starling.assistant.llm.address import Address
from starling.assistant.llm.arrived import Arrived, Body, End, Head
from starling.assistant.llm.listing import Listing
from starling.core.errors import StarlingError

if TYPE_CHECKING:
    from starling.assistant.llm import wire

LONGEST_REPLY = 100_000
"""Characters: about two hours of speech."""
LARGEST_LIST = 2_000_000
"""Bytes of a list of models."""
_LARGEST_REASON = 20_000
_JOIN_S = 0.5

Message = dict[str, Any]
"""One message of the OpenAI protocol."""


@dataclass(frozen=True)
class Limits:
    """Seconds: how long a server may take.

    Attributes:
        connect: until the connection stands.
        first: until the first words; a server may load its model meanwhile.
        between: from one piece to the next.
        total: for the whole reply.
    """

    connect: float = 3.0
    first: float = 60.0
    between: float = 20.0
    total: float = 300.0


class CancelledError(Exception):
    """The request was ended by :meth:`Chat.cancel`."""


class Chat:
    """One reply on its way. Iterating gives its text as it comes; then the figures and calls are there.

    Iterating raises StarlingError when the server fails; what came before it has been given. A cancelled reply ends
    without an error.

    Attributes:
        text: so far.
        finish: why the model ended.
        model: the one that answered, as the server names it; else the one asked for.
        first_text_s: from the request to the first piece of text; None while there is none.
        cancelled: whether it was.
    """

    def __init__(self, client: Client, body: dict[str, Any]) -> None:
        self.text = ""
        self.finish = ""
        self.model = str(body.get("model", ""))
        self.first_text_s: float | None = None
        self._client = client
        self._with_tools = bool(body.get("tools"))
        self._body = json.dumps(body, ensure_ascii=True).encode()
        self._assembly = deltas.Assembly()
        self._reader = Reader(client.limits)
        self._url = client.address.url

    @property
    def cancelled(self) -> bool:
        """Whether it was ended before its end."""
        return self._reader.cancelled

    def cancel(self) -> None:
        """End it at once, from any thread and at any time."""
        self._reader.cancel()

    def calls(self) -> list[deltas.Call]:
        """The tool calls of the whole reply."""
        return self._assembly.calls()

    def __iter__(self) -> Iterator[str]:
        """The pieces of text, none of them empty."""
        try:
            self._reader.open(self._client, "/chat/completions", self._body)
            head = self._reader.head()
            if head.status != 200:
                said = deltas.reason_of(self._reader.rest(_LARGEST_REASON))
                raise failures.http_status(self._url, self.model, head.status, said, with_tools=self._with_tools)
            yield from self._pieces(head)
        except CancelledError:
            return
        finally:
            self._reader.close()

    def _pieces(self, head: Head) -> Iterator[str]:
        parser = sse.EventParser()
        try:
            if head.content_type == "application/json":  # a server that does not stream
                events: Iterator[str] = iter([self._reader.rest(LARGEST_LIST)])
            else:
                events = self._events(parser, head)
            for data in events:
                yield from self._grown(self._assembly.take(data))
                if self._assembly.done:
                    break
            yield from self._grown(self._assembly.end())
        except (deltas.BadChunkError, sse.TooLongError) as error:
            why = str(error) or "it sent a line that does not end"
            raise failures.bad_reply(self._url, why) from error
        except deltas.ReportedError as error:
            raise self._reported(str(error)) from error
        self._finished()

    def _events(self, parser: sse.EventParser, head: Head) -> Iterator[str]:
        some = False
        for chunk in self._reader.chunks():
            for data in parser.feed(chunk):
                some = True
                yield data
        for data in parser.finish():
            some = True
            yield data
        if not some:
            kind = head.content_type if head.content_type != "text/event-stream" else "an empty stream"
            raise deltas.BadChunkError(f"it sent {kind}")

    def _grown(self, text: str) -> Iterator[str]:
        if not self.text:
            text = text.lstrip()
        if not text:
            return
        self._reader.progress()
        if self.first_text_s is None:
            self.first_text_s = self._reader.elapsed_s()
        self.text += text
        yield text
        if len(self.text) > LONGEST_REPLY:
            raise failures.too_long(self._url)

    def _finished(self) -> None:
        assembly = self._assembly
        self.finish, self.model = assembly.finish, assembly.model or self.model
        if not assembly.done and not assembly.finish:
            raise failures.broke_off(self._url)
        if assembly.finish == "length":
            raise failures.cut(self._url)
        if not self.text and not assembly.calls():
            raise failures.bad_reply(self._url, "its reply is empty")

    def _reported(self, said: str) -> StarlingError:
        found = failures.http_status(self._url, self.model, 500, said, with_tools=self._with_tools)
        return found if found.code in ("llm.model_missing", "llm.no_tools") else failures.reported(self._url, said)


class Client:
    """A server, the key for it, and how long it may take.

    Args:
        address: where it is.
        key: empty for none. It is sent over https, or to this machine, only.
        limits: how long things may take.
    """

    def __init__(self, address: Address, key: str = "", limits: Limits | None = None) -> None:
        self.address = address
        self.key = key
        self.limits = limits or Limits()

    def chat(self, model: str, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = ()) -> Chat:
        """Begin a reply; nothing is sent before it is iterated."""
        body: dict[str, Any] = {"model": model, "messages": list(messages), "stream": True}
        if tools:
            body["tools"] = list(tools)
        return Chat(self, body)

    def models(self) -> Listing:
        """The server's models. Raises StarlingError."""
        reader = Reader(self.limits)
        url = self.address.url
        try:
            reader.open(self, "/models", None)
            head = reader.head()
            body = reader.rest(LARGEST_LIST if head.status == 200 else _LARGEST_REASON)
        except CancelledError:
            raise failures.unreachable(url) from None
        finally:
            reader.close()
        if head.status != 200:
            raise failures.http_status(url, "", head.status, deltas.reason_of(body))
        try:
            return listing.read(body, head.server)
        except listing.BadListError:
            raise failures.bad_reply(url, "its list of models cannot be read") from None

    def check_key(self) -> None:
        """Raises StarlingError ``llm.key_in_clear`` where everybody on the way could read the key."""
        if self.key and self.address.scheme == "http" and not self.address.local:
            raise StarlingError(
                "llm.key_in_clear",
                "The key would travel unprotected, because the address begins with http.",
                "Use an address with https, or remove the key.",
            )


class Reader:
    """Waits for what a request brings, no longer than the limits allow."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cancelled = threading.Event()
        self._request: wire.Request | None = None
        self._lock = threading.Lock()
        self._url = ""
        self._began_s = 0.0
        self._heard_s = 0.0
        self._some = False

    @property
    def cancelled(self) -> bool:
        """Whether :meth:`cancel` was called."""
        return self._cancelled.is_set()

    def open(self, client: Client, path: str, body: bytes | None) -> None:
        """Send the request. Raises CancelledError, StarlingError."""
        from starling.assistant.llm import wire  # here: http and TLS take 8 MB, and a window may never ask a server

        client.check_key()
        self._url = client.address.url
        self._began_s = self._heard_s = time.monotonic()
        with self._lock:
            if self.cancelled:
                raise CancelledError
            self._request = wire.Request(
                client.address,
                path,
                client.key,
                body,
                connect_s=self._limits.connect,
                idle_s=max(self._limits.first, self._limits.between) + 1.0,
            )

    def cancel(self) -> None:
        """End the request and the waiting for it, from any thread."""
        with self._lock:
            self._cancelled.set()
            request = self._request
        if request is not None:
            request.cancel()

    def close(self) -> None:
        """End what is left of the request."""
        request = self._request
        if request is not None:
            request.cancel()
            request.join(_JOIN_S)

    def elapsed_s(self) -> float:
        """Since the request."""
        return time.monotonic() - self._began_s

    def progress(self) -> None:
        """Words came: the next limit is the one between two pieces."""
        self._heard_s, self._some = time.monotonic(), True

    def head(self) -> Head:
        """The status. Raises CancelledError, StarlingError."""
        item = self._next()
        if isinstance(item, Head):
            return item
        assert isinstance(item, End)
        if item.connected and item.why == "it does not speak HTTP":
            raise failures.bad_reply(self._url, item.why)
        raise failures.unreachable(self._url, item.why)

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes. Raises CancelledError, StarlingError."""
        while not isinstance(item := self._next(), End):
            if isinstance(item, Body):
                yield item.data
        if item.why:
            raise failures.broke_off(self._url)

    def rest(self, most: int) -> str:
        """The whole body as text, ``most`` bytes of it. Raises CancelledError, StarlingError."""
        found = b""
        for chunk in self.chunks():
            found += chunk
            if len(found) > most:
                break
        return found[:most].decode("utf-8", "replace")

    def _next(self) -> Arrived:
        """What comes next; a server that sends without saying anything is given no longer than a silent one."""
        assert self._request is not None
        now = time.monotonic()
        limit_s = self._limits.between if self._some else self._limits.first
        left_s = min(self._heard_s + limit_s, self._began_s + self._limits.total) - now
        try:
            if left_s <= 0:
                raise Empty
            item = self._request.arrived.get(timeout=left_s)
        except Empty:
            if self.cancelled:
                raise CancelledError from None
            raise self._too_late() from None
        if self.cancelled:
            raise CancelledError
        return item

    def _too_late(self) -> StarlingError:
        if time.monotonic() >= self._began_s + self._limits.total:
            return failures.timeout(self._url, "for one reply", self._limits.total)
        if self._some:
            return failures.timeout(self._url, "to go on", self._limits.between)
        return failures.timeout(self._url, "to begin its reply", self._limits.first)
