"""Dictation end to end: the real window in the background, real speech, real keys, real editor and terminal."""

import re
import sqlite3
import statistics
from contextlib import closing

import pytest

from tests.helpers.commands import starling
from tests.helpers.display import Screen, screen
from tests.helpers.editors import clipboard, copied, mousepad, xterm
from tests.helpers.listening import speech_wav
from tests.helpers.talk_window import hold, let_go, server, talk_window
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

pytestmark = pytest.mark.pulse
SETTINGS = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n'
SENTENCE = "what is the date today"
WRITTEN = "What is the date today"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200
HTML = "<p>Größe <b>fett</b></p>".encode()
MANY = 50
TYPED_MS = 600.0
"""From the text to the end of an insertion, the wait for the application's answer included."""


@pytest.fixture
def window(screen: Screen, server, tmp_path):
    with talk_window(screen, server, tmp_path / "home", SETTINGS) as watching:
        yield watching


@pytest.fixture
def speak(window: Watching, screen: Screen, server):
    def with_the_key(clip) -> None:
        hold(screen)
        assert window.until(lambda: "held=True" in window.named("Listening")[-1])
        server.play_into(server.microphone, clip)
        let_go(screen)

    return with_the_key


def history(home) -> list[tuple[str, str, str, str]]:
    """Text, state, way and application of everything, oldest first."""
    with closing(sqlite3.connect(f"file:{home}/data/history/history.db?mode=ro", uri=True)) as database:
        return database.execute("SELECT text, state, way, application FROM utterances ORDER BY started_at").fetchall()


def test_a_held_key_types_into_the_editor_in_front_and_scratch_that_takes_it_back(
    window, screen, server, speak, tmp_path
):
    clip = speech_wav(tmp_path / "said.wav", [SENTENCE], pause_s=0.3)
    home, env = tmp_path / "home", screen.env(tmp_path / "home")
    with mousepad(screen, tmp_path) as editor:
        speak(clip)
        window.wait_for("Inserted")
        assert editor.text().rstrip("?.") == WRITTEN
        assert window.until(lambda: history(home)[-1][1:] == ("inserted", "xtest", "mousepad"))
        assert window.shows("Typed into mousepad")

        # The same from the command line; the second text goes on from the first.
        assert starling("ptt", "press", home=home, env=env).code == 0
        server.play_into(server.microphone, clip)
        assert starling("ptt", "release", home=home, env=env).code == 0
        window.wait_for("Inserted", 2)
        both = editor.text()
        assert re.fullmatch(rf"{WRITTEN}[?.]? what is the date today[?.]?", both, re.IGNORECASE)

        speak(speech_wav(tmp_path / "undo.wav", ["scratch that"], pause_s=0.3))
        window.wait_for("TakenBack")
        assert editor.text().rstrip("?.") == WRITTEN
        assert window.shows("Taken back")

        # Into Starling itself nothing is typed; the transcript shows it.
        screen.activate(window.id)
        speak(clip)
        window.wait_for("Heard", 4)
        assert window.until(lambda: history(home)[-1][1] == "done")
        assert len(window.named("Inserted")) == 2
        assert editor.file.read_text().strip().rstrip("?.") == WRITTEN


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("program", [mousepad, xterm])
def test_fifty_dictations_keep_every_first_word_and_the_clipboard(window, screen, speak, program, tmp_path):
    clip = speech_wav(tmp_path / "said.wav", [SENTENCE], pause_s=0.05)
    kept = ((b"text \xc3\xa9", "UTF8_STRING"), (PNG, "image/png"), (HTML, "text/html"))
    with program(screen, tmp_path) as shown:
        for number in range(MANY):
            data, kind = kept[number % len(kept)]
            with copied(screen, data, kind):
                speak(clip)
                window.wait_for("Inserted", number + 1)
                assert clipboard(screen, kind) == data
        words = re.findall(r"[a-z]+", shown.text().lower())
    assert words == SENTENCE.split() * MANY
    took = [float(found) for told in window.named("Inserted") for found in re.findall(r"took_ms=([\d.]+)", told)]
    assert statistics.median(took) < TYPED_MS, took
    assert [row[1] for row in history(tmp_path / "home")] == ["inserted"] * MANY
