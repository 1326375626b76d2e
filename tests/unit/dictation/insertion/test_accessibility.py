"""AT-SPI by a stand-in on a private bus: a program with a frame, a password field and a text field."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from starling.dictation.insertion.accessibility import PASSWORD_TEXT, focused
from starling.dictation.insertion.inserter import Inserter
from starling.dictation.surroundings import Session
from starling.dictation.surroundings import target as look
from tests.helpers.bus import private_bus

ROOT = "/org/a11y/atspi/accessible/root"
ACTIVE, FOCUSED, SHOWING = 1 << 1, 1 << 12, 1 << 25
TEXT_ROLE = 61


class Programs:
    """Registry and program in one; ``hangs`` leaves every call without an answer."""

    def __init__(self, address: str) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.in_password, self.hangs = True, False
        self._address = address
        self._bus = open_dbus_connection(address)
        for name in ("org.a11y.Bus", "org.a11y.atspi.Registry"):
            self._bus.send_and_get_reply(message_bus.RequestName(name), timeout=5)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._bus.close()

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType

        while True:
            try:
                message = self._bus.receive()
            except (OSError, ValueError):
                return
            if message.header.message_type is MessageType.method_call and not self.hangs:
                fields = message.header.fields
                self._answer(message, fields[HeaderFields.path], fields[HeaderFields.member])

    def _answer(self, message, path, member) -> None:
        from jeepney import new_method_return

        children = {ROOT: ["/program"], "/program": ["/frame"], "/frame": ["/box"], "/box": ["/password", "/field"]}
        states = {"/frame": ACTIVE | SHOWING, "/box": SHOWING}
        focus = "/password" if self.in_password else "/field"
        state = states.get(path, SHOWING) | (FOCUSED if path == focus else 0)
        answers = {
            "GetAddress": ("s", (self._address,)),
            "GetChildren": ("a(so)", ([(self._bus.unique_name, child) for child in children.get(path, [])],)),
            "GetState": ("au", ([state, 0],)),
            "GetRole": ("u", (PASSWORD_TEXT if path == "/password" else TEXT_ROLE,)),
        }
        if member == "Get":
            value = {"Name": "Gedit", "ToolkitName": "GTK"}[message.body[1]]
            self._bus.send(new_method_return(message, "v", (("s", value),)))
        else:
            self._bus.send(new_method_return(message, *answers[member]))


@pytest.fixture
def bus(tmp_path) -> Iterator[str]:
    with private_bus(tmp_path / "bus") as address:
        yield address


@pytest.fixture
def programs(bus) -> Iterator[Programs]:
    made = Programs(bus)
    yield made
    made.close()


def test_a_password_field_is_told(bus, programs) -> None:
    found = focused(bus)
    assert found is not None
    assert (found.application, found.toolkit, found.password) == ("gedit", "gtk", True)
    programs.in_password = False
    assert focused(bus, "org.gnome.gedit").password is False
    assert focused(bus, "xterm") is None  # the window in front is another program's


def test_it_is_not_typed_into(bus, programs, tmp_path) -> None:
    from starling.core.errors import StarlingError

    inserter = Inserter(tmp_path, of=Session("wayland", "gnome", bus=bus), ways={}, look=look)
    with pytest.raises(StarlingError) as caught:
        inserter.insert("secret")
    assert caught.value.code == "insert.password"
    assert inserter.scratchpad.read().text == ""


def test_programs_that_hang_and_buses_without_it(bus, programs, tmp_path) -> None:
    programs.hangs = True
    assert focused(bus) is None
    assert focused(f"unix:path={tmp_path}/none") is None
    assert focused("nonsense") is None


def test_a_bus_on_which_nobody_uses_it(bus) -> None:
    assert focused(bus) is None
