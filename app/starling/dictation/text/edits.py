"""How many edits two words are apart. Pure."""

from __future__ import annotations


def edits(one: str, other: str, most: int) -> int:
    """Insertions, deletions, exchanges and swaps of neighbours between two words; ``most + 1`` when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for line, letter in enumerate(one, 1):
        above, row, last = row, [line], before
        for column, wanted in enumerate(other, 1):
            best = min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != wanted))
            if line > 1 and column > 1 and letter == other[column - 2] and one[line - 2] == wanted:
                best = min(best, last[column - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
        before = above
    return min(row[-1], most + 1)
