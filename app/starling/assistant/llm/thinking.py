"""What a reasoning model thinks aloud is not its reply. Pure and incremental."""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"


class ThinkFilter:
    """Passes text on without ``<think>…</think>``, however it is cut into pieces."""

    def __init__(self) -> None:
        self._rest = ""
        self._thinking = False
        self._after = False  # white space after a thought belongs to it

    def feed(self, text: str) -> str:
        """Take more text and return what is surely part of the reply."""
        self._rest += text
        said = []
        while True:
            mark = CLOSE if self._thinking else OPEN
            before, found, after = self._rest.partition(mark)
            if not found:
                break
            if not self._thinking:
                said.append(before.lstrip() if self._after else before)
            self._thinking = not self._thinking
            self._after = not self._thinking
            self._rest = after
        if self._after:
            self._rest = self._rest.lstrip()
            self._after = not self._rest
        held = _overlap(self._rest, mark)
        if not self._thinking:
            said.append(self._rest[: len(self._rest) - held])
        self._rest = self._rest[len(self._rest) - held :]
        return "".join(said)

    def finish(self) -> str:
        """The text has ended: what looked like the beginning of a mark was none."""
        rest, self._rest = self._rest, ""
        return "" if self._thinking else rest


def _overlap(text: str, mark: str) -> int:
    """How many characters at the end of the text may begin the mark."""
    for size in range(min(len(text), len(mark) - 1), 0, -1):
        if mark.startswith(text[-size:]):
            return size
    return 0
