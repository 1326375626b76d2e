import contextlib
import socket
import threading

import pytest

from starling.dictation.locked import LOGIND, locked
from tests.helpers.bus import private_bus


@contextlib.contextmanager
def logind(address, answer):
    """Stands for logind; ``answer`` is what it says of LockedHint, None: it says nothing."""
    from jeepney import HeaderFields, MessageType, new_error, new_method_return
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import open_dbus_connection

    bus = open_dbus_connection(address)
    bus.send_and_get_reply(message_bus.RequestName(LOGIND), timeout=5)

    def serve() -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                message = bus.receive()
                if message.header.message_type is not MessageType.method_call or answer is None:
                    continue
                assert message.header.fields[HeaderFields.path].endswith("/session/auto")
                if answer == "error":
                    bus.send(new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "s", ("none",)))
                else:
                    bus.send(new_method_return(message, "v", (answer,)))

    thread = threading.Thread(target=serve, name="logind", daemon=True)
    thread.start()
    try:
        yield
    finally:
        bus.sock.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        bus.close()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(("b", True), True), (("b", False), False), (("s", "yes"), False), ("error", False), (None, False)],
)
def test_the_screens_lock(tmp_path, monkeypatch, answer, expected) -> None:
    with private_bus(tmp_path / "bus") as address, logind(address, answer):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert locked() is expected


def test_no_bus(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert locked() is False
