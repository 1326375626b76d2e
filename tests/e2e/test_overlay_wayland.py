"""The overlay of a window that runs on Wayland, with an X server at hand as XWayland is: a process of its own."""

import os
import signal

import pytest

from tests.e2e.test_overlay import COMES_S, children, ended, gone, shown
from tests.helpers.commands import processes, starling
from tests.helpers.display import need, screen
from tests.helpers.pulse import wait_until
from tests.helpers.sway import headless_sway
from tests.helpers.talk_window import server
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

SETTINGS = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n'


@pytest.fixture
def sway(tmp_path):
    with headless_sway(tmp_path / "sway") as running:
        yield running


@pytest.mark.pulse
@pytest.mark.alone
def test_it_comes_goes_and_dies_with_starling(sway, screen, server, tmp_path):
    need("pgrep")
    home, socket = tmp_path / "home", f"{sway.env['XDG_RUNTIME_DIR']}/{sway.env['WAYLAND_DISPLAY']}"
    wayland = {"WAYLAND_DISPLAY": socket, "QT_QPA_PLATFORM": "wayland", "XDG_SESSION_TYPE": "wayland"}
    env = {**server.variables, **wayland}
    with Watching(screen, home, env, SETTINGS) as window:
        window.wait_for("Ready")
        window.wait_for("MicrophoneChanged")
        with sway.foot():  # another window than Starling's has the focus
            tell = {**screen.env(home), **env}
            starling("ptt", "press", home=home, env=tell)
            assert wait_until(lambda: shown(screen), COMES_S)
            (child,) = [each for each in children(window.process.pid) if b"overlay" in _command(each)]
            starling("ptt", "cancel", home=home, env=tell)
            assert gone(screen)
            os.kill(window.process.pid, signal.SIGKILL)
            assert wait_until(lambda: ended(child), 5.0)
    assert wait_until(lambda: processes(home) == [], 10.0)


def _command(pid: int) -> bytes:
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read()
