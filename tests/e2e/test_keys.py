"""The talk key while another window is in front, and the commands of other processes: the real window, real sound."""

import subprocess
import time

import pytest

from tests.helpers.bus import private_bus
from tests.helpers.commands import processes, starling
from tests.helpers.display import Screen, need, screen
from tests.helpers.listening import speech_wav
from tests.helpers.portal import GlobalShortcuts
from tests.helpers.pulse import wait_until
from tests.helpers.talk_window import hold, let_go, server, talk_window
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

pytestmark = pytest.mark.pulse
STARTER = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n[keys]\nmode = "F8"\n'


@pytest.fixture
def window(screen: Screen, server, tmp_path):
    with talk_window(screen, server, tmp_path / "home", STARTER) as watching:
        yield watching


def held(window: Watching, on: bool) -> bool:
    return window.until(lambda: f"held={on}" in window.named("Listening")[-1])


@pytest.mark.alone
def test_the_talk_key_from_another_window_and_from_ones_own(window, screen, server, tmp_path):
    need("xterm")
    clip = speech_wav(tmp_path / "said.wav", ["what is the date today"], pause_s=0.3)
    xterm = subprocess.Popen(["xterm", "-T", "elsewhere"], env=screen.env(tmp_path / "home"))
    try:
        elsewhere = screen.window("elsewhere")
        for number, front in enumerate((elsewhere, window.id), 1):
            screen.activate(front)
            before = len(window.named("Listening"))
            hold(screen)
            assert held(window, True)
            server.play_into(server.microphone, clip)
            let_go(screen)
            assert "held=True" in window.wait_for("Heard", number)[-1]
            assert "date today" in window.named("Heard")[-1].lower()
            assert held(window, False)
            # Pressed once and let go once, though it repeated, also where the window itself could see the key.
            assert [("held=True" in told) for told in window.named("Listening")[before:]] == [True, False]

        # A tap goes on until the next; Escape forgets what is said, and is everybody's otherwise.
        screen.activate(elsewhere)
        screen.key("ctrl+alt+space")
        assert held(window, True)
        server.play_into(server.microphone, clip)
        screen.key("Escape")
        assert held(window, False)
        screen.key("F8")
        assert window.until(lambda: "'assistant'" in window.named("Listening")[-1])
        assert window.until(lambda: 'mode = "assistant"' in (tmp_path / "home/config/settings.toml").read_text())
        assert len(window.named("Heard")) == 2
    finally:
        xterm.kill()
        xterm.wait()


def test_other_processes_talk_and_change_the_mode(window, screen, server, tmp_path):
    home, env = tmp_path / "home", screen.env(tmp_path / "home")

    def tell(*words: str) -> str:
        done = starling(*words, home=home, env=env)
        assert (done.code, done.err) == (0, "")
        return done.out.strip()

    assert tell("mode") == "dictation"
    tell("ptt", "toggle")
    assert held(window, True)
    server.play_into(server.microphone, speech_wav(tmp_path / "a.wav", ["what is the date today"], pause_s=0.3))
    tell("ptt", "toggle")
    window.wait_for("Heard")
    tell("ptt", "press")
    tell("ptt", "cancel")
    tell("ptt", "release")
    assert held(window, False)
    assert tell("mode", "off") == "off"
    assert window.until(lambda: "'off'" in window.named("Listening")[-1])
    assert tell("mode", "private") == "private"
    assert window.until(lambda: "True" in window.named("PrivateChanged")[-1])
    assert tell("mode", "private", "off") == "off"
    doctor = starling("doctor", "--json", home=home, env=env).out
    assert '"binding": "Ctrl+Alt+Space"' in doctor
    screen.activate(window.id)
    screen.key("ctrl+q")
    assert window.process.wait(5) == 0
    done = starling("ptt", "press", home=home, env=env)
    assert (done.code, "remote.not_running" in done.err) == (1, True)
    assert wait_until(lambda: not list((home / "runtime").glob("starling-*")), 2)


def test_a_key_that_the_desktops_portal_gives_talks(screen, server, tmp_path):
    home = tmp_path / "home"
    settings = STARTER.replace("[keys]", '[keys]\nway = "portal"')
    with private_bus(tmp_path / "bus") as address, GlobalShortcuts(address, "deny") as portal:
        env = {**server.variables, "DBUS_SESSION_BUS_ADDRESS": address}
        with Watching(screen, home, env, settings) as window:
            screen.window()
            window.wait_for("Ready")
            assert window.until(lambda: any("was told not to" in told for told in window.named("KeysShown")))
            portal.mood = "grant"
            window.ask("preferences=keys.talk")
            assert window.until(lambda: window.ask("press=&Ask_again"))
            assert window.until(lambda: "binding='CTRL+ALT+space'" in window.named("KeysShown")[-1])
            portal.key("talk", True)
            assert held(window, True)
            server.play_into(server.microphone, speech_wav(tmp_path / "a.wav", ["what is the date today"], pause_s=0.3))
            portal.key("talk", False)
            assert "held=True" in window.wait_for("Heard")[0]
            portal.revoke()
            assert window.until(lambda: "taken the global key away" in window.named("KeysShown")[-1])
            began_s = time.monotonic()
        assert time.monotonic() - began_s < 4  # it quits in time, whatever the portal does
    assert processes(home) == []


def test_wrong_usage_is_told_as_by_every_command(tmp_path):
    for words in (("ptt",), ("ptt", "jump"), ("mode", "loud"), ("mode", "off", "on")):
        done = starling(*words, home=tmp_path)
        assert done.code == 2, words
        assert "usage:" in done.err
