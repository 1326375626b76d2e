"""A history of many made-up turns, filled quickly and in one step."""

from __future__ import annotations

import json
import random
from pathlib import Path

from starling.core.folding import fold
from starling.core.results import Transcript
from starling.history.store import History

BEGAN = 1_700_000_000.0
"""Unix time of the first."""
EVERY_S = 600.0
_SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvw" for vowel in "aeiou"]
RARE, CJK = "xylophone", "東京都へ行きます"
"""What every thousandth says."""


def fill(folder: Path, count: int, seed: int = 1) -> None:
    """Make ``count`` turns with replies."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(10_000)]

    def sentence() -> str:
        return " ".join(chance.choices(words[:400], k=6) + chance.choices(words, k=8))

    store = History(folder)
    try:
        database = store._database
        database.execute("BEGIN")
        for number in range(count):
            text = sentence() + (f" {RARE} {CJK}" if number % 1000 == 0 else "")
            name, reply = f"{int(BEGAN + number):013d}-1-{number}-ab", sentence()
            mode = chance.choice(("assistant", "dictation"))
            whole = json.dumps(Transcript(text, "en", 3.0, 0.2).to_json())
            row = database.execute(
                "INSERT INTO utterances (id, started_at, mode, audio_s, private, state, delivered, owner_pid,"
                " owner_mark, text, transcript, tier, model)"
                " VALUES (?, ?, ?, 3, 0, ?, 1, 1, '', ?, ?, 'legacy', 'starter')",
                (name, BEGAN + EVERY_S * number, mode, "inserted" if mode == "dictation" else "done", text, whole),
            ).lastrowid
            database.execute("INSERT INTO replies VALUES (?, 0, ?, 'cpu', 'af_heart')", (name, reply))
            database.execute("INSERT INTO searched VALUES (?, ?)", (row, fold(f"{text}\n{reply}")))
        database.execute("COMMIT")
    finally:
        store.close()
