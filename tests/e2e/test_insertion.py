"""Texts go into a real terminal and a real editor on a real X server, whatever is in them; the clipboard stays."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.insertion.inserter import Inserter
from starling.dictation.insertion.x11.owner import Datum
from starling.dictation.insertion.x11.selections import Selections
from starling.dictation.surroundings import Session
from tests.helpers.commands import starling
from tests.helpers.display import Screen
from tests.helpers.editors import clipboard, copied, layout, mousepad, xterm
from tests.helpers.pulse import wait_until

TEXT = 'Hello, World! é ü ß € {[]} @ ~^\\| "quoted" שלום 你好 😀👍🏽'
LINES = "first line\nsecond é\n\nlast 你"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2000
"""Larger than what fits into one request, so it comes in pieces."""
HTML = "<p>Größe <b>fett</b></p>".encode()


@pytest.fixture
def make(screen: Screen, tmp_path: Path):
    made: list[Inserter] = []

    def inserter(way: str = "auto", **more) -> Inserter:
        session = Session("x11", display=screen.display)
        made.append(Inserter(tmp_path / "data", Wishes(way=way, **more), of=session))
        return made[-1]

    yield inserter
    for each in made:
        each.close()


@pytest.fixture
def terminal(screen: Screen, tmp_path: Path) -> Iterator:
    with xterm(screen, tmp_path) as shown:
        yield shown


@pytest.fixture
def editor(screen: Screen, tmp_path: Path) -> Iterator:
    with mousepad(screen, tmp_path) as shown:
        yield shown


def test_keys_on_two_layouts_into_a_terminal(screen, terminal, make) -> None:
    keys = make("xtest")
    assert keys.insert(TEXT).way == "xtest"
    assert terminal.holds(TEXT)
    layout(screen, "de")
    assert keys.insert(TEXT).way == "xtest"
    assert terminal.holds(TEXT * 2)
    layout(screen, "us,ru")
    screen.key("ISO_Next_Group")
    assert keys.insert("Привет ok").way == "xtest"
    assert terminal.holds(TEXT * 2 + "Привет ok")


def test_keys_and_undo_in_an_editor_on_a_german_layout(screen, editor, make) -> None:
    layout(screen, "de")
    keys = make("xtest", newline="shift_enter")
    done = keys.insert(TEXT)
    assert (done.way, done.target.application, done.verified) == ("xtest", "mousepad", True)
    assert editor.holds(TEXT)
    keys.insert("\nweg é")
    assert editor.holds(f"{TEXT}\nweg é")
    keys.undo()
    assert editor.holds(TEXT)


@pytest.mark.slow
def test_caps_lock_changes_nothing_and_stays(screen, terminal, make) -> None:
    screen.key("Caps_Lock")
    make("xtest").insert("Hello é World")
    assert terminal.holds("Hello é World")
    screen.type("a")
    assert terminal.holds("Hello é WorldA")


def test_pasting_with_the_keys_that_each_application_wants(screen, terminal, make, tmp_path) -> None:
    tool = make("paste")
    done = tool.insert(TEXT)
    assert (done.way, done.target.application, done.verified) == ("paste", "xterm", True)
    assert terminal.holds(TEXT)
    with mousepad(screen, tmp_path) as editor:
        done = tool.insert(LINES)
        assert (done.way, done.target.application, done.verified) == ("paste", "mousepad", True)
        assert editor.holds(LINES)


@pytest.mark.slow
def test_a_new_line_is_pasted_where_enter_would_run_it(terminal, make) -> None:
    done = make().insert("echo one\necho two")
    assert done.way == "paste"
    assert wait_until(lambda: terminal.text().replace("\r", "\n") == "echo one\necho two", 3)


@pytest.mark.slow
def test_a_long_text_arrives_whole_and_in_order(editor, make) -> None:
    text = "".join(f"{number} Wörter. " for number in range(40_000)).rstrip()
    assert len(text) > 400_000
    assert make().insert(text).way == "paste"
    assert editor.holds(text)


@pytest.mark.slow
def test_a_typed_text_of_some_length_arrives_whole(terminal, make) -> None:
    text = "".join(f"{number} Wörter, señor 你. " for number in range(100))
    make("xtest").insert(text)
    assert terminal.holds(text)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("UTF8_STRING", "kopiert é".encode(), marks=pytest.mark.slow),
        ("image/png", PNG),
        pytest.param("text/html", HTML, marks=pytest.mark.slow),  # also among all types, below
    ],
)
def test_the_clipboard_is_as_before(screen, terminal, make, kind, data) -> None:
    tool = make("paste")
    with copied(screen, data, kind), copied(screen, b"marked", selection="primary"):
        for number in range(3):
            assert tool.insert(f"text {number} ").verified is True
        assert terminal.holds("text 0 text 1 text 2 ")
        assert clipboard(screen, kind) == data
        assert clipboard(screen, selection="primary") == b"marked"
    tool.close()  # a process of its own holds it from now on
    try:
        assert clipboard(screen, kind) == data
    finally:
        with copied(screen, b"x"), copied(screen, b"x", selection="primary"):
            pass  # which ends it


def test_all_types_are_kept(screen, terminal, make) -> None:
    """As a browser copies: text and HTML and a picture, from one program."""
    kept = {"text/html": Datum("text/html", 8, HTML), "UTF8_STRING": Datum("UTF8_STRING", 8, b"bold"),
            "image/png": Datum("image/png", 8, PNG)}  # fmt: skip
    other = Selections(screen.display)
    try:
        other.do(lambda owner: owner.hold("CLIPBOARD", kept))
        tool = make("paste", per_application={"xterm": "shift+insert"})
        assert tool.insert("hello").verified is True
        assert terminal.holds("hello")
        found = {kind: clipboard(screen, kind) for kind in kept}
        assert found == {kind: datum.data for kind, datum in kept.items()}
        other.do(lambda owner: owner.hold("CLIPBOARD", kept))  # so that nothing has to be held at the end
        other.do(lambda owner: owner.hold("PRIMARY", kept))
    finally:
        other.close()


def test_what_was_copied_meanwhile_is_left_alone(screen) -> None:
    ours, other = Selections(screen.display), Selections(screen.display)
    try:
        before = {"UTF8_STRING": Datum("UTF8_STRING", 8, b"before")}
        ours.do(lambda owner: owner.offer("CLIPBOARD", "dictated"))
        assert clipboard(screen) == b"dictated"
        assert clipboard(screen, "x-kde-passwordManagerHint") == b"secret"
        other.do(lambda owner: owner.hold("CLIPBOARD", {"UTF8_STRING": Datum("UTF8_STRING", 8, b"newer")}))
        assert wait_until(lambda: not ours.do(lambda owner: owner.ours("CLIPBOARD")), 3)
        assert ours.do(lambda owner: owner.put_back("CLIPBOARD", before)) is False
        assert clipboard(screen) == b"newer"
    finally:
        ours.close()
        other.close()


@pytest.mark.slow
def test_an_empty_clipboard_is_empty_again(screen, terminal, make) -> None:
    make("paste").insert("hello")
    assert terminal.holds("hello")
    assert clipboard(screen) == b""


def test_held_modifiers_are_waited_for(screen, terminal, make) -> None:
    screen.hold("ctrl")
    release = threading.Timer(0.5, screen.let_go, ["ctrl"])
    release.start()
    try:
        started = time.monotonic()
        assert make().insert("hello").way == "xtest"
        assert time.monotonic() - started > 0.4
        assert terminal.holds("hello")
    finally:
        release.join()


def test_a_modifier_that_stays_down_keeps_the_text(screen, terminal, make) -> None:
    screen.hold("ctrl")
    try:
        done = (tool := make()).insert("hello")
    finally:
        screen.let_go("ctrl")
    assert (done.way, terminal.text()) == ("scratchpad", "")
    assert tool.scratchpad.read().text == "hello\n"
    assert "modifier" in tool.scratchpad.read().reason


@pytest.mark.slow
def test_an_excluded_application_gets_nothing(terminal, make) -> None:
    tool = make(excluded={"XTerm"})
    with pytest.raises(StarlingError) as caught:
        tool.insert("hello")
    assert caught.value.code == "insert.excluded"
    assert terminal.text() == ""


@pytest.mark.slow
def test_undo_needs_the_window_of_the_insertion(screen, terminal, make, tmp_path) -> None:
    tool = make()
    tool.insert("hello")
    with mousepad(screen, tmp_path), pytest.raises(StarlingError) as caught:
        tool.undo()
    assert caught.value.code == "insert.undo_focus"
    screen.activate(screen.window("terminal"))
    assert tool.undo() == 5
    assert wait_until(lambda: terminal.text().replace("\b", "\x7f") == "hello" + "\x7f" * 5, 3)


def test_the_command_types_what_it_reads(screen, terminal, tmp_path) -> None:
    env = screen.env(tmp_path / "home")
    done = starling("type", "-", "--way", "xtest", "--json", home=tmp_path / "home", env=env, stdin=TEXT.encode())
    assert done.code == 0, done.err
    report = json.loads(done.out)["inserted"]
    assert (report["way"], report["application"], report["error"]) == ("xtest", "xterm", None)
    assert terminal.holds(TEXT)
    assert TEXT not in done.out + done.err


def test_the_command_says_why_it_could_not(tmp_path) -> None:
    env = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"), "")
    done = starling("type", "hello", home=tmp_path / "home", env=env)
    assert done.code == 1
    assert "scratchpad" in done.err
    kept = (tmp_path / "home" / "data" / "insertion" / "scratchpad.json").read_text()
    assert "hello" in kept


def test_the_doctor_lists_the_ways(screen, tmp_path) -> None:
    done = starling("doctor", "--json", home=tmp_path / "home", env=screen.env(tmp_path / "home"))
    insertion = json.loads(done.out)["desktop"]["insertion"]
    ways = {way["name"]: way["ok"] for way in insertion["ways"]}
    assert insertion["session"]["kind"] == "x11"
    assert (ways["xtest"], ways["paste"], ways["wtype"], ways["portal"]) == (True, True, False, False)
