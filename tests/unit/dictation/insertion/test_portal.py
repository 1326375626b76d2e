"""The RemoteDesktop portal by a stand-in on a private bus."""

import stat
import time
from collections.abc import Iterator

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Partly
from starling.dictation.insertion.inserter import Inserter
from starling.dictation.insertion.portal import PortalWay
from starling.dictation.portal_link import PortalLink
from starling.dictation.surroundings import Session, Target
from tests.helpers.bus import private_bus
from tests.helpers.pulse import wait_until
from tests.helpers.remote_desktop import RemoteDesktop

TARGET = Target("gedit", "1")
SHIFT, RETURN, BACKSPACE, CONTROL = 0xFFE1, 0xFF0D, 0xFF08, 0xFFE3


@pytest.fixture
def bus(tmp_path) -> Iterator[str]:
    with private_bus(tmp_path / "bus") as address:
        yield address


@pytest.fixture
def portal(bus) -> Iterator[RemoteDesktop]:
    stand = RemoteDesktop(bus)
    yield stand
    stand.close()


@pytest.fixture
def way(bus, tmp_path) -> Iterator[PortalWay]:
    made = PortalWay(Session("wayland", "gnome", bus=bus), tmp_path / "data" / "token", call_s=1.0, grant_s=0.8)
    yield made
    made.close()


def test_granted(way, portal, tmp_path) -> None:
    assert way.available().ok
    assert "permission" in way.available().reason
    assert way.insert("Hello é", TARGET) is None
    assert portal.text == "Hello é"
    assert [key for key, pressed in portal.typed if pressed] == [key for key, pressed in portal.typed if not pressed]
    token = tmp_path / "data" / "token"
    assert token.read_text() == portal.token == "token1"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert way.available().reason == ""


def test_one_session_serves_many_texts(way, portal) -> None:
    way.insert("a", TARGET)
    way.insert("b", TARGET)
    assert (portal.text, portal.asked.count("CreateSession"), portal.questions) == ("ab", 1, 1)


def test_each_token_is_used_once(bus, portal, tmp_path) -> None:
    for number in range(3):
        way = PortalWay(Session("wayland", "gnome", bus=bus), tmp_path / "token", call_s=1.0, grant_s=0.8)
        way.insert(str(number), TARGET)
        way.close()
    assert portal.tokens == ["token1", "token2"]
    assert (portal.questions, portal.text) == (1, "012")
    assert (tmp_path / "token").read_text() == "token3"


def test_new_lines_chords_and_undo(way, portal) -> None:
    way.insert("a\nb", TARGET)
    assert portal.typed[2:6] == [(SHIFT, True), (RETURN, True), (RETURN, False), (SHIFT, False)]
    portal.typed.clear()
    way.chord(("Control_L", "v"))
    assert portal.typed == [(CONTROL, True), (ord("v"), True), (ord("v"), False), (CONTROL, False)]
    portal.typed.clear()
    way.undo(2)
    assert portal.typed == [(BACKSPACE, True), (BACKSPACE, False)] * 2


def test_denied(way, portal) -> None:
    portal.mood = "denies"
    with pytest.raises(StarlingError) as caught:
        way.insert("a", TARGET)
    assert caught.value.code == "insert.portal_denied"
    portal.mood = "grants"
    way.insert("a", TARGET)
    assert portal.text == "a"


@pytest.mark.parametrize("mood", ["denies", "silent"])
def test_nobody_is_asked_twice_for_one_text(way, portal, mood) -> None:
    """Typing was refused, and pasting needs the portal for its keys."""
    portal.mood = mood
    for questions in (1, 2):
        with pytest.raises(StarlingError) as typing:
            way.insert("a", TARGET)
        with pytest.raises(StarlingError) as pasting:
            way.chord(("Control_L", "v"))
        assert pasting.value.message == typing.value.message
        assert portal.questions == questions
    portal.mood = "grants"
    way.insert("a", TARGET)
    way.chord(("Control_L", "v"))


def test_a_denied_token_is_thrown_away(way, portal, tmp_path) -> None:
    way.insert("a", TARGET)
    way.close()
    portal.mood = "denies"
    with pytest.raises(StarlingError):
        way.insert("b", TARGET)
    assert not (tmp_path / "data" / "token").exists()


