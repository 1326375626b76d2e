"""Texts go into a real terminal on a headless sway, by wtype and by pasting."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from starling.dictation.insertion.choosing import Wishes
from starling.dictation.insertion.inserter import Inserter
from starling.dictation.surroundings import session, target
from tests.helpers.commands import starling
from tests.helpers.display import need
from tests.helpers.pulse import wait_until
from tests.helpers.sway import Sway, headless_sway

TEXT = "Hello, World! é ü ß € {[]} @ 你好 😀"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 500


@pytest.fixture(scope="module")
def sway(tmp_path_factory) -> Iterator[Sway]:
    with headless_sway(tmp_path_factory.mktemp("sway")) as running:
        yield running


@pytest.fixture
def typed(sway) -> Iterator:
    with sway.foot() as file:
        yield file


@pytest.fixture
def make(sway, tmp_path, monkeypatch):
    need("wtype", "wl-copy", "wl-paste")
    for name in ("WAYLAND_DISPLAY", "SWAYSOCK", "XDG_RUNTIME_DIR", "XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE"):
        monkeypatch.setenv(name, sway.env[name])
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    made = []

    def inserter(**wishes) -> Inserter:
        made.append(Inserter(tmp_path / "data", Wishes(**wishes)))
        return made[-1]

    yield inserter
    for each in made:
        each.close()


def holds(file, text: str) -> bool:
    return wait_until(lambda: file.read_text("utf-8").replace("\r", "\n") == text, 5)


def test_wtype_five_times(make, typed) -> None:
    tool = make()
    assert (tool.session.kind, tool.session.compositor) == ("wayland", "sway")
    for number in range(1, 6):
        done = tool.insert(TEXT)
        assert (done.way, done.target.application, done.verified) == ("wtype", "foot", None)
        assert holds(typed, TEXT * number)
    tool.undo()
    assert wait_until(lambda: typed.read_bytes().endswith(b"\x7f" * 5), 5)


def test_a_new_line_is_pasted_into_a_terminal(make, typed, sway) -> None:
    with sway.copied(b"kept", "text/plain;charset=utf-8"):
        assert make().insert("one é\ntwo").way == "paste"
        assert holds(typed, "one é\ntwo")
        assert sway.clipboard() == b"kept"


def test_a_picture_in_the_clipboard_is_put_back(make, typed, sway) -> None:
    with sway.copied(PNG, "image/png"):
        assert make(way="paste").insert(TEXT).way == "paste"
        assert holds(typed, TEXT)
        assert sway.clipboard("image/png") == PNG


def test_an_excluded_application_and_the_focus(make, typed) -> None:
    found = target()
    assert found.application == "foot"
    assert found.window.startswith("sway:")
    assert make().wishes.excludes("foot") is False
    assert session().compositor == "sway"


def test_the_command(sway, typed, tmp_path) -> None:
    need("wtype")
    done = starling("type", TEXT, "--json", home=tmp_path / "home", env=sway.env)
    assert done.code == 0, done.err
    assert json.loads(done.out)["inserted"]["way"] == "wtype"
    assert holds(typed, TEXT)
