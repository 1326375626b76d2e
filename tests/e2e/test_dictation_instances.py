"""One dictation, and others who reach for it: a second start, a listener, another user, and what a killed one left."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_dictation import SENTENCE, SETTINGS, WRITTEN
from tests.helpers.commands import processes, starling
from tests.helpers.display import screen
from tests.helpers.editors import mousepad
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import wait_until
from tests.helpers.talk_window import server, talk_window
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

pytestmark = pytest.mark.pulse
NOBODY = 65534
FOREIGN = """
import socket, sys
link = socket.socket(socket.AF_UNIX)
link.settimeout(5)
link.connect(sys.argv[1])
try:
    link.sendall(b'{"command": "cancel"}\\n')
    print(repr(link.recv(100)))
except OSError as error:
    print(type(error).__name__)
"""


def held(window: Watching) -> bool:
    return "held=True" in window.named("Listening")[-1]


def test_nobody_else_disturbs_a_dictation(screen, server, tmp_path):
    home, env = tmp_path / "home", screen.env(tmp_path / "home", **server.variables)
    clip = speech_wav(tmp_path / "said.wav", [SENTENCE], pause_s=0.3)
    with talk_window(screen, server, home, SETTINGS) as window, mousepad(screen, tmp_path) as editor:
        assert starling("ptt", "press", home=home, env=env).code == 0
        assert window.until(lambda: held(window))
        # Who listens too is refused; a second window only raises the first.
        done = starling("listen", home=home, env=env)
        assert (done.code, "app.already_listening" in done.err) == (1, True)
        assert starling(home=home, env=env).code == 0
        screen.activate(screen.window(editor.file.name))
        if not os.geteuid() and shutil.which("setpriv"):
            another_user(json.loads((home / "data" / "control.address").read_text())["socket"])
        assert held(window)
        server.play_into(server.microphone, clip)
        assert starling("ptt", "release", home=home, env=env).code == 0
        window.wait_for("Inserted")
        assert editor.text().rstrip("?.") == WRITTEN


def another_user(path: str) -> None:
    """Is turned away even where permissions let them in, which are opened for a moment."""
    places = [Path(path), *(parent for parent in Path(path).parents if not parent.stat().st_mode & 0o001)]
    before = [(place, place.stat().st_mode & 0o7777) for place in places]
    for place, mode in before:
        place.chmod(mode | (0o666 if place == Path(path) else 0o001))
    try:
        nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        argv = [*nobody, sys.executable, "-c", FOREIGN, path]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True)
    finally:
        for place, mode in before:
            place.chmod(mode)
    assert done.stdout.strip() in ("b''", "ConnectionResetError", "BrokenPipeError")


def test_what_a_killed_one_left_is_in_nobodys_way(screen, server, tmp_path):
    home, env = tmp_path / "home", screen.env(tmp_path / "home")
    with Watching(screen, home, server.variables, SETTINGS) as window:
        window.wait_for("Ready")
        assert starling("ptt", "press", home=home, env=env).code == 0
        assert window.until(lambda: held(window))
        os.kill(window.process.pid, signal.SIGKILL)
        window.process.wait(10)
    assert wait_until(lambda: processes(home) == [], 10)
    left = json.loads((home / "data" / "control.address").read_text())["socket"]
    assert os.path.exists(left)
    done = starling("ptt", "release", home=home, env=env)
    assert (done.code, "remote.not_running" in done.err) == (1, True)
    with talk_window(screen, server, home, SETTINGS) as window:
        assert starling("mode", home=home, env=env).out.strip() == "dictation"
        assert starling("ptt", "toggle", home=home, env=env).code == 0
        assert window.until(lambda: held(window))
        assert starling("ptt", "cancel", home=home, env=env).code == 0
