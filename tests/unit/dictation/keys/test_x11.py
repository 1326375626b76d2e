"""Grabs on a real X server, with keys pressed from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from starling.dictation.keys import chord, x11
from starling.dictation.keys.wishes import Wishes
from starling.dictation.keys.x11_grabs import Grabs
from tests.helpers.display import Screen, need, private_screen
from tests.helpers.pulse import wait_until
from tests.unit.dictation.keys.recorded import Recorded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="X11 is for Linux")
TAKEN = "Ctrl+Alt+Space is taken by another program."


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    yield from private_screen(tmp_path_factory.mktemp("screen"), False)


def grabbed(
    display: str, talk: str = "ctrl+alt+space", cancel: str = "Escape", mode: str = "ctrl+alt+m"
) -> x11.X11Keys:
    chords, wrong = Wishes("auto", talk, cancel, mode).chords()
    return x11.X11Keys(display, chords, wrong, retry_s=0.2)


@pytest.fixture
def keys(screen: Screen) -> Iterator[tuple[x11.X11Keys, Recorded]]:
    made, recorded = grabbed(screen.display), Recorded()
    made.start(recorded.calls())
    try:
        assert recorded.told(binding="Ctrl+Alt+Space", problem="")
        yield made, recorded
    finally:
        made.close()


def xdotool(screen: Screen, *words: str) -> None:
    subprocess.run(["xdotool", *words], env={**os.environ, "DISPLAY": screen.display}, check=True, timeout=20)


def test_held_and_let_go_once_though_it_repeats(screen: Screen, keys) -> None:
    _, recorded = keys
    xdotool(screen, "keydown", "ctrl", "keydown", "alt", "keydown", "space")
    assert recorded.came("press")
    time.sleep(1.2)  # the server repeats from 0.66 s on
    assert recorded.happened == ["press"]
    xdotool(screen, "keyup", "ctrl", "keyup", "alt")  # the modifiers may go first
    assert recorded.happened == ["press"]
    xdotool(screen, "keyup", "space")
    assert recorded.came("press", "release")


def test_keys_that_are_exchanged_while_one_is_held_let_it_go(screen: Screen) -> None:
    made, recorded = grabbed(screen.display), Recorded()
    made.start(recorded.calls())
    try:
        assert recorded.told(binding="Ctrl+Alt+Space", problem="")
        xdotool(screen, "keydown", "ctrl", "keydown", "alt", "keydown", "space")
        assert recorded.came("press")
    finally:
        made.close()
        xdotool(screen, "keyup", "space", "keyup", "ctrl", "keyup", "alt")
    assert recorded.happened == ["press", "release"]


@pytest.mark.parametrize("lock", ["Num_Lock", "Caps_Lock"])
def test_locks_do_not_matter(screen: Screen, keys, lock: str) -> None:
    _, recorded = keys
    xdotool(screen, "key", lock)
    try:
        xdotool(screen, "key", "ctrl+alt+space")
        assert recorded.came("press", "release")
    finally:
        xdotool(screen, "key", lock)


def test_other_modifiers_are_other_keys(screen: Screen, keys) -> None:
    _, recorded = keys
    xdotool(screen, "key", "ctrl+space", "key", "shift+ctrl+alt+space", "key", "ctrl+alt+m")
    assert recorded.came("mode")


def test_escape_is_taken_only_while_somebody_talks(screen: Screen, keys) -> None:
    made, recorded = keys
    xdotool(screen, "key", "Escape", "key", "ctrl+alt+m")
    assert recorded.came("mode")
    made.talking(True)
    another = grabbed(screen.display, talk="", cancel="", mode="F9")  # hears when ours has been done
    second = Recorded()
    another.start(second.calls())
    assert second.told(others=(("mode", "F9"),))
    another.close()
    xdotool(screen, "key", "Escape")
    assert recorded.came("mode", "cancel")
    xdotool(screen, "keydown", "ctrl", "keydown", "alt", "keydown", "space", "key", "Escape", "keyup", "space",
            "keyup", "alt", "keyup", "ctrl")  # fmt: skip
    assert recorded.came("mode", "cancel", "press", "cancel", "release")


def test_typing_goes_on_while_the_key_is_held(screen: Screen, tmp_path: Path) -> None:
    """A passive grab keeps the whole keyboard; what is inserted meanwhile must arrive."""
    need("xterm")
    made, recorded = grabbed(screen.display, talk="F9"), Recorded()
    made.start(recorded.calls())
    out = tmp_path / "typed"
    argv = ["xterm", "-T", "typed-into", "-e", f"head -n 1 > {out}"]
    xterm = subprocess.Popen(argv, env={**os.environ, "DISPLAY": screen.display})
    try:
        assert recorded.told(binding="F9")
        window = screen.window("typed-into")
        xdotool(screen, "windowfocus", "--sync", window)
        xdotool(screen, "keydown", "F9")
        assert recorded.came("press")
        xdotool(screen, "type", "--delay", "30", "words\n")
        assert xterm.wait(10) == 0
        assert out.read_text() == "words\n"
        assert recorded.happened == ["press"]
        xdotool(screen, "keyup", "F9")
        assert recorded.came("press", "release")
    finally:
        xterm.kill()
        xterm.wait()
        made.close()


def test_a_taken_key_is_told_and_had_when_it_is_free(screen: Screen, keys) -> None:
    first, _ = keys
    second, recorded = grabbed(screen.display, cancel="", mode=""), Recorded()
    second.start(recorded.calls())
    try:
        assert recorded.told(binding="", problem=TAKEN)
        assert "page Keys" in second.state().fix
        first.close()
        assert recorded.told(binding="Ctrl+Alt+Space", problem="")
    finally:
        second.close()


def test_a_key_is_given_back_wholly_though_the_locks_are_other_ones_by_then(screen: Screen) -> None:
    from Xlib.display import Display

    displays = [Display(screen.display), Display(screen.display)]
    try:
        first, second = (Grabs(display) for display in displays)
        where = first.resolve(chord.parse("ctrl+alt+F5"))
        assert where is not None
        assert first.grab(where)
        first._locks = (0,)  # as after a new layout without Num Lock
        first.let_go(where)
        assert second.grab(where)
    finally:
        for display in displays:
            display.close()


def test_another_layout_moves_the_key(screen: Screen) -> None:
    made, recorded = grabbed(screen.display, talk="ctrl+alt+y", cancel="", mode=""), Recorded()
    made.start(recorded.calls())
    try:
        assert recorded.told(binding="Ctrl+Alt+Y")
        before = made._places["talk"]
        subprocess.run(["setxkbmap", "-layout", "de"], env={**os.environ, "DISPLAY": screen.display}, check=True)
        assert wait_until(lambda: made._places.get("talk") not in (None, before), 5)
        xdotool(screen, "key", "ctrl+alt+y")
        assert recorded.came("press", "release")
    finally:
        subprocess.run(["setxkbmap", "-layout", "us"], env={**os.environ, "DISPLAY": screen.display}, check=True)
        made.close()


def test_a_dead_server_is_told_a_held_key_let_go_and_the_next_one_used(tmp_path: Path) -> None:
    running = private_screen(tmp_path / "one", False)
    screen = next(running)
    made, recorded = grabbed(screen.display), Recorded()
    made.start(recorded.calls())
    try:
        assert recorded.told(binding="Ctrl+Alt+Space")
        xdotool(screen, "keydown", "ctrl", "keydown", "alt", "keydown", "space")
        assert recorded.came("press")
        screen._processes[0].kill()
        assert recorded.came("press", "release")
        assert recorded.told(binding="")
        assert "talk key is not heard" in made.state().problem
        argv = ["Xvfb", screen.display, "-nolisten", "tcp", "-noreset"]
        again = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
        try:
            assert recorded.told(binding="Ctrl+Alt+Space", problem="")
        finally:
            again.kill()
            again.wait()
    finally:
        made.close()
        next(running, None)


def test_no_server_is_told(tmp_path: Path) -> None:
    made, recorded = grabbed(":4711"), Recorded()
    made.start(recorded.calls())
    try:
        assert recorded.told(binding="", problem="The X server :4711 cannot be reached, so the talk key is not heard.")
    finally:
        made.close()


def test_a_key_that_the_keyboard_lacks_is_told(screen: Screen) -> None:
    made, recorded = x11.X11Keys(screen.display, {"talk": chord.Chord((), "F35")}), Recorded()
    made.start(recorded.calls())
    try:
        assert recorded.told(binding="", problem="This keyboard has no key F35.")
    finally:
        made.close()
