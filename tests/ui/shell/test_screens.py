"""Which platform Qt is told to use, and what is told when there is none: a table, and the real questions."""

import socket
import sys
import tempfile

import pytest

from starling.core.errors import StarlingError
from starling.ui.shell import screens

ONE_X = {"DISPLAY": ":1"}
ONE_WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "/run/user/1"}
XCB, WAYLAND, BOTH = ("-platform", "xcb"), ("-platform", "wayland"), ("-platform", "wayland;xcb")


def decide(env, answering=("xcb", "wayland"), faults=None):
    answers = {name: lambda _env, name=name: name in answering for name in ("xcb", "wayland")}
    return screens.arguments(env, answers, lambda name: (faults or {}).get(name, ""))


@pytest.mark.parametrize(
    ("env", "answering", "faults", "expected"),
    [
        (ONE_X, ("xcb",), {}, XCB),
        (ONE_WAYLAND, ("wayland",), {}, WAYLAND),
        (ONE_X | ONE_WAYLAND, ("xcb", "wayland"), {}, BOTH),
        (ONE_X | ONE_WAYLAND | {"XDG_SESSION_TYPE": "x11"}, ("xcb", "wayland"), {}, ("-platform", "xcb;wayland")),
        (ONE_X | ONE_WAYLAND, ("xcb",), {}, XCB),
        (ONE_X | ONE_WAYLAND, ("xcb", "wayland"), {"wayland": "libwayland-client.so.0: no"}, XCB),
        ({"QT_QPA_PLATFORM": "offscreen"}, (), {}, ()),
        ({"QT_QPA_PLATFORM": "xcb:opt"} | ONE_X, ("xcb",), {}, ()),
        ({"QT_QPA_PLATFORM": "wayland-egl;xcb"} | ONE_X, ("xcb",), {}, ()),
    ],
)
def test_the_platform(env, answering, faults, expected):
    assert decide(env, answering, faults) == expected


@pytest.mark.parametrize(
    ("env", "answering", "faults", "code", "part"),
    [
        ({}, (), {}, "ui.no_display", "There is no display for a window."),
        (ONE_X, (), {}, "ui.no_display", "The display :1 cannot be reached."),
        (ONE_X | ONE_WAYLAND, (), {}, "ui.no_display", "wayland-0 or :1"),
        ({"QT_QPA_PLATFORM": "xcb"}, (), {}, "ui.no_display", "no display"),
        (
            ONE_X,
            ("xcb",),
            {"xcb": "Cannot load library /x/libqxcb.so: libxcb-cursor.so.0: cannot open shared object file"},
            "ui.missing_library",
            "libxcb-cursor.so.0",
        ),
    ],
)
def test_what_is_told(env, answering, faults, code, part):
    with pytest.raises(StarlingError) as caught:
        decide(env, answering, faults)
    assert caught.value.code == code
    assert part in caught.value.message
    assert "starling listen" in caught.value.fix


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("libEGL.so.1: cannot open shared object file: No such file or directory", "needs libEGL.so.1,"),
        ("Cannot load library /opt/libqxcb.so: (libxcb-cursor.so.0: cannot open", "needs libxcb-cursor.so.0,"),
        ("undefined symbol: _Zx", "cannot be opened"),
    ],
)
def test_the_missing_library_is_named(text, what):
    assert what in screens.missing(text).message


@pytest.mark.skipif(sys.platform != "linux", reason="X and Wayland")
class TestAsking:
    def test_nobody_answers(self, tmp_path):
        assert not screens.x_answers({})
        assert not screens.x_answers({"DISPLAY": ":9871"})
        assert not screens.x_answers({"DISPLAY": "rubbish"})
        assert not screens.wayland_answers({})
        assert not screens.wayland_answers({"WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": str(tmp_path)})
        assert not screens.wayland_answers({"WAYLAND_DISPLAY": "w" * 200, "XDG_RUNTIME_DIR": str(tmp_path)})

    def test_a_compositor_answers(self):
        with tempfile.TemporaryDirectory(prefix="w") as folder, socket.socket(socket.AF_UNIX) as server:
            server.bind(f"{folder}/w")
            server.listen()
            assert screens.wayland_answers({"WAYLAND_DISPLAY": "w", "XDG_RUNTIME_DIR": folder})

    def test_an_x_server_answers(self, bare_screen):
        assert screens.x_answers({"DISPLAY": bare_screen.display})

    def test_qts_plugins_load_here(self):
        assert screens.plugin_fault("offscreen") == ""
        assert screens.plugin_fault("xcb") == ""


def test_a_missing_toolkit_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "PySide6", None)
    with pytest.raises(StarlingError) as caught:
        screens.check_toolkit()
    assert caught.value.code == "ui.no_qt"
