"""The RemoteDesktop portal: the desktop types for us, once the user has allowed it.

The permission is a token that is good for one session; each session gives the next one, which is kept on disk.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.dictation.insertion import installing
from starling.dictation.insertion.base import Availability, Partly
from starling.dictation.insertion.bus import CALL_S, Bus, member_of
from starling.dictation.insertion.memory import write_private
from starling.dictation.insertion.x11.keymap import NAMED, keysym_of
from starling.dictation.surroundings import Session, Target

NAME, PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
REMOTE, REQUEST, SESSION = (f"org.freedesktop.portal.{name}" for name in ("RemoteDesktop", "Request", "Session"))
REGISTRY = "org.freedesktop.host.portal.Registry"
APP_ID = "io.github.starling.Starling"
KEYBOARD, UNTIL_REVOKED = 1, 2
GRANT_S = 60.0
"""For the user to answer the desktop's question."""
_GRANTED, _CANCELLED = 0, 1


class PortalWay:
    """Types through the portal.

    Args:
        session: whose bus.
        token: the file of the permission.
        shift_newline: a new line is Shift+Enter.
        call_s: for each call.
        grant_s: for the user's answer.
    """

    name = "portal"

    def __init__(
        self,
        session: Session,
        token: Path,
        shift_newline: bool = True,
        call_s: float = CALL_S,
        grant_s: float = GRANT_S,
    ) -> None:
        self._session, self._token, self.shift_newline = session, token, shift_newline
        self._call_s, self._grant_s = call_s, grant_s
        self._lock = threading.Lock()
        self._bus: Bus | None = None
        self._handle = ""

    def available(self) -> Availability:
        """Whether the desktop has the portal; whether the user allows it shows at the first use."""
        if not self._session.bus:
            return Availability(False, "There is no session D-Bus.", "Start Starling from the desktop.")
        try:
            self._keyboard_allowed()
        except StarlingError as error:
            return Availability(False, error.message, error.fix)
        return Availability(True, "" if self._token.exists() else "The desktop asks for your permission once.")

    def insert(self, text: str, target: Target) -> bool | None:
        """Type; whether it arrived, nobody tells."""
        done = 0
        with self._lock:
            try:
                for character in text.replace("\t", " "):
                    shifted = character == "\n" and self.shift_newline
                    self._strike([NAMED["Shift_L"]] if shifted else [], keysym_of(character))
                    done += 1
            except StarlingError as error:
                if done:
                    raise Partly(error, text[done:]) from error
                raise
        return None

    def undo(self, characters: int) -> None:
        """Press Backspace."""
        with self._lock:
            for _ in range(characters):
                self._strike([], NAMED["BackSpace"])

    def chord(self, keys: Sequence[str]) -> None:
        """Press keys together."""
        *held, key = (NAMED[name] for name in keys)
        with self._lock:
            self._strike(held, key)

    def close(self) -> None:
        """End the session; the permission stays."""
        with self._lock:
            self._end()

    # -- keys --------------------------------------------------------------------------------------------------------

    def _strike(self, held: Sequence[int], key: int) -> None:
        self._open()
        down: list[int] = []
        try:
            for keysym in (*held, key):
                self._notify(keysym, 1)
                down.append(keysym)
            for keysym in reversed(list(down)):
                self._notify(keysym, 0)
                down.remove(keysym)
        except StarlingError:
            for keysym in reversed(down):  # a key that stays down would repeat for ever
                with contextlib.suppress(StarlingError):
                    self._notify(keysym, 0)
            self._end()
            raise

    def _notify(self, keysym: int, state: int) -> None:
        try:
            self._call("NotifyKeyboardKeysym", "oa{sv}iu", (self._handle, {}, keysym, state))
        except StarlingError as error:
            raise _named(error) from error

    # -- the session -------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """A session that may type; the one that there is, unless the desktop has ended it."""
        if self._bus is not None and not self._closed():
            return
        self._end()
        self._bus = Bus(self._session.bus, self._call_s)
        try:
            self._register()
            self._begin()
        except StarlingError as error:
            self._end()
            raise _named(error) from error

    def _closed(self) -> bool:
        assert self._bus is not None
        try:
            return self._bus.came(lambda m: member_of(m) == (self._handle, SESSION, "Closed"))
        except StarlingError:
            return True

    def _register(self) -> None:
        """Programs outside a sandbox say who they are; a portal older than 1.21 does not know this call."""
        from jeepney import DBusAddress

        assert self._bus is not None
        with contextlib.suppress(StarlingError):
            self._bus.call(DBusAddress(PATH, NAME, REGISTRY), "Register", "sa{sv}", (APP_ID, {}))

    def _begin(self) -> None:
        token = f"starling{secrets.token_hex(4)}"
        made = self._request("CreateSession", "a{sv}", (), {"session_handle_token": ("s", token)}, self._call_s)
        self._handle = str(made["session_handle"][1])
        assert self._bus is not None
        self._bus.match(interface=SESSION, member="Closed", path=self._handle)
        kept = self._read_token()
        chosen: dict[str, Any] = {"types": ("u", KEYBOARD), "persist_mode": ("u", UNTIL_REVOKED)}
        if kept:
            chosen["restore_token"] = ("s", kept)
        self._request("SelectDevices", "oa{sv}", (self._handle,), chosen, self._call_s)
        started = self._request("Start", "osa{sv}", (self._handle, ""), {}, self._grant_s)
        if not int(started.get("devices", ("u", 0))[1]) & KEYBOARD:
            raise StarlingError(
                "insert.portal_denied", "The desktop does not let Starling type.", "Allow the keyboard when it asks."
            )
        self._keep_token(str(started.get("restore_token", ("s", ""))[1]))

    def _request(
        self, member: str, signature: str, body: tuple[Any, ...], options: dict[str, Any], limit_s: float
    ) -> dict[str, Any]:
        """A method whose answer comes as a signal."""
        assert self._bus is not None
        token = f"starling{secrets.token_hex(4)}"
        sender = self._bus.name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        self._bus.match(interface=REQUEST, member="Response", path=path)
        given = self._call(member, signature, (*body, {**options, "handle_token": ("s", token)}))
        paths = {path, str(given[0]) if given else path}
        told = self._bus.wait(lambda m: member_of(m)[1:] == (REQUEST, "Response") and member_of(m)[0] in paths, limit_s)
        if told is None:
            self._withdraw(path)
            raise StarlingError(
                "insert.portal_silent", "The desktop's portal did not answer.", "Answer the desktop's question, or "
                "choose another way of insertion."
            )  # fmt: skip
        code, results = int(told.body[0]), dict(told.body[1])
        if code != _GRANTED:
            if code == _CANCELLED and member == "Start":
                self._forget_token()
            raise StarlingError(
                "insert.portal_denied", "The desktop does not let Starling type.", "Allow it when the desktop asks, or "
                "choose another way of insertion."
            )  # fmt: skip
        return results

    def _withdraw(self, path: str) -> None:
        """Take the desktop's question away."""
        from jeepney import DBusAddress

        assert self._bus is not None
        with contextlib.suppress(StarlingError):
            self._bus.call(DBusAddress(path, NAME, REQUEST), "Close")

    def _call(self, member: str, signature: str, body: tuple[Any, ...]) -> tuple[Any, ...]:
        from jeepney import DBusAddress

        assert self._bus is not None
        return self._bus.call(DBusAddress(PATH, NAME, REMOTE), member, signature, body)

    def _end(self) -> None:
        from jeepney import DBusAddress

        bus, self._bus = self._bus, None
        if bus is None:
            return
        if self._handle:
            with contextlib.suppress(StarlingError):
                bus.call(DBusAddress(self._handle, NAME, SESSION), "Close")
        self._handle = ""
        bus.close()

    def _keyboard_allowed(self) -> None:
        """Whether the portal has RemoteDesktop with a keyboard."""
        from jeepney import DBusAddress, Properties

        bus = Bus(self._session.bus, self._call_s)
        try:
            message = Properties(DBusAddress(PATH, NAME, REMOTE)).get("AvailableDeviceTypes")
            address = DBusAddress(PATH, NAME, "org.freedesktop.DBus.Properties")
            (value,) = bus.call(address, "Get", "ss", message.body)
            if not int(value[1]) & KEYBOARD:
                raise _no_portal()
        except StarlingError as error:
            raise (_no_portal() if error.code == "insert.bus_error" else error) from error
        except (ValueError, TypeError, LookupError) as error:
            raise _no_portal() from error
        finally:
            bus.close()

    # -- the token ----------------------------------------------------------------------------------------------------

    def _read_token(self) -> str:
        try:
            return self._token.read_text("utf-8").strip()[:1000]
        except (OSError, UnicodeDecodeError):
            return ""

    def _keep_token(self, token: str) -> None:
        """Each is good for one session, so an old one is of no use either."""
        if not token:
            self._forget_token()
            return
        with contextlib.suppress(OSError):  # a full disk: the desktop asks again next time
            write_private(self._token, token)

    def _forget_token(self) -> None:
        with contextlib.suppress(OSError):
            self._token.unlink(missing_ok=True)


def _named(error: StarlingError) -> StarlingError:
    """What the bus says, as what it means here."""
    if error.code == "insert.bus_silent":
        return StarlingError("insert.portal_silent", "The desktop's portal did not answer.", "Try again.")
    if error.code == "insert.bus_error":
        return StarlingError(
            "insert.portal_refused", f"{error.message.rstrip('.')}: the permission to type may have been withdrawn.",
            "Allow it when the desktop asks again.",
        )  # fmt: skip
    return error


def _no_portal() -> StarlingError:
    return StarlingError(
        "insert.no_portal",
        "This desktop has no portal that types.",
        installing.command("xdg-desktop-portal") + "   (and your desktop's own part of it)",
    )
