"""The NPU's power mode from a running service, on a faked machine with stand-ins for UPower and polkit."""

import sys

import pytest

from starling.pipeline import events
from tests.helpers.bus import Stand, private_bus
from tests.helpers.commands import NO_SOUND
from tests.helpers.machines import machine
from tests.helpers.power_machine import calls, with_helper
from tests.helpers.service import Served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="faked machines are Linux machines")


@pytest.fixture
def made(tmp_path, monkeypatch):
    made = with_helper(machine(tmp_path / "machine", "krackan"))
    for name, value in (made.env | NO_SOUND).items():
        monkeypatch.setenv(name, value)
    return made


def modes(app):
    return [shown.mode for shown in app.of(events.PowerShown) if not shown.changing]


def test_by_hand(tmp_path, made):
    with Served(tmp_path, listen__mode="off", tts__tier="demo", stt__tier="demo") as app:
        app.service.look_at_power()
        app.service.set_power_mode("performance")
        app.wait(events.PowerShown, 3)
    assert modes(app) == ["default", "performance"]
    assert [call[1] for call in calls(made, "pkexec")] == ["performance"]
    assert app.close_s < 2.0


def test_it_follows_the_charger_and_is_put_back_when_the_service_closes(tmp_path, made, monkeypatch):
    with private_bus(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        upower = Stand(address)
        upower.authorised = True
        with Served(tmp_path, power__automatic=True, listen__mode="off", tts__tier="demo", stt__tier="demo") as app:
            app.wait(events.PowerShown, 2)
            upower.plug(False)
            app.wait(events.PowerShown, 4)
        upower.close()
    assert modes(app) == ["turbo", "balanced"]
    assert [call[1] for call in calls(made, "pkexec")] == ["turbo", "balanced", "default"]
