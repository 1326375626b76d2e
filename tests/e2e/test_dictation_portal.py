"""Dictation on a desktop that gives keys and types by its portal only, as GNOME does: the real window, real speech."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.helpers.bus import private_bus
from tests.helpers.commands import processes
from tests.helpers.desktop_portal import DesktopPortal
from tests.helpers.display import Screen, screen
from tests.helpers.listening import speech_wav
from tests.helpers.talk_window import server
from tests.helpers.watching import Watching

__all__ = ["screen", "server"]

pytestmark = pytest.mark.pulse
SETTINGS = '[stt]\nmodel = "starter"\n[listen]\nactivation = "hold"\nmode = "dictation"\n'
SENTENCE = "what is the date today"
WRITTEN = "What is the date today?"
AGAIN = f"{WRITTEN} {WRITTEN}"
GNOME = {"XDG_SESSION_TYPE": "wayland", "XDG_CURRENT_DESKTOP": "GNOME", "WAYLAND_DISPLAY": "wayland-none",
         "QT_QPA_PLATFORM": "xcb"}  # fmt: skip
GRANT_S = 60.0
"""For which the user may think about the desktop's question."""


def hears(window: Watching) -> None:
    """Wait until it does, and its key is there; a machine that is busy may need a second try at the microphone."""
    window.wait_for("Ready")
    changes = ("state='open'", "state='back'")
    assert window.until(lambda: any(word in told for told in window.named("MicrophoneChanged") for word in changes), 30)
    assert window.until(lambda: any("binding='CTRL+ALT+space'" in told for told in window.named("KeysShown")))


class Desk:
    """The window, its portal, and what is said."""

    def __init__(self, screen: Screen, server, folder, portal: DesktopPortal, address: str) -> None:
        self.screen, self.server, self.portal = screen, server, portal
        self.home, self.settings = folder / "home", SETTINGS
        self.clip = speech_wav(folder / "said.wav", [SENTENCE], pause_s=0.3)
        self.env = {**server.variables, **GNOME, "DBUS_SESSION_BUS_ADDRESS": address}
        self.token = self.home / "data" / "insertion" / "portal-token"

    @contextmanager
    def window(self) -> Iterator[Watching]:
        with Watching(self.screen, self.home, self.env, self.settings) as window:
            hears(window)
            yield window
        assert "Traceback" not in "".join(window.stderr)
        assert processes(self.home) == []

    def speak(self, window: Watching) -> None:
        heard = len(window.named("Heard"))
        self.portal.key("talk", True)
        assert window.until(lambda: "held=True" in window.named("Listening")[-1])
        self.server.play_into(self.server.microphone, self.clip)
        self.portal.key("talk", False)
        window.wait_for("Heard", heard + 1)

    def scratchpad(self) -> str:
        return json.loads((self.home / "data" / "insertion" / "scratchpad.json").read_text())["text"]

    def history(self) -> list[tuple[str, str, str, str]]:
        with closing(sqlite3.connect(f"file:{self.home}/data/history/history.db?mode=ro", uri=True)) as database:
            return database.execute(
                "SELECT text, state, way, error_code FROM utterances ORDER BY started_at"
            ).fetchall()


@pytest.fixture
def desk(screen: Screen, server, tmp_path) -> Iterator[Desk]:
    with private_bus(tmp_path / "bus") as address, DesktopPortal(address) as portal:
        yield Desk(screen, server, tmp_path, portal, address)


def test_the_portals_key_and_its_typing_until_the_permission_is_taken_away(desk):
    typing = desk.portal.typing
    with desk.window() as window:
        desk.speak(window)
        assert "way='portal'" in window.wait_for("Inserted")[0]
        assert typing.text == WRITTEN
        assert (typing.questions, desk.token.read_text()) == (1, typing.token)
        assert window.until(lambda: desk.history() == [(WRITTEN, "inserted", "portal", "")])
        # Between two texts: the next one asks, and is typed.
        typing.revoke()
        desk.speak(window)
        window.wait_for("Inserted", 2)
        assert (typing.text, typing.questions) == (AGAIN, 2)
        # While one is typed: what came is not typed a second time, and the whole text is kept.
        typing.typed.clear()
        typing.refuse_after = 9
        desk.speak(window)
        assert "insert.partly" in window.wait_for("NotInserted")[0]
        assert len(typing.typed) <= 10
        assert typing.text == " What"[: len(typing.text)]
        assert WRITTEN in desk.scratchpad()
        assert window.until(lambda: desk.history()[-1] == (WRITTEN, "done", "", "insert.partly"))
        assert window.shows("withdrawn")


def test_a_desktop_that_was_told_no(desk):
    desk.portal.typing.mood = "denies"
    with desk.window() as window:
        desk.speak(window)
        told = window.wait_for("NotInserted")[0]
        assert "The desktop does not let Starling type" in told
        assert "Allow it when the desktop asks" in told
        assert desk.scratchpad() == WRITTEN + "\n"
        assert window.until(lambda: desk.history() == [(WRITTEN, "done", "", "insert.not_inserted")])
        assert window.shows("does not let Starling type")
        assert desk.portal.typing.typed == []
        desk.portal.typing.mood = "grants"
        desk.speak(window)
        window.wait_for("Inserted")
        assert desk.portal.typing.text == WRITTEN


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_user_who_thinks_about_it_loses_nothing(desk):
    typing = desk.portal.typing
    typing.mood = "waits"
    with desk.window() as window:
        desk.speak(window)
        assert window.until(lambda: typing.questions == 1)
        desk.speak(window)  # meanwhile
        time.sleep(3)  # thinks
        assert window.named("Inserted") == window.named("NotInserted") == []
        typing.decide.set()
        window.wait_for("Inserted", 2)
        assert (typing.text, typing.questions) == (AGAIN, 1)
        assert window.until(lambda: [row[1] for row in desk.history()] == ["inserted"] * 2)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_desktop_that_never_answers(desk):
    typing = desk.portal.typing
    typing.mood = "silent"
    with desk.window() as window:
        desk.speak(window)
        assert window.until(lambda: typing.questions == 1)
        began_s = time.monotonic()
        told = window.wait_for("NotInserted", timeout_s=GRANT_S + 30)[0]
        assert time.monotonic() - began_s < GRANT_S + 25
        assert typing.questions == 1  # nobody is asked the same twice for one text
        assert "did not answer" in told
        assert desk.scratchpad() == WRITTEN + "\n"
        assert window.shows("did not answer")
        typing.mood = "grants"
        desk.speak(window)
        window.wait_for("Inserted")
        assert typing.text == WRITTEN
        typing.revoke()
        typing.mood = "silent"
        desk.speak(window)
        assert window.until(lambda: typing.questions == 3)
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 5  # it quits in time, whatever the desktop waits for


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_permission_serves_the_next_start_once_and_a_damaged_one_is_asked_for_again(desk):
    typing = desk.portal.typing
    for damaged, questions in ((False, 1), (False, 1), (True, 2), (False, 2)):
        if damaged:
            desk.token.write_bytes(b"\xff\xfe\x00 no token")
        with desk.window() as window:
            typing.typed.clear()
            desk.speak(window)
            window.wait_for("Inserted")
            assert typing.text == WRITTEN
        assert typing.questions == questions
        assert desk.token.read_text() == typing.token
    assert typing.tokens == ["token1", "token3"]
