"""What other processes command, and what global keys do to a service."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.dictation.keys.base import KeysState
from starling.pipeline import events, globalkeys
from starling.pipeline.outside import Outside
from starling.pipeline.reach import Reach
from starling.remote import client
from starling.settings.store import load
from tests.helpers.fake_service import FakeService
from tests.helpers.pulse import wait_until

NOW = time.monotonic


class Commands:
    def __init__(self) -> None:
        self.done: list[object] = []

    def press(self) -> None:
        self.done.append("press")

    def release(self) -> None:
        self.done.append("release")

    def cancel(self) -> None:
        self.done.append("cancel")

    def use_mode(self, mode: str) -> None:
        self.done.append(mode)

    def set_private(self, on: bool) -> None:
        self.done.append(("private", on))


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Outside, Commands]:
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    commands = Commands()
    return Outside(commands), commands


@pytest.mark.parametrize(
    ("requests", "done"),
    [
        ([{"command": "press"}, {"command": "release"}], ["press", "release"]),
        ([{"command": "toggle"}], ["press", "release"]),
        ([{"command": "cancel"}], ["cancel"]),
        ([{"command": "mode", "mode": "dictation"}], ["dictation"]),
        ([{"command": "private", "on": True}], [("private", True)]),
        ([{"command": "release", "at": 2.0}, {"command": "press", "at": 1.0}], ["release", "press", "release"]),
        ([{"command": "release", "at": "x"}, {"command": "press", "at": True}], ["release", "press"]),
        ([{"command": "release", "at": 1e9}, {"command": "press", "at": 1.0}], ["release", "press"]),
        ([{"command": "state"}], []),
    ],
)
def test_commands(outside, requests, done) -> None:
    shift = NOW() - 3
    for request in requests:
        if isinstance(request.get("at"), float) and request["at"] < 1e6:
            request = {**request, "at": request["at"] + shift}
        assert isinstance(outside[0].answer(request), dict)
    assert outside[1].done == done


@pytest.mark.parametrize(
    "request_",
    [{}, {"command": "jump"}, {"command": 5}, {"command": "mode"}, {"command": "mode", "mode": "private"},
     {"command": "mode", "mode": ["off"]}, {"command": "private", "on": 1}, {"command": None}],
)  # fmt: skip
def test_what_is_not_understood_is_refused(outside, request_) -> None:
    with pytest.raises(StarlingError) as caught:
        outside[0].answer(request_)
    assert caught.value.code == "remote.unknown"
    assert outside[1].done == []


def test_the_state_is_what_was_last_told(outside) -> None:
    outside[0].overhear(events.Listening("dictation", "hold", True, True))
    outside[0].overhear(events.PrivateChanged(True))
    assert outside[0].answer({"command": "state"}) == {
        "mode": "dictation", "muted": True, "held": True, "private": True,
    }  # fmt: skip


@pytest.fixture
def reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "SWAYSOCK"):
        monkeypatch.delenv(name, raising=False)
    settings = load()
    heard: list[events.Event] = []
    service = FakeService(heard.append, settings)
    reach = Reach(service, settings, heard.append)
    service.emit = lambda event: (heard.append(event), reach.overhear(event))
    reach.open()
    yield reach, service, settings, heard
    reach.close()


@pytest.mark.skipif(sys.platform != "linux", reason="a Unix socket")
def test_a_service_is_reached(reached) -> None:
    _, service, settings, _ = reached
    client.ask({"command": "press"})
    assert client.ask({"command": "state"})["held"] is True
    client.ask({"command": "release"})
    assert client.ask({"command": "mode", "mode": "dictation"})["mode"] == "dictation"
    client.ask({"command": "private", "on": True})
    assert [call[0] for call in service.calls] == ["press", "release", "set_mode", "set_private"]
    assert settings.get("listen.mode") == "dictation"
    assert wait_until(lambda: load().get("listen.mode") == "dictation", 5)
    keys = client.ask({"command": "state"})["keys"]
    assert keys["way"] == "command"
    assert keys["lines"][0].endswith("ptt toggle")


def test_the_mode_key_switches_to_and_fro(reached) -> None:
    reach, service, _, _ = reached
    for expected in ("dictation", "assistant"):
        reach._switch()
        assert service.told("set_mode")[-1] == ("set_mode", expected)


def test_a_socket_that_cannot_be_made_is_told_and_keys_work_all_the_same(tmp_path, monkeypatch) -> None:
    (tmp_path / "home").write_text("no folder")
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    heard: list[events.Event] = []
    settings = load(tmp_path / "settings.toml")
    reach = Reach(FakeService(heard.append, settings), settings, heard.append)
    reach.open()
    try:
        assert [event.error.code for event in heard if isinstance(event, events.Trouble)] == ["remote.no_socket"]
        assert wait_until(lambda: any(isinstance(event, events.KeysShown) for event in heard), 5)
    finally:
        reach.close()


class Made:
    """Keys that hear nothing."""

    def __init__(self, *arguments: object) -> None:
        made.append(self)
        self.arguments = arguments
        self.told: list[object] = []

    def start(self, calls) -> None:
        self.calls = calls

    def talking(self, active: bool) -> None:
        self.told.append(active)

    def state(self) -> KeysState:
        return KeysState("x11", "F9")

    def close(self) -> None:
        self.told.append("closed")


made: list[Made] = []


@pytest.fixture
def keys(tmp_path, monkeypatch):
    made.clear()
    monkeypatch.setattr("starling.dictation.keys.x11.X11Keys", Made)
    monkeypatch.setattr("starling.dictation.keys.portal.PortalKeys", Made)
    settings, heard, pressed = load(tmp_path / "s.toml"), [], []
    found = globalkeys.GlobalKeys(
        settings.get, *(lambda name=name: pressed.append(name) for name in ("press", "release", "cancel", "mode")),
        heard.append, {"DISPLAY": ":7"},
    )  # fmt: skip
    yield found, settings, heard, pressed
    found.close()


def test_keys_follow_the_settings(keys) -> None:
    found, settings, heard, pressed = keys
    found.talking(True)
    found.apply()
    assert wait_until(lambda: bool(heard), 5)
    assert made[0].arguments[0] == ":7"
    assert made[0].told == [True]
    made[0].calls.press()
    found.apply()  # nothing has changed
    settings.use("keys.talk", "F9")
    found.apply()
    assert wait_until(lambda: len(heard) == 2, 5)
    assert made[0].told == [True, "closed"]
    assert str(made[1].arguments[1]["talk"]) == "F9"
    settings.use("keys.talk", "")
    settings.use("keys.cancel", "")
    found.apply()
    assert wait_until(lambda: heard[-1] == events.KeysShown("off"), 5)
    settings.use("keys.way", "portal")
    settings.use("keys.talk", "F9")
    found.apply()
    assert wait_until(lambda: len(made) == 3, 5)
    found.again()
    assert wait_until(lambda: len(made) == 4, 5)
    assert made[2].told[-1] == "closed"
    assert pressed == ["press"]


def test_a_wrong_key_is_told(keys) -> None:
    found, settings, heard, _ = keys
    settings.use("keys.talk", "a")
    settings.use("keys.cancel", "")
    found.apply()
    assert wait_until(lambda: bool(heard), 5)
    assert "needed for typing" in heard[-1].problem
    assert heard[-1].way == "off"


@pytest.mark.parametrize(
    ("env", "way", "line"),
    [
        ({"DISPLAY": ":1"}, "x11", ""),
        ({"WAYLAND_DISPLAY": "w"}, "portal", ""),
        ({}, "command", "ptt toggle"),
    ],
)
def test_what_is_expected_from_outside(tmp_path, env, way, line) -> None:
    told = globalkeys.expected(load(tmp_path / "s.toml").get, env)
    assert told.way == way
    assert line in "".join(told.lines)
    assert bool(told.lines) == bool(line)


def test_the_portal_that_refuses_shows_the_command_too() -> None:
    state = KeysState("portal", problem="It was refused.", fix="Ask again.")
    told = globalkeys.shown(state, globalkeys.Wishes(talk="F9"), {"SWAYSOCK": "x"})
    assert told.lines[0].startswith("bindsym --no-repeat F9 exec ")
    assert globalkeys.shown(state, globalkeys.Wishes(talk="nonsense"), {}).lines[0].endswith("ptt toggle")
