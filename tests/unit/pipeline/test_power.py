"""The NPU's power mode in a running pipeline: a faked machine, and stand-ins for UPower, logind and polkit."""

import queue
import sys
import threading

import pytest

from starling.npu.sysroot import Sysroot
from starling.pipeline import events
from starling.pipeline.power import Power
from tests.helpers.bus import Stand, private_bus
from tests.helpers.machines import BDF, XRT, machine
from tests.helpers.power_machine import calls, closed_to_others, record_smi, with_helper

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faked machines are Linux machines")
WAIT_S = 20
ON = {"power.automatic": True, "power.on_mains": "turbo", "power.on_battery": "balanced", "power.restore": True}


class Desk:
    """A Power, and what it tells."""

    def __init__(self, made, settings):
        self.made = made
        self.settings = dict(ON) | settings
        self.told = queue.Queue()
        self.troubles = []
        self.power = Power(self.settings.__getitem__, self._hear, Sysroot(made.root))

    def _hear(self, event):
        if isinstance(event, events.Trouble):
            self.troubles.append(event.error.code)
        else:
            self.told.put(event)

    def settled(self):
        """The next state in which nothing is being changed."""
        while (shown := self.told.get(timeout=WAIT_S)).changing:
            pass
        return shown

    @property
    def asked(self):
        return [call[1] for call in calls(self.made, "pkexec")]

    @property
    def mode(self):
        return self._mode_file.read_text()

    def other_program(self, mode):
        self._mode_file.write_text(mode)

    @property
    def _mode_file(self):
        return self.made.root / f"{XRT}/bin/fake-reports/mode".lstrip("/")


