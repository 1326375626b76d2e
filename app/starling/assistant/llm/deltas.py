"""From the JSON of a streamed chat completion to text and tool calls. Pure.

Servers differ: fragments of a call may repeat its name, leave out its index or come whole, arguments may come as an
object, content as a list of parts. What cannot be understood is a :class:`BadChunkError`, never a guess.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from starling.assistant.llm.listing import LONGEST_NAME
from starling.assistant.llm.thinking import ThinkFilter

MOST_CALLS = 16
LONGEST_ARGUMENTS = 20_000
"""Characters of one call."""
DONE = "[DONE]"


class BadChunkError(ValueError):
    """A chunk that is no part of a chat completion; the text says why."""


class ReportedError(Exception):
    """The server reports an error inside the stream; the text is its own."""


@dataclass(frozen=True)
class Call:
    """A tool call as the model wrote it; nothing of it is checked yet."""

    id: str
    name: str
    arguments: str


@dataclass
class _Fragments:
    id: str = ""
    name: str = ""
    arguments: str = ""


class Assembly:
    """One streamed reply.

    Attributes:
        done: the server said that the reply is complete.
        finish: why it ended (``stop``, ``length``, ``tool_calls`` …); empty while unknown.
        model: the model that the server says answers.
    """

    def __init__(self) -> None:
        self.done = False
        self.finish = ""
        self.model = ""
        self._calls: list[_Fragments] = []
        self._by_index: dict[object, _Fragments] = {}
        self._thinking = ThinkFilter()
        self._half = ""

    def take(self, data: str) -> str:
        """Take one event's data and return the text it adds. Raises BadChunkError, ReportedError."""
        if data.strip() == DONE:
            self.done = True
            return ""
        return self._whole("".join(self._take(chunk) for chunk in _chunks(data)))

    def end(self) -> str:
        """The stream has ended: text that was held back."""
        rest, self._half = self._half + self._thinking.finish(), ""
        return _valid(rest)

    def _whole(self, text: str) -> str:
        """The text without half a letter at its end: servers cut between the two halves of an emoji."""
        text = self._half + text
        cut = len(text) - (bool(text) and "\ud800" <= text[-1] <= "\udbff")
        self._half = text[cut:]
        return _valid(text[:cut])

    def calls(self) -> list[Call]:
        """The tool calls, whole."""
        return [Call(call.id or f"call_{number}", call.name, call.arguments) for number, call in enumerate(self._calls)]

    def _take(self, chunk: dict[str, Any]) -> str:
        if chunk.get("error"):
            raise ReportedError(_reason(chunk["error"]))
        if isinstance(model := chunk.get("model"), str) and model.isprintable() and len(model) <= LONGEST_NAME:
            self.model = model or self.model
        choices = chunk.get("choices")
        if choices is None and "usage" not in chunk and "timings" not in chunk:
            raise BadChunkError("it sent JSON without choices")
        if not isinstance(choices or [], list):
            raise BadChunkError("its choices are no list")
        choice = next((choice for choice in choices or () if _index(choice) == 0), None)
        return "" if choice is None else self._take_choice(choice)

    def _take_choice(self, choice: dict[str, Any]) -> str:
        part = choice.get("delta") or choice.get("message") or {}
        if not isinstance(part, dict):
            raise BadChunkError("its delta is no object")
        calls = part.get("tool_calls") or []
        if not isinstance(calls, list):
            raise BadChunkError("its tool calls are no list")
        for number, fragment in enumerate(calls):
            self._take_call(fragment, number)
        if isinstance(reason := choice.get("finish_reason"), str) and reason:
            self.finish = reason
        return self._thinking.feed(_text(part.get("content")))

    def _take_call(self, fragment: Any, number: int) -> None:
        function = fragment.get("function") if isinstance(fragment, dict) else None
        if not isinstance(function, dict):
            raise BadChunkError("a tool call has no function")
        call = self._call_for(fragment, number)
        if isinstance(name := function.get("name"), str) and not call.name:
            call.name = name
        arguments = function.get("arguments")
        call.arguments += (
            arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments)
        )
        if len(call.arguments) > LONGEST_ARGUMENTS:
            raise BadChunkError("the arguments of a tool call do not end")

    def _call_for(self, fragment: dict[str, Any], number: int) -> _Fragments:
        """The call that a fragment belongs to: by its index, else by its id, else the last one."""
        name = fragment.get("id")
        key: object = fragment.get("index")
        if not isinstance(key, int):
            key = name or (number if number or not self._calls else None)
        call = self._calls[-1] if key is None else self._by_index.get(key)
        if call is not None and isinstance(name, str) and name and call.id and name != call.id:
            call = None  # a server that numbers every call 0
        if call is None:
            if len(self._calls) >= MOST_CALLS:
                raise BadChunkError("it wants too many tools at once")
            call = self._by_index[key] = _Fragments()
            self._calls.append(call)
        if isinstance(name, str) and name:
            call.id = name
        return call


def _valid(text: str) -> str:
    """Halves joined, and single ones replaced: nothing else takes them, no file, no engine, no screen."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _chunks(data: str) -> list[dict[str, Any]]:
    """The objects of one event: one, or one a line from servers that forget the blank lines."""
    try:
        found = [json.loads(data)]
    except (ValueError, RecursionError):
        found = []
        for line in data.splitlines():
            if line.strip() in ("", DONE):
                continue
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                raise BadChunkError("it sent something that is not JSON") from None
    if not all(isinstance(chunk, dict) for chunk in found):
        raise BadChunkError("it sent JSON that is no object")
    return found


def _index(choice: Any) -> int:
    if not isinstance(choice, dict):
        raise BadChunkError("a choice is no object")
    index = choice.get("index", 0)
    return index if isinstance(index, int) else 0


def _text(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))
    raise BadChunkError("its content is no text")


def _reason(error: Any) -> str:
    if isinstance(error, dict):
        return str(error.get("message") or error.get("code") or error.get("type") or "")
    return str(error)


def reason_of(body: str) -> str:
    """The reason in the body of an HTTP error: of a JSON error its message, else its first text without markup."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return "" if "<" in body[:200] else body
    if isinstance(data, dict):
        return _reason(data.get("error") or data.get("detail") or data.get("message") or "")
    return ""
