"""The overlay over a real editor: it comes and goes, and keyboard and mouse do not notice. Real sound, real X."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.commands import finish
from tests.helpers.display import Screen, need, screen
from tests.helpers.editors import mousepad
from tests.helpers.listening import speech_wav
from tests.helpers.pulse import RECORD_RATE, wait_until
from tests.helpers.talk_window import hold, let_go, server, talk_window

__all__ = ["screen", "server"]

NAME = "Dictation overlay"
COMES_S, GOES_S = 5.0, 15.0
STARTER = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n'
CHILD = """
import sys, time
from starling.ui.overlay.apart import Apart
from starling.ui.overlay.state import Look
from starling.ui.overlay.surface import Style
overlay = Apart()
overlay.use(Style(sys.argv[1], False, True))
overlay.show_look(Look("listening", "we meet at nine", "mousepad", live=True))
overlay.set_level(-20.0)
sys.stdin.readline()
overlay.show_look(None)
sys.stdin.readline()
overlay.close()
overlay.wait(5)
"""


def shown(screen: Screen) -> bool:
    return bool(screen.windows(NAME))


def gone(screen: Screen) -> bool:
    return wait_until(lambda: not shown(screen), GOES_S)


def xprop(screen: Screen, *words: str) -> str:
    argv = ["xprop", "-display", screen.display, *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=True).stdout


def below(screen: Screen, window: str) -> tuple[int, int]:
    """The middle of a window."""
    done = screen._xdotool("getwindowgeometry", "--shell", window).stdout
    values = dict(line.split("=") for line in done.split())
    return int(values["X"]) + int(values["WIDTH"]) // 2, int(values["Y"]) + int(values["HEIGHT"]) // 2


def left_alone(screen: Screen, window: str) -> None:
    """The focus is where it was, and clicks and keys go through."""
    overlay = screen.windows(NAME)[0]
    assert "override-redirect" in _info(screen, overlay)
    assert overlay not in xprop(screen, "-root", "_NET_CLIENT_LIST")
    assert screen.active_window() == window
    x, y = below(screen, overlay)
    screen._xdotool("mousemove", str(x), str(y))
    under = screen._xdotool("getmouselocation", "--shell").stdout
    assert f"WINDOW={overlay}" not in under
    screen._xdotool("click", "1")
    assert screen.active_window() == window


def _info(screen: Screen, window: str) -> str:
    """``override-redirect`` where no window manager has it."""
    state = xprop(screen, "-id", window, "WM_STATE")
    return "override-redirect" if "not found" in state else state


@pytest.mark.pulse
@pytest.mark.alone
def test_a_dictation_into_an_editor(screen, server, tmp_path):
    clip = speech_wav(tmp_path / "said.wav", ["what is the date today"], pause_s=0.3)
    home = tmp_path / "home"
    with talk_window(screen, server, home, STARTER) as window, mousepad(screen, tmp_path) as editor:
        front = screen.active_window()
        screen._xdotool("windowsize", "--sync", front, "1500", "900")
        screen._xdotool("windowmove", "--sync", front, "40", "60")
        assert not shown(screen)
        hold(screen)
        assert wait_until(lambda: shown(screen), COMES_S)
        left_alone(screen, front)
        server.play_into(server.microphone, clip)
        assert any("mousepad" in told for told in window.wait_for("Aimed"))
        let_go(screen)
        assert window.wait_for("Inserted")
        assert gone(screen)
        assert screen.active_window() == front
        assert "date today" in editor.text().lower()


@pytest.fixture
def apart(screen, tmp_path):
    """A parent with an overlay in a process of its own."""
    env = {**screen.env(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}  # the child's is its own
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, "dark"],
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    finish(process, [], signal.SIGKILL)


def children(pid: int) -> list[int]:
    text = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(word) for word in text.split()]


def ended(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def test_a_process_of_its_own_comes_goes_and_ends(apart, screen):
    need("pgrep")
    assert wait_until(lambda: shown(screen), COMES_S)
    (child,) = children(apart.pid)
    command = Path(f"/proc/{child}/cmdline").read_bytes()
    assert b"meet" not in command
    assert b"numpy" not in Path(f"/proc/{child}/maps").read_bytes()
    apart.stdin.write("\n")
    apart.stdin.flush()
    assert gone(screen)
    assert not ended(child)
    apart.stdin.write("\n")
    apart.stdin.flush()
    assert apart.wait(10) == 0
    assert ended(child)


def test_a_killed_parent_takes_it_along(apart, screen):
    need("pgrep")
    assert wait_until(lambda: shown(screen), COMES_S)
    (child,) = children(apart.pid)
    os.kill(apart.pid, signal.SIGKILL)
    assert wait_until(lambda: ended(child), 5.0)
    assert gone(screen)


def test_a_killed_overlay_comes_again_with_the_next_look(apart, screen):
    need("pgrep")
    assert wait_until(lambda: shown(screen), COMES_S)
    (child,) = children(apart.pid)
    os.kill(child, signal.SIGKILL)
    assert gone(screen)
    apart.stdin.write("\n")
    apart.stdin.flush()
    assert wait_until(lambda: bool(set(children(apart.pid)) - {child}), COMES_S)


@pytest.mark.pulse
@pytest.mark.alone
def test_sounds_are_heard_and_not_written_down(screen, server, tmp_path):
    """The microphone hears the speaker, as on a laptop."""
    server.pactl("load-module", "module-loopback", "source=out.monitor", "sink=mic_feed", "latency_msec=20")
    settings = STARTER + "[dictation]\nsounds = true\n"
    with talk_window(screen, server, tmp_path / "home", settings) as window, mousepad(screen, tmp_path) as editor:
        with server.recording("out.monitor") as played, server.recording("mic") as heard:
            hold(screen)
            assert window.until(lambda: "held=True" in window.named("Listening")[-1])
            played.wait_for(lambda samples: _notes(samples) >= 1, 10)
            let_go(screen)
            played.wait_for(lambda samples: _notes(samples) >= 2, 10)
            heard.wait_for(lambda samples: _notes(samples) >= 2, 10)
        assert window.until(lambda: bool(window.named("SpeechDropped")) or bool(window.named("Heard")))
        assert all("text=''" in told for told in window.named("Heard"))
        assert editor.text() == ""


def _notes(samples) -> int:
    """How many times it became loud after a quiet moment; each sound has two notes without one between."""
    block = RECORD_RATE // 50
    loud = [abs(samples[at : at + block]).max() > 0.01 for at in range(0, len(samples) - block, block)]
    quiet = 10
    return sum(on and not any(loud[max(0, at - quiet) : at]) for at, on in enumerate(loud))