@pytest.fixture
def bus(tmp_path, monkeypatch):
    with private_bus(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        stand = Stand(address)
        stand.authorised = True
        yield stand
        stand.close()


@pytest.fixture
def desk(tmp_path):
    made = []

    def make(fault="", pkexec="", helper=True, **settings):
        built = machine(tmp_path / "machine", "strix", *filter(None, [fault]))
        if helper:
            with_helper(built, pkexec)
        elif not fault:
            record_smi(built)
            closed_to_others(built.root)
        made.append(Desk(built, {f"power.{key}": value for key, value in settings.items()}))
        return made[-1]

    yield make
    for each in made:
        each.power.close()
    assert not {"power", "power-source"} & {thread.name for thread in threading.enumerate()}


def test_off_there_is_not_even_a_thread(desk, bus):
    off = desk(automatic=False)
    off.power.apply()
    assert "power" not in [thread.name for thread in threading.enumerate()]
    assert bus.asked == []


def test_it_is_shown_when_asked_for(desk):
    shown = desk(automatic=False)
    shown.power.look()
    state = shown.settled()
    assert (state.present, state.mode, state.way, state.rule) == (True, "default", "helper", "off")
    assert state.command == f"sudo {XRT}/bin/xrt-smi configure -d {BDF} --pmode MODE"
    assert shown.asked == []


def test_without_an_npu_nothing_happens(desk, bus):
    none = desk("absent", helper=False)
    none.power.apply()
    none.power.look()
    assert none.settled() == events.PowerShown(present=False)
    assert bus.asked == []


def test_it_follows_the_charger_and_puts_the_mode_back(desk, bus):
    follows = desk()
    follows.power.apply()
    state = follows.settled()
    assert (state.mode, state.rule, state.mains) == ("turbo", "following", True)
    bus.plug(False)
    assert (state := follows.settled()).mode == "balanced"
    assert state.mains is False
    follows.power.close()
    assert follows.mode == "default"
    assert follows.asked == ["turbo", "balanced", "default"]
    assert follows.troubles == []


def test_it_asks_once_a_session(desk, bus):
    bus.authorised = False
    once = desk()
    once.power.apply()
    assert once.settled().mode == "turbo"
    bus.plug(False)
    state = once.settled()
    assert (state.mode, state.rule) == ("turbo", "would_ask")
    bus.authorised = True  # it is kept, or a rule of the system grants it
    bus.plug(True)
    assert once.settled().rule == "following"
    bus.plug(False)
    assert once.settled().mode == "balanced"
    bus.authorised = False
    once.power.close()
    assert once.mode == "balanced"  # nobody is asked by a program that ends
    assert once.asked == ["turbo", "balanced"]


def test_what_was_refused_is_not_asked_again(desk, bus):
    bus.authorised = False
    refused = desk(pkexec='echo x >> "$0.asked"; exit 126')
    refused.power.apply()
    state = refused.settled()
    assert (state.mode, state.rule, state.error["code"]) == ("default", "refused", "power.cancelled")
    for plugged in (False, True):
        bus.plug(plugged)
        assert refused.settled().rule == "refused"
    assert (refused.made.root / "usr/bin/pkexec.asked").read_text() == "x\n"
    assert refused.troubles == ["power.cancelled"]


def test_another_programs_mode_is_left_alone(desk, bus):
    gives_way = desk()
    gives_way.power.apply()
    assert gives_way.settled().mode == "turbo"
    gives_way.other_program("powersaver")
    bus.plug(False)
    state = gives_way.settled()
    assert (state.mode, state.rule) == ("powersaver", "yielded")
    gives_way.power.close()
    assert gives_way.mode == "powersaver"
    assert gives_way.asked == ["turbo"]


def test_after_a_sleep_it_is_set_again(desk, bus):
    sleeps = desk()
    sleeps.power.apply()
    assert sleeps.settled().mode == "turbo"
    sleeps.other_program("Default")  # the driver forgot it
    bus.sleep(True)
    bus.sleep(False)
    assert sleeps.settled().mode == "turbo"
    assert sleeps.asked == ["turbo", "turbo"]


def test_without_the_helper_it_says_the_command_once(desk, bus):
    alone = desk(helper=False)
    alone.power.apply()
    state = alone.settled()
    assert (state.rule, state.way, state.error["code"]) == ("failed", "none", "power.needs_root")
    assert f"sudo {XRT}/bin/xrt-smi configure -d {BDF} --pmode turbo" in state.error["fix"]
    bus.plug(False)
    assert alone.settled().rule == "failed"
    assert alone.troubles == ["power.needs_root"]
    assert calls(alone.made, "smi") == []


def test_by_hand(desk, bus):
    hand = desk(automatic=False)
    hand.power.set_mode("performance")
    assert hand.settled().mode == "performance"
    hand.power.set_mode("turbo; rm -rf /")
    hand.power.look()
    assert hand.settled().mode == "performance"
    assert hand.troubles == ["power.bad_mode"]
    hand.power.close()
    assert hand.mode == "performance"  # it was the user's own choice
    assert hand.asked == ["performance"]


def test_by_hand_the_rule_rests_until_the_charger_moves(desk, bus):
    hand = desk()
    hand.power.apply()
    assert hand.settled().mode == "turbo"
    hand.power.set_mode("powersaver")
    assert (state := hand.settled()).rule == "chosen"
    assert state.mode == "powersaver"
    bus.sleep(False)
    assert hand.settled().mode == "powersaver"
    bus.plug(False)
    assert hand.settled().mode == "balanced"


def test_settings_are_followed_live(desk, bus):
    live = desk(automatic=False)
    live.power.apply()
    live.settings["power.automatic"] = True
    live.power.apply()
    assert live.settled().mode == "turbo"
    live.settings["power.on_mains"] = "performance"
    live.power.apply()
    assert live.settled().mode == "performance"
    live.settings["power.automatic"] = False
    live.power.apply()
    state = live.settled()
    assert (state.mode, state.rule) == ("default", "off")
    bus.plug(False)
    live.power.look()
    assert live.settled().mode == "default"
    assert live.asked == ["turbo", "performance", "default"]


def test_the_end_does_not_wait_for_a_password(desk, bus, tmp_path):
    bus.authorised = False
    waits = desk(pkexec=f"echo $$ > {tmp_path / 'pid'}; exec sleep 60")
    waits.power.apply()
    assert waits.told.get(timeout=WAIT_S).changing == "turbo"
    waits.power.close()
    deadline = threading.Event()
    for _ in range(200):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip():
            break
        deadline.wait(0.05)
    import os
    import signal

    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    for thread in threading.enumerate():
        if thread.name == "power":
            thread.join(WAIT_S)
