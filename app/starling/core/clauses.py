"""Cuts streamed text into clauses that can be spoken one by one. Pure and incremental.

Where it cuts does not depend on how the text arrived, letter by letter or whole.
"""

from __future__ import annotations

import re

FIRST_MIN = 12
"""Characters. The first clause may end at any mark, so that the first sound comes early; shorter ones sound torn."""
LATER_MIN = 24
"""Characters. Later clauses are sentences; "Yes. No." is one, since each clause costs an engine call."""
FIRST_LIMIT = 100
LIMIT = 200
"""Characters. A clause that finds no mark by then ends at the last comma or space."""
UNBROKEN_LIMIT = 1000
"""Characters. A run without any space (an address) is kept whole up to here."""

_CLOSERS = r"[\"'”’»)\]}*_`」』）】]*+"  # noqa: RUF001
_MARK = re.compile(
    rf"""
    (?P<sentence> [.!?…]++{_CLOSERS}(?=\s) | [。！？]++{_CLOSERS}(?=[\s\S]) | \n )
  | (?P<clause>   [,;:–]++{_CLOSERS}(?=\s) | [，、；：]++(?=[\s\S]) | —++(?=\D) )
    """,  # noqa: RUF001
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'“‘])"  # noqa: RUF001
    r"(?:dr|mr|mrs|ms|prof|st|vs|e\.g|i\.e|nos|approx|jr|sr|inc|ltd|co|dept|est|fig|gen|col|capt|lt|sgt|rev|hon"
    r"|cf|al|vol|pp|p|ca|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|z\.b|d\.h|bzw|nr|[a-z](?:\.[a-z])*)\.$",
    re.IGNORECASE,
)
_LIST_NUMBER = re.compile(r"(?:^|\n)\s*\d{1,3}\.$")
_LONGEST_ABBREVIATION = 12


class ClauseSplitter:
    """Feed text as it comes; the clauses that came out, joined, are the text.

    White space between two clauses stands at the start of the second, so a clause may be blank.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._first = True

    def feed(self, text: str) -> list[str]:
        """Take more text and return the clauses that are complete now."""
        self._rest += text
        clauses = []
        start = 0
        while (end := self._end(start)) is not None:
            clauses.append(self._rest[start:end])
            self._first = self._first and not clauses[-1].strip()
            start = end
        self._rest = self._rest[start:]
        return clauses

    def finish(self) -> list[str]:
        """The text has ended: return what is left."""
        rest, self._rest = self._rest, ""
        self._first = True
        return [rest] if rest else []

    def _end(self, start: int) -> int | None:
        """Where the clause that begins at ``start`` ends; None when more text is needed to say."""
        limit = FIRST_LIMIT if self._first else LIMIT
        last_clause_mark = None
        for mark in _MARK.finditer(self._rest, start, start + limit + 1):
            length = len(self._rest[start : mark.end()].strip())
            if length < (FIRST_MIN if self._first else LATER_MIN) or self._is_abbreviation(start, mark):
                continue
            if self._first or mark.lastgroup == "sentence":
                return mark.end()
            last_clause_mark = mark.end()
        if len(self._rest) - start <= limit:
            return None
        return last_clause_mark or self._forced_end(start, limit)

    def _is_abbreviation(self, start: int, mark: re.Match[str]) -> bool:
        if not mark[0].startswith(".") or mark[0].startswith(".."):
            return False
        before = self._rest[max(start, mark.start() - _LONGEST_ABBREVIATION) : mark.start() + 1]
        return bool(_ABBREVIATION.search(before) or _LIST_NUMBER.search(before))

    def _forced_end(self, start: int, limit: int) -> int | None:
        window = self._rest[start : start + limit + 1]
        space = max((found.start() for found in re.finditer(r"\s", window)), default=0)
        if window[:space].strip():
            return start + space
        space_after = re.compile(r"\s").search(self._rest, start + limit + 1, start + UNBROKEN_LIMIT)
        if space_after:
            return space_after.start()
        return start + UNBROKEN_LIMIT if len(self._rest) - start > UNBROKEN_LIMIT else None
