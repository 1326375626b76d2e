"""Where the rows of a long column are: arithmetic only. Lengths are logical pixels."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence


def tops_of(heights: Sequence[int], gap: int) -> list[int]:
    """The top of every row, and after the last one the column's whole height; ``gap`` stands between rows."""
    tops, top = [], 0
    for height in heights:
        tops.append(top)
        top += height + gap
    tops.append(max(0, top - gap))
    return tops


def rows_between(tops: Sequence[int], first: int, last: int) -> range:
    """The rows that touch the stretch from ``first`` to ``last``, from what :func:`tops_of` returned."""
    count = len(tops) - 1
    begin = max(0, bisect_right(tops, first, 0, count) - 1)
    return range(begin, max(begin, bisect_left(tops, last, 0, count)))


def revealing(top: int, bottom: int, offset: int, height: int) -> int:
    """The offset, nearest to the present one, at which a row is seen; of a tall row its beginning."""
    if top < offset or bottom - top > height:
        return top
    return max(offset, bottom - height)
