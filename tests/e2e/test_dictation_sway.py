"""Dictation on a headless sway: a key that sway binds, real speech, a real terminal, the clipboard of Wayland."""

import os
import re
import subprocess
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.commands import processes, starling, surroundings
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import PulseServer, wait_until
from tests.helpers.sway import Sway, headless_sway
from tests.helpers.talk_window import server
from tests.helpers.watching import Watching

__all__ = ["server"]

pytestmark = pytest.mark.pulse
SETTINGS = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n'
SENTENCE = "what is the date today"
KEY = "F9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100
CLIPBOARD = ((b"kept \xc3\xa9", "text/plain;charset=utf-8"), (PNG, "image/png"))
SLACK_MS = 2500
"""For which the key is held longer than the speech takes: player and window share the machine with others."""


class Desk:
    """As much of a screen as :class:`Watching` asks for."""

    def __init__(self, sway: Sway) -> None:
        self._sway = sway

    def env(self, home: Path) -> dict[str, str]:
        base = {name: value for name, value in surroundings(home).items() if name != "DISPLAY"}
        of_sway = {name: value for name, value in self._sway.env.items() if os.environ.get(name) != value}
        return {**base, **of_sway, "QT_QPA_PLATFORM": "wayland"}


@contextmanager
def binding(sway: Sway, home: Path, env: dict[str, str]) -> Iterator[None]:
    """sway's own binding runs ``starling ptt``; where sway is another user's, it says so to one who does."""
    pipe = Path(sway.env["XDG_RUNTIME_DIR"]) / "pressed"
    os.mkfifo(pipe)
    pipe.chmod(0o666)

    def relay() -> None:
        while (edge := pipe.read_text().strip()) != "end":
            for each in edge.split():
                assert starling("ptt", each, home=home, env=env).code == 0

    thread = threading.Thread(target=relay, name="binding")
    thread.start()
    for edge, release in (("press", "--no-repeat"), ("release", "--release")):
        line = f"bindsym {release} {KEY} exec echo {edge} > {pipe}"
        subprocess.run(["swaymsg", line], env=sway.env, check=True, timeout=10, capture_output=True)
    try:
        yield
    finally:
        pipe.write_text("end\n")
        thread.join(30)


@pytest.fixture
def sway(tmp_path: Path) -> Iterator[Sway]:
    with headless_sway(tmp_path / "sway") as running:
        yield running


@contextmanager
def dictation(sway: Sway, server: PulseServer, home: Path, settings: str) -> Iterator[Watching]:
    """The window in the background, and the key bound."""
    desk = Desk(sway)
    with Watching(desk, home, server.variables, settings) as window, binding(sway, home, desk.env(home)):  # type: ignore[arg-type]
        window.wait_for("Ready")
        window.wait_for("MicrophoneChanged")
        yield window
    assert "Traceback" not in "".join(window.stderr)
    # What was put back into the clipboard outlives Starling, until somebody copies something else.
    assert [line for line in processes(home) if "wl-copy" not in line] == []


def speak(sway: Sway, window: Watching, server: PulseServer, clip: Path) -> None:
    """Hold the key, as at a keyboard, while the clip is said."""
    with wave.open(str(clip)) as reader:
        held_ms = 1000 * reader.getnframes() // reader.getframerate() + SLACK_MS
    argv = ["wtype", "-P", KEY, "-s", str(held_ms), "-p", KEY]
    with subprocess.Popen(argv, env=sway.env) as finger:
        assert window.until(lambda: "held=True" in window.named("Listening")[-1])
        server.play_into(server.microphone, clip)
        assert finger.wait(60) == 0


def test_a_key_of_sway_types_into_a_terminal(sway, server, tmp_path):
    dictate(sway, server, tmp_path, 1, "wtype")


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("way", ["wtype", "paste"])
def test_five_dictations_keep_every_first_word_and_the_clipboard(sway, server, tmp_path, way):
    dictate(sway, server, tmp_path, 5, way)


def dictate(sway: Sway, server: PulseServer, folder: Path, times: int, way: str) -> None:
    clip = speech_wav(folder / "said.wav", [SENTENCE], pause_s=0.05)
    chosen = f'[insertion]\nper_application = "foot={way}"\n'
    with dictation(sway, server, folder / "home", SETTINGS + chosen) as window, sway.foot() as typed:
        for number in range(times):
            data, kind = CLIPBOARD[number % len(CLIPBOARD)]
            with sway.copied(data, kind):
                speak(sway, window, server, clip)
                told = window.wait_for("Inserted", number + 1)[-1]
                assert f"way='{way}'" in told
                assert "application='foot'" in told
                assert sway.clipboard(kind) == data
        expected = SENTENCE.split() * times
        assert wait_until(lambda: re.findall(r"[a-z]+", typed.read_text().lower()) == expected, 5), typed.read_text()