def test_revoked(way, portal) -> None:
    """The next text asks the user again; what the old session had is not used."""
    way.insert("a", TARGET)
    portal.revoke()
    deadline = time.monotonic() + 3
    while portal.questions < 2 and time.monotonic() < deadline:
        way.insert("b", TARGET)
    assert portal.questions == 2
    assert portal.text.startswith("ab")


def test_revoked_and_denied_since(way, portal) -> None:
    way.insert("a", TARGET)
    portal.mood = "denies"
    portal.revoke()

    def until_it_hears() -> None:
        for _ in range(100):
            way.insert("b", TARGET)

    with pytest.raises(StarlingError) as caught:
        until_it_hears()
    assert caught.value.code == "insert.portal_denied"


def test_keys_refused(way, portal) -> None:
    portal.mood = "refuses_keys"
    with pytest.raises(StarlingError) as caught:
        way.insert("a", TARGET)
    assert caught.value.code == "insert.portal_refused"
    assert not isinstance(caught.value, Partly)


@pytest.mark.parametrize("mood", ["silent", "hangs_on_keys"])
def test_silent(way, portal, mood) -> None:
    portal.mood = mood
    started = time.monotonic()
    with pytest.raises(StarlingError) as caught:
        way.insert("ab", TARGET)
    assert caught.value.code == "insert.portal_silent"
    assert time.monotonic() - started < 4
    if mood == "silent":
        assert wait_until(lambda: "Close" in portal.asked, 3)  # the desktop's question is taken away


def test_slow(way, portal) -> None:
    portal.mood = "slow"
    way.insert("ab", TARGET)
    assert portal.text == "ab"


def test_what_breaks_off_says_what_is_left(way, portal) -> None:
    way.insert("a", TARGET)

    typed = portal.typed

    class Breaks(list):
        def append(self, key) -> None:
            typed.append(key)
            if len(typed) == 4:
                portal.mood = "refuses_keys"

    portal.typed = Breaks()
    with pytest.raises(Partly) as caught:
        way.insert("bcd", TARGET)
    assert caught.value.rest == "cd"


@pytest.mark.parametrize("mood", ["no_keyboard", "no_portal"])
def test_a_desktop_without_it(way, portal, mood) -> None:
    portal.mood = mood
    told = way.available()
    assert not told.ok
    assert "portal" in told.reason
    assert told.fix


def test_nobody_there(way, bus) -> None:
    assert not way.available().ok
    with pytest.raises(StarlingError):
        way.insert("a", TARGET)


def test_no_bus(tmp_path) -> None:
    way = PortalWay(Session("wayland", "gnome", bus=f"unix:path={tmp_path}/none"), tmp_path / "token")
    assert not way.available().ok
    with pytest.raises(StarlingError) as caught:
        way.insert("a", TARGET)
    assert caught.value.code == "insert.no_bus"


def test_the_inserter_takes_it_on_gnome(bus, portal, tmp_path) -> None:
    session = Session("wayland", "gnome", bus=bus)
    inserter = Inserter(tmp_path / "data", of=session, look=lambda _: TARGET)
    assert inserter.insert("hello").way == "portal"
    assert portal.text == "hello"
    portal.mood = "refuses_keys"
    done = inserter.insert("kept")
    assert done.way == "scratchpad"
    assert "portal" in inserter.memory.failed("gedit")
    inserter.close()


@pytest.mark.parametrize("mood", ["garbage", "wrong_type"])
def test_a_portal_that_says_nonsense_costs_one_text_and_can_be_tried_again(way, portal, monkeypatch, mood) -> None:
    nonsense = {"garbage": {}, "wrong_type": {"session_handle": ("u", 3)}}[mood]
    request = PortalLink.request
    monkeypatch.setattr(PortalLink, "request", lambda *_: (0, nonsense))
    with pytest.raises(StarlingError) as caught:
        way.insert("a", TARGET)
    assert caught.value.code.startswith("insert.portal_")
    monkeypatch.setattr(PortalLink, "request", request)
    way.insert("b", TARGET)
    assert portal.text == "b"
