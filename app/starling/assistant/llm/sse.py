"""Server-sent events from bytes as they come. Pure and incremental; tolerant where servers differ."""

from __future__ import annotations

LONGEST_EVENT = 1_000_000
"""Characters; an event that grows beyond is no chat."""


class TooLongError(ValueError):
    """An event that does not end."""


class EventParser:
    """Feed bytes; get the ``data`` of each complete event.

    Lines end with CR, LF or CRLF. Comments and other fields are passed over; several ``data`` lines are one text, in
    lines.
    """

    def __init__(self) -> None:
        self._bytes = b""
        self._data: list[str] = []
        self._size = 0
        self._begun = False

    def feed(self, chunk: bytes) -> list[str]:
        """Take more bytes. Raises TooLongError."""
        *lines, self._bytes = _lines(self._bytes + chunk)
        if len(self._bytes) > LONGEST_EVENT:
            raise TooLongError
        found = []
        for line in lines:
            event = self._line(line)
            if event is not None:
                found.append(event)
        return found

    def finish(self) -> list[str]:
        """The stream has ended: an event without its blank line counts."""
        rest, self._bytes = self._bytes.rstrip(b"\r"), b""
        events = [self._line(rest)] if rest else []
        events.append(self._end())
        return [event for event in events if event is not None]

    def _line(self, line: bytes) -> str | None:
        if not self._begun:
            self._begun = True
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            return self._end()
        name, _, value = line.partition(b":")
        if name == b"data":
            text = value.removeprefix(b" ").decode("utf-8", "replace")
            self._size += len(text) + 1  # lines without text are kept too
            if self._size > LONGEST_EVENT:
                raise TooLongError
            self._data.append(text)
        return None

    def _end(self) -> str | None:
        data, self._data, self._size = self._data, [], 0
        return "\n".join(data) if data else None


def _lines(data: bytes) -> list[bytes]:
    """Complete lines and the rest; a CR at the very end waits, an LF may follow."""
    held = b"\r" if data.endswith(b"\r") else b""
    body = data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    *lines, rest = body.split(b"\n")
    return [*lines, rest + held]
