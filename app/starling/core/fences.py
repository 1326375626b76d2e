"""Code blocks are for the eye: a voice leaves them out. Pure and incremental, over clauses in order."""

from __future__ import annotations

INSTEAD = "The code is in the window."
_FENCES = ("```", "~~~")


class CodeBlocks:
    """Takes what stands between two fences out of the clauses of one text, wherever it was cut."""

    def __init__(self) -> None:
        self._fence = ""
        self._told = False
        self._line_goes_on = False

    def without(self, clause: str) -> str:
        """The clause as it is to be said; the first code of a block is replaced by one sentence."""
        kept = []
        for line in clause.splitlines(keepends=True):
            kept.append(self._said(line))
            self._line_goes_on = not line.endswith(("\n", "\r"))
        return "".join(kept)

    def _said(self, line: str) -> str:
        mark = "" if self._line_goes_on else line.strip()[:3]
        if self._fence:
            if mark == self._fence:
                self._fence = ""
                return ""
            told, self._told = self._told, self._told or bool(line.strip())
            return f"{INSTEAD}\n" if self._told and not told else ""
        if mark in _FENCES and line.strip().count(mark) == 1:
            self._fence, self._told = mark, False
            return ""
        return line
