"""The page of the history as a person uses it: real keys, the real service, the files on disk."""

import sqlite3
from contextlib import closing

import pytest

from tests.helpers.commands import NO_SOUND, processes
from tests.helpers.display import Screen
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import PulseServer, wait_until
from tests.helpers.watching import Watching

SETTINGS = (
    '[stt]\nmodel = "starter"\n[assistant]\nanswer = "everything"\n[window]\nclose = "quit"\n'
    "[history]\nkeep_audio = true\n"
)


def stored(home):
    with closing(sqlite3.connect(home / "data" / "history" / "history.db")) as database:
        return [row[0] for row in database.execute("SELECT text FROM utterances WHERE deleted_at = 0 ORDER BY number")]


def recordings(home):
    return [path for path in (home / "data" / "history").rglob("*") if path.suffix in (".wav", ".pcm")]


def ask(screen: Screen, window: Watching, text: str, count: int) -> None:
    screen.key("ctrl+l")
    screen.type(text)
    screen.key("Return")
    window.wait_for("ReplyEnded", count)


def test_what_was_asked_is_found_deleted_and_brought_back(screen: Screen, tmp_path):
    home = tmp_path / "home"
    with Watching(screen, home, NO_SOUND, SETTINGS) as window:
        found = screen.window()
        window.wait_for("Ready")
        assert wait_until(lambda: screen.active_window() == found, 5)
        ask(screen, window, "what is the date today", 1)
        ask(screen, window, "what is three times three", 2)
        screen.key("alt+4")
        window.wait_for("HistoryRead")
        screen.key("ctrl+f")
        screen.type("times")
        assert window.shows("Found: 1")
        screen.key("Down")
        screen.key("Delete")
        window.wait_for("HistoryTaken")
        assert window.shows("One entry was deleted.")
        assert stored(home) == ["what is the date today"]
        screen.key("ctrl+z")
        window.wait_for("HistoryTaken", 2)
        assert window.shows("Found: 1")
        screen.key("Delete")
        window.wait_for("HistoryTaken", 3)
        screen.key("alt+1")
        window.wait_for("TurnDeleted")
        assert stored(home) == ["what is the date today"]
    content = b"".join(path.read_bytes() for path in home.rglob("history.db*"))
    assert b"three times three" not in content
    assert "Traceback" not in "".join(window.stderr)
    assert processes(home) == []


@pytest.mark.pulse
def test_private_mode_leaves_nothing_on_disk(screen: Screen, tmp_path):
    home = tmp_path / "home"
    with PulseServer() as server:
        microphone = server.add_microphone("mic", "Test Microphone")
        server.prime("out")
        with Watching(screen, home, server.variables, SETTINGS) as window:
            found = screen.window()
            window.wait_for("Ready")
            window.wait_for("MicrophoneChanged")
            assert wait_until(lambda: screen.active_window() == found, 5)
            ask(screen, window, "what is the date today", 1)
            screen.key("ctrl+shift+p")
            window.wait_for("PrivateChanged", 3)  # the start's, at once, and when it holds
            assert window.shows("Private")
            ask(screen, window, "what is three times three", 2)
            server.play_into(microphone, speech_wav(tmp_path / "said.wav", ["what is the date today"], pause_s=0.6))
            window.wait_for("ReplyEnded", 3)
            assert recordings(home) == []
            assert stored(home) == ["what is the date today"]
            screen.key("ctrl+shift+p")
            window.wait_for("PrivateChanged", 5)
            server.play_into(microphone, tmp_path / "said.wav")
            window.wait_for("ReplyEnded", 4)
            assert window.until(lambda: len(stored(home)) == 2)
            assert window.until(lambda: len(recordings(home)) == 1)
    content = b"".join(path.read_bytes() for path in home.rglob("history.db*"))
    assert b"three times three" not in content
    assert "Traceback" not in "".join(window.stderr)
