"""Whether a word is in the English dictionary that pocketsphinx carries: 130,000 words, searched where they lie."""

from __future__ import annotations

import importlib.util
import mmap
from functools import lru_cache
from pathlib import Path

_FILE = ("model", "en-us", "cmudict-en-us.dict")


@lru_cache(maxsize=4096)
def known(word: str, language: str) -> bool:
    """Whether an English word is in the dictionary; False for other languages and where there is none."""
    if not language.startswith("en") or not word:
        return False
    try:
        lines = _lines()
        return lines is not None and _holds(lines, word.casefold().encode())
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=1)
def _lines() -> mmap.mmap | None:
    found = importlib.util.find_spec("pocketsphinx")
    if found is None or not found.origin:
        return None
    path = Path(found.origin).parent.joinpath(*_FILE)
    with path.open("rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _holds(lines: mmap.mmap, word: bytes) -> bool:
    """Binary search: the lines are sorted, a word ends at its first space."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = lines.rfind(b"\n", 0, middle) + 1
        end = lines.find(b"\n", start)
        end = len(lines) if end < 0 else end
        here = lines[start:end].split(b" ", 1)[0].partition(b"(")[0]  # the(2): another pronunciation
        if here == word:
            return True
        if here < word:
            low = end + 1
        else:
            high = start
    return False
