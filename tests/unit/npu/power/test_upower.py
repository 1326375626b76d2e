import queue
import socket
import sys
import threading
import time

import pytest

from starling.npu.power import authority, mains, setting
from starling.npu.power.upower import Watch
from starling.npu.sysroot import Sysroot
from tests.helpers.bus import POLKIT, UPOWER, UPOWER_PATH, Stand, private_bus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
WAIT_S = 10


@pytest.fixture
def address(tmp_path, monkeypatch):
    with private_bus(tmp_path / "bus") as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


class Heard:
    """What a watch tells."""

    def __init__(self, root, retry_s=0.05):
        self.told = queue.Queue()
        self.watch = Watch(self.told.put, lambda: self.told.put("awake"), root, retry_s)

    def next(self):
        return self.told.get(timeout=WAIT_S)

    def close(self):
        self.watch.close(WAIT_S)
        assert not [thread for thread in threading.enumerate() if thread.name == "power-source"]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "machine/sys/class/power_supply").mkdir(parents=True)
    return Sysroot(tmp_path / "machine")


def supply(root, name, **values):
    folder = root.path(f"/sys/class/power_supply/{name}")
    folder.mkdir(exist_ok=True)
    for key, value in values.items():
        (folder / key).write_text(value)


@pytest.fixture
def upower(address):
    stand = Stand(address)
    yield stand
    stand.close()


@pytest.fixture
def heard(root, upower):
    heard = Heard(root)
    yield heard
    heard.close()


def test_the_source_is_told_at_once_and_at_each_change(heard, upower):
    assert heard.next() is True
    for plugged in (False, True, True, False):  # the same twice is told once
        upower.plug(plugged)
    assert [heard.next() for _ in range(3)] == [False, True, False]
    upower.plug(True, invalidate=True)  # a daemon may say only that it changed
    assert heard.next() is True


def test_waking_up_is_told_and_falling_asleep_is_not(heard, upower):
    assert heard.next() is True
    upower.sleep(True)
    upower.sleep(False)
    upower.plug(False)
    assert [heard.next() for _ in range(2)] == ["awake", False]


def test_other_signals_are_nobodys(heard, upower):
    assert heard.next() is True
    properties = "org.freedesktop.DBus.Properties"
    upower.say(UPOWER_PATH, properties, "PropertiesChanged", "sa{sv}as", (UPOWER, {"LidIsClosed": ("b", True)}, []))
    upower.say(UPOWER_PATH, properties, "PropertiesChanged", "sa{sv}as", ("other", {"OnBattery": ("b", True)}, []))
    upower.say("/elsewhere", properties, "PropertiesChanged", "sa{sv}as", (UPOWER, {"OnBattery": ("b", True)}, []))
    upower.say(UPOWER_PATH, properties, "PropertiesChanged", "s", ("garbage",))
    upower.plug(False)
    assert heard.next() is False


def test_without_a_bus_the_kernel_is_asked(root, monkeypatch):
    monkeypatch.delenv("DBUS_SYSTEM_BUS_ADDRESS", raising=False)
    supply(root, "AC", type="Mains", online="0")
    supply(root, "BAT0", type="Battery", status="Discharging")
    heard = Heard(root)
    assert heard.next() is False
    supply(root, "AC", online="1")
    assert heard.next() is True
    heard.close()


@pytest.mark.parametrize("address", ["unix:path=/nonexistent", "tcp:host=localhost", "nonsense", ":,=;", "unix:"])
def test_an_address_that_leads_nowhere(root, monkeypatch, address):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    heard = Heard(root)
    assert heard.next() is True  # no battery
    heard.close()


def test_a_bus_without_upower(root, address):
    supply(root, "BAT0", type="Battery", status="Discharging")
    heard = Heard(root)
    assert heard.next() is False
    supply(root, "BAT0", status="Charging")
    supply(root, "AC", type="Mains", online="1")
    assert heard.next() is True
    heard.close()


def test_upower_that_refuses_or_babbles(root, address):
    stand = Stand(address, UPOWER)
    stand.battery = "nonsense"
    supply(root, "BAT0", type="Battery", status="Discharging")
    heard = Heard(root)
    assert heard.next() is False
    heard.close()
    stand.close()


def test_a_bus_that_ends_and_comes_back(tmp_path, root, monkeypatch):
    place = tmp_path / "bus"
    with private_bus(place) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        stand = Stand(address)
        stand.battery = True
        heard = Heard(root)
        assert heard.next() is False
    assert heard.next() is True  # the kernel tells: no battery
    stand.close()
    with private_bus(place) as address:
        stand = Stand(address)
        stand.battery = True
        assert heard.next() is False
        heard.close()
        stand.close()


@pytest.mark.parametrize("greeting", [b"", b"REJECTED\r\n", b"\xff" * 5000, b"OK 1234\r\n" + b"\0" * 500])
def test_a_bus_that_accepts_and_does_not_speak(tmp_path, root, monkeypatch, greeting):
    place = tmp_path / "mute"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={place}")
        heard = Heard(root)
        connection, _ = server.accept()
        with connection:
            connection.sendall(greeting)
            started = time.monotonic()
            heard.watch.close(WAIT_S)
            assert time.monotonic() - started < WAIT_S
    assert not [thread for thread in threading.enumerate() if thread.name == "power-source"]


SUPPLIES = [
    ({}, True),
    ({"AC": {"type": "Mains", "online": "1"}}, True),
    ({"AC": {"type": "Mains", "online": "0"}, "BAT0": {"type": "Battery", "status": "Full"}}, False),
    ({"AC": {"type": "Mains", "online": "1"}, "BAT0": {"type": "Battery", "status": "Discharging"}}, True),
    ({"ucsi": {"type": "USB", "online": "1"}, "BAT0": {"type": "Battery", "status": "Charging"}}, True),
    ({"BAT0": {"type": "Battery", "status": "Discharging"}}, False),
    ({"BAT0": {"type": "Battery", "status": "Full"}}, None),
    ({"mouse": {"type": "Battery", "status": "Discharging", "scope": "Device"}}, True),
    ({"AC": {"type": "\xff\x00", "online": "maybe"}}, True),
]


@pytest.mark.parametrize(("supplies", "expected"), SUPPLIES)
def test_what_the_kernel_says(root, supplies, expected):
    for name, values in supplies.items():
        supply(root, name, **values)
    assert mains.on_mains(root) is expected


def test_no_power_supplies_at_all(tmp_path):
    assert mains.on_mains(Sysroot(tmp_path)) is None


def test_polkit_is_asked_without_a_question_to_anybody(root, address):
    stand = Stand(address, POLKIT)
    assert authority.silent(root) is False
    stand.authorised = True
    assert authority.silent(root) is True
    member, body = stand.asked[-1]
    subject, action, details, flags, cancellation = body
    assert (member, action, details, flags, cancellation) == ("CheckAuthorization", setting.ACTION, {}, 0, "")
    assert subject[0] == "unix-process"
    stand.answers = False
    started = time.monotonic()
    assert authority.silent(root) is False
    assert time.monotonic() - started < WAIT_S
    stand.close()


def test_without_polkit_it_would_ask(root, address, monkeypatch):
    assert authority.silent(root) is False
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
    assert authority.silent(root) is False
