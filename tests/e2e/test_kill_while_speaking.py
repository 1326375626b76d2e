"""Somebody speaks, and the process is killed: at most the last second of it is lost, and the database is sound."""

import random
import sqlite3
import subprocess
import sys
import time
import wave
from contextlib import closing

import numpy as np
import pytest

from starling.history.store import History

RATE = 16_000
LOST_S = 1.0
SIGNAL_S = 6.0

# The pipeline's own coordinator, lines and log in a process of their own. The signal comes at the pace of speech; every
# line on stdout says how much of it has been heard, in samples.
SPEAKER = """
import sys, time
from pathlib import Path
import numpy as np
from starling.core.results import Transcript
from starling.core.segmenter import Segmenter
from starling.history.store import History
from starling.pipeline.coordinator import Coordinator
from starling.pipeline.conversation import Rules
from starling.pipeline.ears import Ears
from starling.pipeline.hearinglog import HearingLog
from starling.pipeline.keeping import Keeper
from starling.pipeline.mailbox import Mailbox
from starling.pipeline.recognition import Recognised, RecognitionLine

signal = np.load(sys.argv[2])
BLOCK = 1024

class Loud:
    def probability(self, frame):
        return float(np.abs(frame).max() > 0.1)
    def reset(self):
        pass

class Source:
    def __init__(self):
        self.at, self.began = 0, time.monotonic()
    def read(self, timeout_s):
        if self.at >= len(signal):
            return None
        due = self.began + (self.at + BLOCK) / 16000
        time.sleep(max(0.0, due - time.monotonic()))
        block = signal[self.at : self.at + BLOCK]
        self.at += len(block)
        sys.stdout.write(f"{self.at}\\n")
        sys.stdout.flush()
        return block
    def events(self):
        return []

class Silent:
    def stop(self):
        pass
    def submit(self, request, job):
        pass

def transcribe(samples):
    time.sleep(0.15)
    return Recognised(Transcript("a text", "en", len(samples) / 16000, 0.15), "legacy", "fake")

history = History(Path(sys.argv[1]), keep=True, keep_audio=True)
keeper = Keeper(history, "dictation", 0, lambda event: None)
mailbox = Mailbox()
line = RecognitionLine(transcribe, keeper, mailbox.result)
coordinator = Coordinator(Source(), Ears(Loud(), Segmenter()), mailbox, line, Silent(),
                          Rules("nothing", lambda text: None, lambda text, speaking: False), lambda event: None,
                          real_time=True, hearing=HearingLog(keeper, line.after_stores))
sys.stdout.write("ready\\n")
sys.stdout.flush()
coordinator.run()
"""


def speech(seed):
    """Loud stretches of words, short and long pauses; no two samples in a row are alike elsewhere."""
    chance, sound = np.random.default_rng(seed), []
    while sum(map(len, sound)) < SIGNAL_S * RATE:
        sound.append(chance.uniform(0.2, 0.9, int(chance.uniform(0.3, 2.0) * RATE)) * chance.choice([-1, 1]))
        sound.append(np.zeros(int(chance.uniform(0.1, 1.2) * RATE)))
    return np.concatenate(sound).astype(np.float32)


def kept(folder):
    """Every recording that is there after the next start: delivered ones, and those that wait."""
    for path in [*folder.glob("kept/*.wav"), *folder.glob("pending/*.wav")]:
        with wave.open(str(path)) as reader:
            yield np.frombuffer(reader.readframes(reader.getnframes()), "<i2")


def covered(signal, folder):
    """Which samples of the signal stand in some recording."""
    pcm = np.rint(signal * 32767).astype(np.int16)
    found = np.zeros(len(pcm), bool)
    for recording in kept(folder):
        loud = np.flatnonzero(recording)
        if not len(loud):
            continue
        first = loud[0]
        mark = recording[first : first + 8]
        for place in np.flatnonzero(pcm == mark[0]):
            if np.array_equal(pcm[place : place + len(mark)], mark):
                begin = max(0, place - first)
                found[begin : begin + len(recording)] = True
                break
        else:
            raise AssertionError("a recording holds what nobody said")
    return found


def one_round(folder, after_s, seed):
    folder.mkdir()
    signal = speech(seed)
    np.save(folder / "signal.npy", signal)
    command = [sys.executable, "-c", SPEAKER, str(folder / "history"), str(folder / "signal.npy")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after_s)
        process.kill()
        heard = [int(line) for line in process.stdout.read().splitlines() if line]
    with closing(sqlite3.connect(folder / "history" / "history.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store = History(folder / "history", keep_audio=True)
    assert store.set_aside is None
    orphans = store.orphans()
    assert [path for path in (folder / "history" / "growing").iterdir()] == []
    store.close()
    until = max(heard, default=0)
    found = covered(signal, folder / "history")
    lost = np.flatnonzero((np.abs(signal[:until]) > 0.1) & ~found[:until])
    return (until - lost[0]) / RATE if len(lost) else 0.0, len(orphans)


def rounds(folder, count):
    chance, lost, waiting = random.Random(11), [], 0
    for number in range(count):
        lost_s, orphans = one_round(folder / str(number), chance.uniform(0.3, SIGNAL_S), number)
        lost.append(lost_s)
        waiting += orphans
    assert max(lost) <= LOST_S, lost
    assert waiting > 0  # some were killed in the middle of speech
    return lost


def test_what_is_being_said_survives_a_kill(tmp_path):
    rounds(tmp_path, 5)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_what_is_being_said_survives_a_hundred_kills(tmp_path):
    lost = rounds(tmp_path, 100)
    (tmp_path / "lost.txt").write_text(f"at most {max(lost):.3f} s, {sum(lost) / len(lost):.3f} s in the mean")
