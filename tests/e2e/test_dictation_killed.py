"""Starling is killed in a dictation: what was said is in the history, nothing is typed twice, and no state is a lie."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager, suppress

import pytest

from tests.e2e.test_dictation_portal import SENTENCE, WRITTEN, Desk, desk, hears
from tests.helpers.commands import processes
from tests.helpers.display import screen
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import wait_until
from tests.helpers.talk_window import server
from tests.helpers.watching import Watching

__all__ = ["desk", "screen", "server"]

pytestmark = pytest.mark.pulse
KEPT = "[history]\nkeep_audio = true\n"
KEYS = 2 * len(WRITTEN)
"""Each goes down and up."""
LOST_S = 1.0
LONG = [SENTENCE, "what is twenty three times seven", "set a timer for ten minutes"]
ROUNDS = 100


def rows(desk: Desk) -> list[tuple[str, str, str, float, int]]:
    """Text, state, code, length and whether it was delivered, oldest first; the database is sound."""
    with closing(sqlite3.connect(desk.home / "data" / "history" / "history.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return database.execute(
            "SELECT text, state, error_code, audio_s, delivered FROM utterances ORDER BY started_at"
        ).fetchall()


def recordings(desk: Desk) -> int:
    return len(list((desk.home / "data" / "history").glob("kept/*.wav")))


@contextmanager
def to_be_killed(desk: Desk):
    """A window that is killed inside."""
    with Watching(desk.screen, desk.home, desk.env, desk.settings) as window:
        hears(window)
        yield window
        assert window.process.wait(20) == -signal.SIGKILL
    assert wait_until(lambda: processes(desk.home) == [], 10)


@contextmanager
def next_start(desk: Desk):
    """The one after it, once nothing waits any more."""
    with desk.window() as window:
        assert window.until(lambda: all(row[4] or row[1] == "failed" for row in rows(desk)), 30)
        assert list((desk.home / "data" / "history" / "growing").iterdir()) == []
        assert list((desk.home / "data" / "history" / "pending").iterdir()) == []
        yield window


@pytest.fixture
def keeping(desk: Desk) -> Desk:
    desk.settings += KEPT
    return desk


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(9, id="while it is typed"),
        pytest.param(KEYS, id="between typing and noting", marks=pytest.mark.slow),
    ],
)
def test_while_a_text_is_typed(keeping, key):
    typing = keeping.portal.typing
    with to_be_killed(keeping) as window:
        typing.on_key = lambda number: os.kill(window.process.pid, signal.SIGKILL) if number == key else None
        keeping.speak(window)
        window.process.wait(30)
    typed = list(typing.typed)
    assert len(typed) == key
    with next_start(keeping) as window:
        (row,) = rows(keeping)
        assert row[:3] == (WRITTEN, "done", "insert.unsure")
        assert recordings(keeping) == 1
        assert typing.typed == typed
        keeping.speak(window)  # all goes on
        window.wait_for("Inserted")
        assert typing.text.endswith(WRITTEN)
        states = [("done", "insert.unsure"), ("inserted", "")]
        assert window.until(lambda: [row[1:3] for row in rows(keeping)] == states)


@pytest.mark.slow
def test_at_the_moment_the_text_is_there(keeping):
    typing = keeping.portal.typing
    with to_be_killed(keeping) as window:
        keeping.speak(window)  # until Heard
        os.kill(window.process.pid, signal.SIGKILL)
    typed = list(typing.typed)
    with next_start(keeping):
        (row,) = rows(keeping)
        assert row[0] == WRITTEN
        assert row[1:3] in [("done", ""), ("done", "insert.unsure"), ("inserted", "")]
        if typed:
            assert row[2] == "insert.unsure" or len(typed) == KEYS
        assert recordings(keeping) == 1
        assert typing.typed == typed


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(3000)
def test_at_random_moments_of_a_whole_dictation(keeping, tmp_path):
    chance, lost, states = random.Random(5), [], []
    clip = speech_wav(tmp_path / "long.wav", LONG, pause_s=0.2)
    typing, before = keeping.portal.typing, 0
    for _ in range(int(os.environ.get("STARLING_TEST_KILLS", ROUNDS))):
        typing.typed.clear()
        with to_be_killed(keeping) as window:
            keeping.portal.key("talk", True)
            pressed_s = time.monotonic()
            assert window.until(lambda: "held=True" in window.named("Listening")[-1])
            player = keeping.server.play_into(keeping.server.microphone, clip, wait=False)
            killed_s = pressed_s + chance.uniform(0.3, 9.0)
            with suppress(subprocess.TimeoutExpired):
                player.wait(killed_s - time.monotonic())
            released_s = time.monotonic()
            if released_s < killed_s:
                keeping.portal.key("talk", False)
                time.sleep(max(0.0, killed_s - time.monotonic()))
            os.kill(window.process.pid, signal.SIGKILL)
            held_s = min(released_s, time.monotonic()) - pressed_s
            player.kill()
            player.wait()
        typed = len(typing.typed)
        with next_start(keeping):
            fresh = rows(keeping)[before:]
            assert len(typing.typed) == typed
            assert all(state != "pending" for _, state, *_ in fresh)
            assert typed == 0 or fresh[-1][1] == "inserted" or fresh[-1][2] == "insert.unsure"
            lost.append(held_s - sum(row[3] for row in fresh))
            states += [row[1:3] for row in fresh]
            before += len(fresh)
    assert max(lost) <= LOST_S, lost
    (tmp_path / "lost.txt").write_text(f"at most {max(lost):.3f} s; {sorted(set(states))}")
    print(f"at most {max(lost):.3f} s lost; {[(state, states.count(state)) for state in sorted(set(states))]}")  # noqa: T201
