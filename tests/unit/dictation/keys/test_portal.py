"""The portal's every mood, on a private bus."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from starling.dictation.keys import portal_faults as faults
from starling.dictation.keys.portal import Limits, PortalKeys
from starling.dictation.keys.wishes import Wishes
from starling.dictation.portal_link import APP_ID
from starling.ui.shell import identity
from tests.helpers.bus import private_bus
from tests.helpers.portal import GlobalShortcuts
from tests.helpers.pulse import wait_until
from tests.unit.dictation.keys.recorded import Recorded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="portals are for Linux")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with private_bus(tmp_path_factory.mktemp("bus")) as where:
        yield where


class Asking:
    """Keys that were started, and what they told."""

    def __init__(
        self, address: str, session_s: float = 5, bind_s: float = 10, retry_s: float = 0.2, **wishes: str
    ) -> None:
        chords, wrong = Wishes(**{"talk": "ctrl+alt+space", "cancel": "Escape", "mode": "super+m", **wishes}).chords()
        self.recorded = Recorded()
        self.keys = PortalKeys(address, chords, wrong, Limits(session_s, bind_s, retry_s))

    def __enter__(self) -> Recorded:
        self.keys.start(self.recorded.calls())
        return self.recorded

    def __exit__(self, *_: object) -> None:
        self.keys.close(3)
        assert not self.keys._thread.is_alive()


def test_the_name_is_the_desktop_files() -> None:
    assert APP_ID == identity.APP_ID


def test_granted(address: str) -> None:
    with GlobalShortcuts(address) as portal, Asking(address) as recorded:
        assert recorded.told(way="portal", binding="CTRL+ALT+space", problem="", waiting=False,
                             others=(("mode", "LOGO+m"),))  # fmt: skip
        # Who we are comes first, and Escape is never asked for.
        assert portal.members()[0] == "Register"
        (bound,) = [body for member, body in portal.asked if member == "BindShortcuts"]
        assert [name for name, _ in bound[1]] == ["talk", "mode"]
        for action, down in (("talk", True), ("talk", True), ("talk", False), ("talk", False), ("mode", True),
                             ("mode", False), ("strange", True)):  # fmt: skip
            portal.key(action, down)
        assert recorded.came("press", "release", "mode")


def test_other_sessions_are_not_ours(address: str) -> None:
    with GlobalShortcuts(address) as portal, Asking(address) as recorded:
        assert recorded.told(binding="CTRL+ALT+space")
        mine, portal.session = portal.session, "/org/freedesktop/portal/desktop/session/1_1/other"
        portal.key("talk", True)
        portal.revoke()
        portal.session = mine
        portal.key("talk", True)
        assert recorded.came("press")


def test_a_portal_without_a_registry_is_used(address: str) -> None:
    with GlobalShortcuts(address, registry=False), Asking(address) as recorded:
        assert recorded.told(binding="CTRL+ALT+space", problem="")


def test_denied_is_told_and_not_asked_again(address: str) -> None:
    with GlobalShortcuts(address, "deny") as portal, Asking(address, retry_s=0.05) as recorded:
        assert recorded.told(problem=faults.DENIED.problem, binding="")
        assert not wait_until(lambda: portal.members().count("BindShortcuts") > 1, 0.5)


def test_revoked_lets_a_held_key_go(address: str) -> None:
    with GlobalShortcuts(address) as portal, Asking(address) as recorded:
        assert recorded.told(binding="CTRL+ALT+space")
        portal.key("talk", True)
        portal.revoke()
        assert recorded.came("press", "release")
        assert recorded.told(problem=faults.REVOKED.problem, binding="")


def test_silent_is_told_and_tried_again(address: str) -> None:
    with GlobalShortcuts(address, "silent") as portal, Asking(address, session_s=0.3) as recorded:
        assert recorded.told(problem=faults.SILENT.problem)
        portal.mood = "grant"
        assert recorded.told(binding="CTRL+ALT+space", problem="")


def test_slow_is_waited_for(address: str) -> None:
    asking = Asking(address)
    with GlobalShortcuts(address, "slow") as portal, asking as recorded:
        assert wait_until(lambda: "BindShortcuts" in portal.members(), 5)
        assert asking.keys.state() == faults.ASKING
        portal.decide.set()
        assert recorded.told(binding="CTRL+ALT+space", waiting=False)


def test_slow_is_left_at_once_when_it_is_closed(address: str) -> None:
    with GlobalShortcuts(address, "slow") as portal, Asking(address):
        assert wait_until(lambda: "BindShortcuts" in portal.members(), 5)


def test_dead_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starling.dictation.keys.portal.REPLY_S", 0.3)
    with GlobalShortcuts(address, "dead"), Asking(address) as recorded:
        assert recorded.told(problem=faults.SILENT.problem)


def test_absent_leaves_the_command(address: str) -> None:
    with GlobalShortcuts(address, "absent"), Asking(address) as recorded:
        assert recorded.told(way="command", problem=faults.ABSENT.problem)


def test_nobody_leaves_the_command_until_somebody_comes(address: str) -> None:
    with Asking(address) as recorded:
        assert recorded.told(way="command", problem=faults.ABSENT.problem)
        with GlobalShortcuts(address):
            assert recorded.told(way="portal", binding="CTRL+ALT+space", problem="")


def test_an_unknown_program_is_told_how_to_become_known(address: str) -> None:
    with GlobalShortcuts(address, "nameless"), Asking(address) as recorded:
        assert wait_until(lambda: bool(recorded.states) and "does not know Starling" in recorded.states[-1].problem, 5)
        assert "install.sh" in recorded.states[-1].fix


def test_a_portal_that_ends_lets_go_and_the_next_one_is_used(address: str) -> None:
    with Asking(address) as recorded:
        with GlobalShortcuts(address) as portal:
            assert recorded.told(binding="CTRL+ALT+space")
            portal.key("talk", True)
            assert recorded.came("press")
        assert recorded.came("press", "release")
        assert recorded.told(binding="")
        with GlobalShortcuts(address):
            assert recorded.told(binding="CTRL+ALT+space", problem="")


def test_keys_that_are_changed_in_the_desktop_are_shown(address: str) -> None:
    with GlobalShortcuts(address) as portal, Asking(address) as recorded:
        assert recorded.told(binding="CTRL+ALT+space")
        portal.rebind(talk="Press Alt+F5")
        assert recorded.told(binding="Press Alt+F5", problem="")
        portal.rebind(talk="")
        assert recorded.told(binding="", problem=faults.UNASSIGNED.problem)


def test_a_grant_without_a_key_is_told(address: str) -> None:
    with GlobalShortcuts(address, "unassigned"), Asking(address) as recorded:
        assert recorded.told(binding="", problem=faults.UNASSIGNED.problem)


@pytest.mark.parametrize(("version", "problem"), [("49.1", faults.GNOME_49.problem), ("48.2", ""), ("strange", "")])
def test_gnome_49_is_warned_of(address: str, version: str, problem: str) -> None:
    with GlobalShortcuts(address, gnome=version), Asking(address) as recorded:
        assert recorded.told(binding="CTRL+ALT+space", problem=problem)


@pytest.mark.parametrize("where", ["", "unix:path=/nonexistent", "nonsense"])
def test_no_bus_leaves_the_command(where: str) -> None:
    with Asking(where) as recorded:
        assert recorded.told(way="command", problem=faults.NO_BUS.problem)


def test_a_bus_that_ends_is_told(tmp_path: Path) -> None:
    with private_bus(tmp_path) as where:
        keys = Asking(where)
        recorded = keys.__enter__()
        portal = GlobalShortcuts(where)
        assert recorded.told(binding="CTRL+ALT+space")
    assert recorded.told(problem=faults.NO_BUS.problem)
    keys.__exit__()
    portal.close()
