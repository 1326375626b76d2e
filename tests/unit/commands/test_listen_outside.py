"""A ``starling listen`` that other processes command."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from starling.commands.listen_outside import Commanded
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.choice import choose
from starling.pipeline.handsfree import HandsFree, Phrases
from starling.remote import client
from starling.settings.schema import SETTINGS

CHOICE = choose({setting.key: setting.default for setting in SETTINGS}.__getitem__)


class Coordinator:
    def __init__(self, told) -> None:
        self.told = told
        self.listening = events.Listening("assistant", "always", False)
        self.handsfree = HandsFree(Phrases("x", "x", "x", "x"))
        self.rules = None

    def press(self, at_s) -> None:
        self.told.append("press")

    def release(self, at_s) -> None:
        self.told.append("release")

    def cancel(self) -> None:
        self.told.append("cancel")

    def listen(self, mode, activation, *, muted) -> None:
        self.told.append(mode)
        self.listening = events.Listening(mode, activation, muted)


@pytest.fixture
def listening(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    told, heard = [], []
    session = SimpleNamespace(
        mailbox=SimpleNamespace(do=lambda action: action()),
        coordinator=Coordinator(told),
        keeper=SimpleNamespace(mode="assistant", private=False),
    )
    return Commanded(CHOICE, heard.append), session, told, heard


@pytest.mark.skipif(sys.platform != "linux", reason="a Unix socket")
def test_it_is_commanded_as_a_window_is(listening) -> None:
    commanded, session, told, heard = listening
    with commanded.serving(session):
        assert session.coordinator.handsfree.phrases == Phrases()
        for command in ("press", "release", "toggle", "cancel"):
            client.ask({"command": command})
        assert told == ["press", "release", "press", "release", "cancel"]
        client.ask({"command": "mode", "mode": "dictation"})
        assert (told[-1], session.keeper.mode, session.coordinator.rules.policy) == (
            "dictation",
            "dictation",
            "nothing",
        )
        client.ask({"command": "private", "on": True})
        assert session.keeper.private is True
        assert client.ask({"command": "state"})["private"] is True
        commanded(events.DictationSaid("stop", False))
        assert told[-1] == "assistant"
        commanded(events.DictationSaid("pause", True))
        assert told[-1] == "assistant"
    with pytest.raises(StarlingError, match="No Starling is running"):
        client.ask({"command": "press"})
    assert [type(event).__name__ for event in heard] == ["PrivateChanged", "DictationSaid", "DictationSaid"]


def test_without_a_socket_it_listens_all_the_same(listening, tmp_path, monkeypatch) -> None:
    commanded, session, _, heard = listening
    (tmp_path / "data").write_text("no folder")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with commanded.serving(session):
        pass
    assert [event.error.code for event in heard] == ["remote.no_socket"]
