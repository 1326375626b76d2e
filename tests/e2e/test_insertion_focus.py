"""The focus moves while a text is on its way: nothing of it goes into another window, on a real X server."""

from __future__ import annotations

import threading

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Partly
from starling.dictation.insertion.inserter import Inserter
from starling.dictation.insertion.x11.link import Link
from starling.dictation.insertion.x11.typing import Typist, XtestWay
from starling.dictation.surroundings import Session, Target, in_front
from tests.helpers.editors import clipboard, copied, mousepad, xterm


@pytest.fixture
def session(screen) -> Session:
    return Session("x11", display=screen.display)


def test_keys_go_into_the_window_that_was_looked_at_or_nowhere(screen, session, tmp_path) -> None:
    with mousepad(screen, tmp_path):
        editor = in_front(session)
        with xterm(screen, tmp_path) as terminal:
            with pytest.raises(StarlingError) as caught:
                XtestWay(session).insert("rm -r\n", editor)
            assert caught.value.code == "insert.focus_moved"
            assert not isinstance(caught.value, Partly)
            assert terminal.text() == ""


def test_a_paste_goes_into_the_window_that_was_looked_at_or_nowhere(screen, session, tmp_path) -> None:
    inserter = Inserter(tmp_path / "data", of=session)
    try:
        with copied(screen, b"mine"), mousepad(screen, tmp_path):
            editor = in_front(session)
            with xterm(screen, tmp_path) as terminal:
                with pytest.raises(StarlingError) as caught:
                    inserter.way("paste").insert("rm -r\n", editor)
                assert caught.value.code == "insert.focus_moved"
                assert terminal.text() == ""
                assert clipboard(screen) == b"mine"
    finally:
        inserter.close()


def test_a_text_goes_on_when_a_modifier_that_was_pressed_meanwhile_is_released(screen, session, tmp_path) -> None:
    text = "a" * 64 + "b" * 64  # two pieces

    timer = threading.Timer(0.3, screen.let_go, ["ctrl"])
    with xterm(screen, tmp_path) as terminal:
        link = Link(session.display)
        try:
            typist = Typist(link)
            stroke, struck = typist._stroke, []

            def watched(chunk) -> None:
                stroke(chunk)
                if not struck:
                    screen.hold("ctrl")
                    timer.start()
                struck.append(chunk)

            typist._stroke = watched
            typist.type(text, True)
        finally:
            link.close()
            timer.join()
        assert terminal.holds(text)


def test_a_window_says_whose_it_is(screen, session, tmp_path) -> None:
    with mousepad(screen, tmp_path):
        seen: Target = in_front(session)
        assert seen.application == "mousepad"
        with open(f"/proc/{seen.pid}/comm", encoding="utf-8") as name:
            assert name.read().strip() == "mousepad"
