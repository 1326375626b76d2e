"""Foreign programs that hang, fail or are somebody else's; small scripts stand for them."""

import os
import socket

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion import programs
from starling.dictation.insertion.base import Partly
from starling.dictation.insertion.chords import Paste
from starling.dictation.insertion.wayland import clipboard, wtype
from starling.dictation.insertion.wayland.clipboard import WaylandClipboard
from starling.dictation.insertion.wayland.wtype import WtypeWay
from starling.dictation.insertion.ydotool import MOST, YdotoolWay
from starling.dictation.surroundings import Session, Target

PLACE = Target("gedit", "sway:1")
SECRET = "x-kde-passwordManagerHint"


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """Makes a program; its arguments and its input are written down in ``<name>.log``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def made(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\nlog={tmp_path}/{name}.log\n{script}\n")
        path.chmod(0o700)
        return tmp_path / f"{name}.log"

    clipboard._knows_sensitive.cache_clear()
    yield made
    clipboard._knows_sensitive.cache_clear()


@pytest.fixture
def daemon(tmp_path):
    """A socket where ydotool's daemon would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(str(tmp_path / ".ydotool_socket"))
        yield Session("wayland", "gnome", runtime=str(tmp_path))


@pytest.fixture(autouse=True)
def no_setting(monkeypatch):
    monkeypatch.delenv("YDOTOOL_SOCKET", raising=False)


def test_what_was_ended_on_the_way_is_not_inserted_again_by_another_way(tool, daemon, monkeypatch) -> None:
    for module in ("wtype", "ydotool"):
        tool(module, "exec sleep 30")
    monkeypatch.setattr(wtype, "CALL_S", 0.2)
    monkeypatch.setattr("starling.dictation.insertion.ydotool.CALL_S", 0.2)
    for way in (WtypeWay(Session("wayland", "sway")), YdotoolWay(daemon)):
        with pytest.raises(Partly) as caught:
            way.insert("hello", PLACE)
        assert (caught.value.code, caught.value.rest) == ("insert.tool_silent", "hello")


def test_what_could_not_begin_may_go_another_way(tool, daemon) -> None:
    for module in ("wtype", "ydotool"):
        tool(module, "echo broken >&2; exit 1")
    for way in (WtypeWay(Session("wayland", "sway")), YdotoolWay(daemon)):
        with pytest.raises(StarlingError) as caught:
            way.insert("hello", PLACE)
        assert not isinstance(caught.value, Partly)


def test_ydotool_fails_after_the_first_line(tool, daemon) -> None:
    log = tool("ydotool", 'echo "$1" >> $log; [ "$1" = type ] || exit 1')
    with pytest.raises(Partly) as caught:
        YdotoolWay(daemon).insert("one\ntwo", PLACE)
    assert (caught.value.rest, log.read_text()) == ("\ntwo", "type\nkey\n")


def test_ydotool_gets_no_more_than_it_can_type_in_its_time(tool, daemon) -> None:
    log = tool("ydotool", "wc -c >> $log")
    YdotoolWay(daemon).insert("x" * (2 * MOST + 1), PLACE)
    assert [int(line) for line in log.read_text().split()] == [MOST, MOST, 1]


def test_no_text_is_given_to_somebody_elses_daemon(tool, daemon, monkeypatch, tmp_path) -> None:
    log = tool("ydotool", "cat >> $log")
    way = YdotoolWay(daemon)
    assert way.available().ok
    monkeypatch.setattr(os, "getuid", lambda: os.lstat(tmp_path).st_uid + 1)
    real = os.lstat

    def foreign(place):
        found = real(place)
        return os.stat_result((*found[:4], 12345, *found[5:10]))

    monkeypatch.setattr(os, "lstat", foreign)
    assert not way.available().ok
    with pytest.raises(StarlingError):
        way.insert("secret", PLACE)
    assert not log.exists()


def pasted(tool, types, *, sensitive=True, listing="") -> tuple[list[str], Exception | None]:
    """The calls of wl-copy and what came of a paste."""
    tool(
        "wl-paste",
        f"""case "$*" in
        *--list-types*) {listing or f"printf '{types}'"} ;;
        *) printf kept ;;
    esac""",
    )
    known = "--sensitive" if sensitive else ""
    log = tool(
        "wl-copy",
        f"""case "$*" in
        --help) echo "{known}"; exit ;;
        *--clear*) ;;
        *--foreground*) cat > /dev/null; exec sleep 30 ;;
    esac
    echo "$* $(cat)" >> $log""",
    )
    failed = None
    try:
        WaylandClipboard().paste("hello", Paste("ctrl+v", False), PLACE, lambda: None)
    except StarlingError as error:
        failed = error
    return (log.read_text().splitlines() if log.exists() else []), failed


def test_a_secret_is_put_back_as_a_secret(tool) -> None:
    calls, failed = pasted(tool, f"text/plain;charset=utf-8\\n{SECRET}\\n")
    assert (calls, failed) == (["--sensitive --type text/plain;charset=utf-8 kept"], None)


def test_a_secret_that_would_be_put_back_as_none_is_left_alone(tool) -> None:
    calls, failed = pasted(tool, f"text/plain\\n{SECRET}\\n", sensitive=False)
    assert (calls, failed.code) == ([], "insert.clipboard_unsaved")


@pytest.mark.parametrize("words", ["No selection", "Nothing is copied"])
def test_an_empty_clipboard_is_empty_afterwards(tool, words) -> None:
    calls, failed = pasted(tool, "", listing=f"echo {words} >&2; exit 1")
    assert ([call.strip() for call in calls], failed) == (["--clear"], None)


def test_a_clipboard_that_cannot_be_read_is_not_replaced(tool) -> None:
    calls, failed = pasted(tool, "", listing="echo Failed to connect >&2; exit 1")
    assert (calls, failed.code) == ([], "insert.tool")


def test_a_wl_copy_that_does_not_end_is_ended(tool, monkeypatch) -> None:
    monkeypatch.setattr(programs, "LIMIT_S", 0.3)
    tool("wl-paste", "echo No selection >&2; exit 1")
    tool(
        "wl-copy",
        """trap "" TERM
    case "$*" in *--foreground*) cat > /dev/null; while :; do sleep 0.1; done ;; esac""",
    )
    assert WaylandClipboard().paste("hello", Paste("ctrl+v", False), PLACE, lambda: None) is None
