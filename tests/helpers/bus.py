"""A private D-Bus with stand-ins for UPower, logind and polkit on it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

UPOWER, UPOWER_PATH = "org.freedesktop.UPower", "/org/freedesktop/UPower"
LOGIND, LOGIND_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
POLKIT = "org.freedesktop.PolicyKit1"
CONFIG = """<busconfig><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


@contextlib.contextmanager
def private_bus(folder: Path) -> Iterator[str]:
    """The address of a bus that ends with the test."""
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed")
    pytest.importorskip("jeepney")
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "bus.conf"
    config.write_text(CONFIG.format(socket=folder / "bus"))
    argv = [program, f"--config-file={config}", "--nofork", "--print-address=1", "--nopidfile"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as daemon:
        try:
            assert daemon.stdout is not None
            address = daemon.stdout.readline().strip()
            assert address, "dbus-daemon did not start"
            yield address.partition(",")[0]
        finally:
            daemon.kill()


class Stand:
    """Owns names on the bus and answers; ``battery`` is what UPower says, ``authorised`` what polkit says.

    Attributes:
        asked: methods that were called, with their bodies.
        answers: False: questions are left without an answer.
    """

    def __init__(self, address: str, *names: str) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection

        self.battery: object = False
        self.authorised = False
        self.answers = True
        self.asked: list[tuple[str, tuple[object, ...]]] = []
        self._lock = threading.Lock()
        self._bus = open_dbus_connection(address)
        for name in names or (UPOWER, LOGIND, POLKIT):
            self._bus.send_and_get_reply(message_bus.RequestName(name), timeout=5)
        self._thread = threading.Thread(target=self._serve, name="stand", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Leave the bus."""
        import socket

        with contextlib.suppress(OSError):
            self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._bus.close()

    def say(self, path: str, interface: str, member: str, signature: str, body: tuple[object, ...]) -> None:
        """Send a signal."""
        from jeepney import DBusAddress, new_signal

        with self._lock:
            self._bus.send(new_signal(DBusAddress(path, interface=interface), member, signature, body))

    def plug(self, plugged: bool, *, invalidate: bool = False) -> None:
        """The charger, as UPower tells it."""
        self.battery = not plugged
        changed = {} if invalidate else {"OnBattery": ("b", self.battery)}
        self.say(UPOWER_PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
                 (UPOWER, changed, ["OnBattery"] if invalidate else []))  # fmt: skip

    def sleep(self, begins: bool) -> None:
        """Suspend begins, or has ended."""
        self.say(LOGIND_PATH, f"{LOGIND}.Manager", "PrepareForSleep", "b", (begins,))

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType, new_error, new_method_return

        while True:
            try:
                message = self._bus.receive()
            except (OSError, ValueError):
                return
            if message.header.message_type is not MessageType.method_call:
                continue
            member = message.header.fields[HeaderFields.member]
            self.asked.append((member, message.body))
            if not self.answers:
                continue
            if member == "Get" and isinstance(self.battery, bool):
                reply = new_method_return(message, "v", (("b", self.battery),))
            elif member == "CheckAuthorization":
                reply = new_method_return(message, "(bba{ss})", ((self.authorised, not self.authorised, {}),))
            else:
                reply = new_error(message, "org.freedesktop.DBus.Error.Failed", "s", ("no",))
            with self._lock:
                self._bus.send(reply)
