"""Many entries in one step, for measurements and tests."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from starling.core.folding import fold
from starling.core.results import Transcript
from starling.history.store import History

BEGAN = 1_700_000_000.0
EVERY_S = 600.0
RARE, CJK = "xylophone", "東京都へ行きます"
"""What every thousandth says."""
_SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvw" for vowel in "aeiou"]
_COMMON = 300
_INSERT = (
    "INSERT INTO utterances (id, started_at, mode, audio_s, private, state, delivered, owner_pid, owner_mark, text,"
    " transcript, tier, model) VALUES (?, ?, ?, 3, 0, ?, 1, 0, '', ?, ?, 'legacy', 'starter')"
)


def vocabulary(seed: int = 1) -> list[str]:
    """Made-up words; the first ones are common."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(10_000)]


def made_up(count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Sentences of 14 words, each with a reply."""
    chance, words = random.Random(seed), vocabulary(seed)

    def sentence() -> str:
        return " ".join(chance.choices(words[:_COMMON], k=6) + chance.choices(words, k=8))

    for number in range(count):
        yield sentence() + (f" {RARE} {CJK}" if number % 1000 == 0 else ""), sentence()


def fill(folder: Path, texts: Iterable[tuple[str, str]], began: float = BEGAN, every_s: float = EVERY_S) -> None:
    """Store turns, each with a reply unless that is empty; dictations and questions take turns."""
    History(folder).close()
    with closing(sqlite3.connect(folder / "history.db", isolation_level=None)) as database:
        database.execute("BEGIN")
        for number, (text, reply) in enumerate(texts):
            at = began + every_s * number
            mode, state = (("assistant", "done"), ("dictation", "inserted"))[number % 2]
            name, whole = f"{int(at * 1000):013d}-0-{number}-ab", json.dumps(Transcript(text, "en", 3.0, 0.2).to_json())
            row = database.execute(_INSERT, (name, at, mode, state, text, whole)).lastrowid
            if reply:
                database.execute("INSERT INTO replies VALUES (?, 0, ?, 'cpu', 'af_heart')", (name, reply))
            database.execute("INSERT INTO searched VALUES (?, ?)", (row, fold("\n".join(filter(None, (text, reply))))))
        database.execute("COMMIT")
