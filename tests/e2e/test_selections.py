"""Selections on a real X server: requestors that go, servers that end, a folder with modules in it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from Xlib import X
from Xlib.display import Display

from starling.core.errors import StarlingError
from starling.dictation.insertion.chords import Paste
from starling.dictation.insertion.x11.clipboard import TAKE_S, X11Clipboard
from starling.dictation.insertion.x11.owner import CLIPBOARD, PIECE, Datum, Owner
from starling.dictation.insertion.x11.selections import Selections
from starling.dictation.surroundings import Session, Target
from tests.helpers.editors import clipboard, copied
from tests.helpers.pulse import wait_until

LONG = {"UTF8_STRING": Datum("UTF8_STRING", 8, b"x" * (3 * PIECE))}


@pytest.mark.parametrize("goes", ["meanwhile", "before"])
def test_a_requestor_that_goes_is_not_waited_for(screen, goes) -> None:
    """Else the process that holds the clipboard for others would never end."""
    owner, asker = Owner(screen.display), Display(screen.display)
    try:
        owner.hold(CLIPBOARD, LONG)
        window = asker.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        names = [asker.intern_atom(name) for name in (CLIPBOARD, "UTF8_STRING", "PLACE")]
        window.convert_selection(*names, X.CurrentTime)
        asker.sync()
        if goes == "meanwhile":
            assert wait_until(lambda: bool(owner.dispatch() or owner._sending), 3)
        window.destroy()
        asker.sync()
        owner.dispatch()
        assert wait_until(lambda: not (owner.dispatch() or owner._sending), 3)
    finally:
        asker.close()
        owner.close()


def test_what_is_asked_of_a_connection_that_has_ended_is_refused_at_once(screen) -> None:
    selections = Selections(screen.display)
    selections._tasks.put(None)
    selections._thread.join(5)
    began = time.monotonic()
    with pytest.raises(StarlingError):
        selections.do(lambda owner: owner.held())
    assert time.monotonic() - began < 1
    selections.close()


@pytest.fixture
def pasting(screen):
    made = X11Clipboard(Session("x11", display=screen.display))
    yield made
    made.close()


def asked_for(screen) -> None:
    """A program takes what is in the clipboard."""
    clipboard(screen)


def test_a_clipboard_that_cannot_be_put_back_costs_no_second_insertion(screen, pasting, monkeypatch) -> None:
    def refused(owner, name, before):
        raise StarlingError("insert.clipboard", "It could not be taken.", "Try again.")

    monkeypatch.setattr(Owner, "put_back", refused)
    assert pasting.paste("hello", Paste("ctrl+v", True), Target(), lambda: asked_for(screen)) is None


def test_what_goes_wrong_after_the_keys_costs_no_second_insertion(screen, pasting) -> None:
    nobody = Target("gedit", "0xnonsense")
    assert pasting.paste("hello", Paste("ctrl+v", False), nobody, lambda: None) is None
    assert clipboard(screen) == b""


def test_at_the_end_nobody_is_waited_for_and_the_clipboard_put_back(screen, pasting) -> None:
    began = time.monotonic()
    with copied(screen, b"mine"):
        assert pasting.paste("hello", Paste("ctrl+v", False), Target(), pasting.hurry) is None
        assert time.monotonic() - began < TAKE_S
        assert clipboard(screen) == b"mine"


def test_the_holder_takes_no_module_from_the_folder_it_is_started_in(screen, tmp_path) -> None:
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'taken')!r}, 'w')\nraise SystemExit(1)\n")
    code = (
        "from starling.dictation.insertion.x11.holder import hand_over\n"
        "from starling.dictation.insertion.x11.owner import Datum\n"
        f"raise SystemExit(not hand_over({screen.display!r}, {{'CLIPBOARD': {{'UTF8_STRING': "
        "Datum('UTF8_STRING', 8, b'kept')}}))\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, timeout=30, check=False)
    try:
        assert done.returncode == 0
        assert not (tmp_path / "taken").exists()
        assert clipboard(screen) == b"kept"
    finally:
        taker = Owner(screen.display)
        taker.hold(CLIPBOARD, LONG)  # which ends the holder
        taker.close()
