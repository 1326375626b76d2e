"""The page of voices as a person uses it: real keys, real sound, a Kokoro-shaped model with its 54 voices."""

import time
import wave

import numpy as np
import pytest

from tests.helpers.commands import processes
from tests.helpers.display import Screen, bare_screen, screen
from tests.helpers.kokoro_model import VOICES, build
from tests.helpers.pulse import RECORD_RATE, PulseServer, wait_until
from tests.helpers.watching import Watching

__all__ = ["bare_screen", "screen"]

pytestmark = pytest.mark.pulse
SETTINGS = '[stt]\nmodel = "starter"\n[window]\nclose = "quit"\n'
LONG = "one two three four five six seven eight nine ten. " * 4
LOUD = 0.02
STALL_MS = 50.0
SILENT_WITHIN_S = 0.25
"""A key press, its way through X and the window included; the sound itself ends within 0.1 s of the command."""


@pytest.fixture
def server(monkeypatch):
    with PulseServer() as running:
        running.microphone = running.add_microphone("mic", "Test Microphone")
        running.prime("out")
        yield running


def opened(screen: Screen, server, home) -> Watching:
    return Watching(screen, home, server.variables, SETTINGS)


@pytest.fixture
def window(screen: Screen, server, tmp_path):
    """On the page of voices; a Kokoro-shaped model is installed."""
    build(tmp_path / "home" / "data" / "models" / "tones")
    with opened(screen, server, tmp_path / "home") as watching:
        to_voices(watching, screen)
        yield watching
    assert "Traceback" not in "".join(watching.stderr)
    assert processes(tmp_path / "home") == []


def to_voices(watching: Watching, screen: Screen) -> None:
    found = screen.window()
    watching.wait_for("Ready")
    assert wait_until(lambda: screen.active_window() == found, 5)
    screen.key("alt+2")
    watching.wait_for("VoiceCatalogue")
    assert watching.until(lambda: "voice" in watching.ask("focus").lower())


def loud_at(samples):
    return np.flatnonzero(np.abs(samples) > LOUD)


@pytest.mark.alone
def test_54_voices_are_found_heard_stopped_saved_and_chosen_by_keyboard_alone(window, screen, server, tmp_path):
    items = window.ask("items")
    listed = [item for item in items if item.split(",")[0] in VOICES]
    assert len(listed) == 54
    assert "af_heart, female, grade A, in use" in listed
    assert sum(item.endswith("not usable") for item in listed) == 13  # Japanese and Mandarin Chinese

    window.until(lambda: window.ask("stalls") < STALL_MS)  # what making the page took
    screen.key("ctrl+f")
    screen.type("bf_emma")
    screen.key("Return")
    with server.recording("out.monitor") as heard:
        screen.key("space")
        (ended,) = window.wait_for("PreviewEnded")
        assert wait_until(lambda: len(loud_at(heard.samples)) / RECORD_RATE > 0.5, 5)
    assert "tier='cpu', voice='bf_emma'" in ended
    assert "error=None" in ended
    assert window.named("PreviewProgress")
    assert window.shows("RTF: 0.")
    assert window.ask("stalls") < STALL_MS

    screen.key("f")
    assert window.until(lambda: any("bf_emma" in event for event in window.named("FavouritesChanged")))
    assert any("bf_emma, female, grade B-, favourite" in item for item in window.ask("items"))

    path = tmp_path / "emma.wav"
    screen.key("ctrl+s")
    assert screen.window("Save what the voice says")
    screen.key("ctrl+a")
    screen.type(str(path))
    screen.key("Return")
    (exported,) = window.wait_for("PreviewExported")
    assert "error=None" in exported
    assert window.shows(f"Saved as {path}")
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1, 24_000)
        assert file.getnframes() > 24_000

    screen.key("u")
    assert window.shows("In use")
    assert window.until(lambda: 'voice = "bf_emma"' in (tmp_path / "home/config/settings.toml").read_text())
    screen.key("alt+1")
    assert window.until(lambda: "talk" in window.ask("focus").lower())


@pytest.mark.alone
def test_escape_silences_a_long_preview_at_once_and_the_window_never_stalls(window, screen, server):
    for _ in range(60):
        if "sentence" in window.ask("focus").lower():
            break
        screen.key("Tab")
    screen.key("ctrl+a")
    screen.type(LONG)
    window.until(lambda: window.ask("stalls") < STALL_MS)
    with server.recording("out.monitor") as heard:
        screen.key("ctrl+Return")
        window.wait_for("PreviewBegan")
        assert wait_until(lambda: len(loud_at(heard.samples)) / RECORD_RATE > 0.5, 10)
        asked = time.monotonic()
        screen.key("Escape")
        (ended,) = window.wait_for("PreviewEnded")
        assert "stopped=True" in ended
        assert not wait_until(lambda: heard.first_at + loud_at(heard.samples)[-1] / heard.rate > asked + 1.0, 2.0)
        silent = heard.first_at + loud_at(heard.samples)[-1] / heard.rate
    assert silent - asked < SILENT_WITHIN_S
    assert window.ask("stalls") < STALL_MS
    assert window.shows("Play")


def test_without_a_model_espeak_speaks_and_kokoro_says_what_is_missing(screen, server, tmp_path):
    with opened(screen, server, tmp_path / "home") as window:
        to_voices(window, screen)
        assert len([item for item in window.ask("items") if "English (America), en-us" in item]) == 1
        assert len(window.ask("items")) > 100
        assert any("No Kokoro model is installed." in text for text in window.ask("texts"))
        assert any("Get a Kokoro model" in text for text in window.ask("texts"))
        screen.key("space")
        (ended,) = window.wait_for("PreviewEnded")
        assert "tier='demo', voice='en-us'" in ended
    assert processes(tmp_path / "home") == []
