"""A process that records and delivers is killed at random points; the next one loses nothing and repeats nothing."""

import random
import subprocess
import sys
import time

import pytest

from starling.history.store import History

# Every line on stdout is a fact the writer's process has reached; the reader compares it with the store.
WRITER = """
import sys
from pathlib import Path
import numpy as np
from starling.core.results import Transcript
from starling.history.store import History

def say(*words):
    sys.stdout.write(" ".join(words) + "\\n")
    sys.stdout.flush()

store = History(Path(sys.argv[1]), keep=sys.argv[2] == "keep")
say("ready", "-")
while True:
    utterance = store.add_pending(np.full(8000, 0.5, np.float32), 1000.0, "assistant")
    say("stored", utterance)
    store.done(utterance, Transcript("a text", "en", 0.5, 0.1), "legacy", "starter")
    say("delivering", utterance)
    store.delivered(utterance)
    say("delivered", utterance)
"""


def _round(folder, keep, after_s):
    command = [sys.executable, "-c", WRITER, str(folder), "keep" if keep else "private"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready -\n"
        time.sleep(after_s)
        writer.kill()
        facts = [line.split() for line in writer.stdout.read().splitlines() if line.count(" ") == 1]
    reached = {utterance: fact for fact, utterance in facts}
    store = History(folder, keep=keep)
    try:
        assert store.set_aside is None
        orphans = {orphan.id for orphan in store.orphans()}
        stored = {utterance for utterance, fact in reached.items() if fact == "stored"}
        delivered = {utterance for utterance, fact in reached.items() if fact == "delivered"}
        assert stored <= orphans
        assert not delivered & orphans
        assert len(orphans) <= 1  # one utterance is in hand at a time
        for orphan in orphans:
            samples = store.claim(orphan)
            assert samples is not None
            assert len(samples) == 8000
            store.delivered(orphan)
        if keep:
            assert {turn.id for turn in store.turns(100_000)} >= delivered
        else:
            assert store.turns(10) == []
    finally:
        store.close()
    assert list(folder.joinpath("pending").iterdir()) == []
    return len(delivered)


def _rounds(folder, rounds):
    chance = random.Random(7)
    for number in range(rounds):
        keep = number % 2 == 0
        _round(folder / ("keep" if keep else "private"), keep, after_s=chance.uniform(0.0, 0.05))


def test_kills_lose_and_repeat_nothing(tmp_path):
    assert _round(tmp_path / "keep", keep=True, after_s=0.2) > 0
    _rounds(tmp_path, 4)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_kills_lose_and_repeat_nothing(tmp_path):
    _rounds(tmp_path, 100)
