"""Small decisions, by tables."""

import pytest

from starling.dictation.insertion.chords import is_terminal, paste
from starling.dictation.insertion.graphemes import count, split
from starling.dictation.insertion.inserter import clean
from starling.dictation.insertion.installing import command, family
from starling.dictation.insertion.paste import keys_of
from starling.dictation.insertion.wayland.clipboard import to_keep
from starling.dictation.insertion.wayland.focus import of_hyprland, of_sway
from starling.dictation.insertion.wayland.wtype import MOST, parts
from starling.dictation.insertion.ydotool import sockets
from starling.dictation.surroundings import Session, Target, session
from starling.pipeline.inserting import per_application


@pytest.mark.parametrize(
    ("application", "toolkit", "chosen", "chord", "primary"),
    [
        ("mousepad", "", "", "ctrl+v", False),
        ("firefox", "", "", "ctrl+v", False),
        ("xterm", "", "", "shift+insert", True),
        ("gnome-terminal-server", "gtk", "", "ctrl+shift+v", False),
        ("foot", "", "", "ctrl+shift+v", False),
        ("unknown-thing", "gtk", "", "ctrl+v", False),
        ("unknown-thing", "Qt", "", "ctrl+v", False),
        ("unknown-thing", "", "", "shift+insert", True),
        ("", "", "", "shift+insert", True),
        ("xterm", "", "ctrl+shift+v", "ctrl+shift+v", False),
        ("mousepad", "gtk", "shift+insert", "shift+insert", True),
    ],
)
def test_the_chord_that_an_application_wants(application, toolkit, chosen, chord, primary) -> None:
    found = paste(application, toolkit, chosen)
    assert (found.chord, found.primary) == (chord, primary)


def test_terminals() -> None:
    assert is_terminal("xterm")
    assert is_terminal("org.gnome.console")
    assert not is_terminal("mousepad")
    assert keys_of("ctrl+shift+v") == ("Control_L", "Shift_L", "v")
    assert keys_of("shift+insert") == ("Shift_L", "Insert")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("😀", 1),
        ("👍🏽", 1),
        ("👩\u200d👩\u200d👧", 1),
        ("❤\ufe0f", 1),
        ("🇩🇪🇫🇷", 2),
        ("1\ufe0f\u20e3", 1),
        ("你好", 2),
        ("한국", 2),
        ("\u1112\u1161\u11ab", 1),
        ("a\r\nb\nc", 5),
        ("नि", 1),
        ("\n\u0301", 2),
    ],
)
def test_characters_as_people_count_them(text, expected) -> None:
    assert count(text) == expected
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\tb\nc", "a\tb\nc"), ("a\r\nb\rc", "a\nb\nc"), ("\x1b[31mred\x07\x9b", "[31mred"), ("\ud800x", "x"), ("", "")],
)
def test_no_control_characters_are_typed(text, expected) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([], ""),
        (["text/plain", "text/plain;charset=utf-8", "UTF8_STRING"], "text/plain;charset=utf-8"),
        (["STRING"], "STRING"),
        (["image/png"], "image/png"),
        (["image/png", "image/bmp", "image/tiff"], "image/png"),
        (["image/bmp", "image/tiff"], None),
        (["text/html", "text/plain"], None),
        (["text/uri-list"], "text/uri-list"),
        (["x-kde-passwordManagerHint", "text/plain"], "text/plain"),
    ],
)
def test_what_wl_clipboard_can_put_back(types, expected) -> None:
    assert to_keep(types) == expected


def test_parts_of_wtype() -> None:
    assert parts("a\nb") == ["a", "\n", "b"]
    assert parts("\n\n") == ["\n", "\n"]
    long = "x" * (2 * MOST + 1)
    assert [len(part) for part in parts(long)] == [MOST, MOST, 1]
    assert "".join(parts(f"{long}\n{long}")) == f"{long}\n{long}"


@pytest.mark.parametrize(
    ("env", "kind", "compositor"),
    [
        ({}, "none", ""),
        ({"DISPLAY": ":0"}, "x11", ""),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": "w"}, "x11", ""),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "wayland", "gnome"),
        ({"WAYLAND_DISPLAY": "w", "XDG_CURRENT_DESKTOP": "KDE"}, "wayland", "kde"),
        ({"WAYLAND_DISPLAY": "w", "SWAYSOCK": "/x"}, "wayland", "sway"),
        ({"WAYLAND_DISPLAY": "w", "HYPRLAND_INSTANCE_SIGNATURE": "x"}, "wayland", "hyprland"),
        ({"WAYLAND_DISPLAY": "w", "XDG_CURRENT_DESKTOP": "niri"}, "wayland", "wlroots"),
        ({"WAYLAND_DISPLAY": "w"}, "wayland", "other"),
    ],
)
def test_the_session(env, kind, compositor) -> None:
    found = session(env)
    assert (found.kind, found.compositor) == (kind, compositor)


def test_the_bus_of_the_session(tmp_path) -> None:
    (tmp_path / "bus").touch()
    assert session({"XDG_RUNTIME_DIR": str(tmp_path)}).bus == f"unix:path={tmp_path}/bus"
    assert session({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/x"}).bus == "unix:path=/x"


def test_the_focus_of_sway() -> None:
    inner = {"type": "con", "id": 7, "focused": True, "app_id": "Foot", "nodes": []}
    old = {"type": "con", "id": 8, "focused": True, "app_id": None, "window_properties": {"class": "XTerm"}}
    tree = {"type": "root", "focused": False, "nodes": [{"type": "output", "nodes": [inner]}]}
    assert of_sway(tree) == Target("foot", "sway:7")
    assert of_sway({"nodes": [], "floating_nodes": [old]}) == Target("xterm", "sway:8")
    for nonsense in ({}, None, [], {"nodes": None}, {"nodes": ["x"]}, {"focused": True, "type": "workspace"}):
        assert of_sway(nonsense) == Target()


def test_the_focus_of_hyprland() -> None:
    assert of_hyprland({"address": "0x5", "class": "Kitty"}) == Target("kitty", "hyprland:0x5")
    assert of_hyprland({}) == of_hyprland(None) == Target()


def test_the_command_that_installs() -> None:
    assert family('ID=ubuntu\nID_LIKE="debian"') == "debian"
    assert family('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"') == "suse"
    assert family("") == family("garbage\0") == ""
    assert command("wtype", "ID=fedora") == "sudo dnf install wtype"
    assert command("wtype", "") == "Install the package wtype."


def test_where_the_daemon_of_ydotool_listens() -> None:
    assert sockets(Session("wayland", runtime="/run/user/1"), {}) == (
        "/run/user/1/.ydotool_socket",
        "/tmp/.ydotool_socket",
    )
    assert sockets(Session("wayland"), {"YDOTOOL_SOCKET": "/x"}) == ("/x",)
    assert sockets(Session("wayland"), {}) == ("/tmp/.ydotool_socket",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("xterm=paste, gvim = Shift+Insert", {"xterm": "paste", "gvim": "shift+insert"}),
        ("nonsense, =x, y=", {}),
    ],
)
def test_choices_for_single_applications(text, expected) -> None:
    assert per_application(text) == expected
