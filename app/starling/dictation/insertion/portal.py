"""The RemoteDesktop portal: the desktop types for us, once the user has allowed it.

The permission is a token that is good for one session; each session gives the next one, which is kept on disk.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.dbus.link import FAILURES, connect, connected
from starling.dictation.bus import Bus, BusError
from starling.dictation.insertion import installing
from starling.dictation.insertion.base import Availability, Partly
from starling.dictation.insertion.memory import write_private
from starling.dictation.insertion.x11.keymap import NAMED, keysym_of
from starling.dictation.portal_link import CANCELLED, GRANTED, PATH, PORTAL, SESSION, PortalLink
from starling.dictation.surroundings import Session, Target

REMOTE = "org.freedesktop.portal.RemoteDesktop"
KEYBOARD, UNTIL_REVOKED = 1, 2
GRANT_S = 60.0
"""For the user to answer the desktop's question."""
CALL_S = 3.0
"""For each call."""
SAME_TEXT_S = 3.0
"""For which a refusal of one use holds for the other: a text is typed, or else pasted with keys of ours."""
_REFUSED = frozenset(("insert.portal_denied", "insert.portal_silent"))


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
        self._link: PortalLink | None = None
        self._handle = ""
        self._refusal: tuple[str, float, StarlingError] | None = None

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
        with self._lock, self._asked_once("insert"):
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
        with self._lock, self._asked_once("chord"):
            self._strike(held, key)

    def close(self) -> None:
        """End the session; the permission stays."""
        with self._lock:
            self._end()

    # -- keys --------------------------------------------------------------------------------------------------------

    def _strike(self, held: Sequence[int], key: int) -> None:
        link = self._open()
        down: list[int] = []
        try:
            for keysym in (*held, key):
                self._notify(link, keysym, 1)
                down.append(keysym)
            for keysym in reversed(list(down)):
                self._notify(link, keysym, 0)
                down.remove(keysym)
        except StarlingError:
            for keysym in reversed(down):  # a key that stays down would repeat for ever
                with contextlib.suppress(StarlingError):
                    self._notify(link, keysym, 0)
            self._end()
            raise

    def _notify(self, link: PortalLink, keysym: int, state: int) -> None:
        with _told():
            link.call(REMOTE, "NotifyKeyboardKeysym", "oa{sv}iu", (self._handle, {}, keysym, state))

    @contextlib.contextmanager
    def _asked_once(self, use: str) -> Iterator[None]:
        """The user is not asked twice for one text, which may take a minute each time."""
        if self._refusal is not None:
            before, at_s, error = self._refusal
            if before != use and time.monotonic() - at_s < SAME_TEXT_S:
                raise StarlingError(error.code, error.message, error.fix)
        self._refusal = None
        try:
            yield
        except StarlingError as error:
            if error.code in _REFUSED:
                self._refusal = (use, time.monotonic(), error)
            raise

    # -- the session -------------------------------------------------------------------------------------------------

    def _open(self) -> PortalLink:
        """A session that may type; the one that there is, unless the desktop has ended it."""
        if self._link is not None and not self._closed(self._link):
            return self._link
        self._end()
        with _told():
            link = self._link = PortalLink(connect(self._session.bus, self._call_s), self._call_s)
        try:
            with _told():
                link.register()
                self._begin(link)
        except StarlingError:
            self._end()
            raise
        return link

    def _closed(self, link: PortalLink) -> bool:
        try:
            return link.closed(self._handle)
        except FAILURES:
            return True

    def _begin(self, link: PortalLink) -> None:
        made = self._request(link, "CreateSession", "a{sv}", (), {"session_handle_token": ("s", link.token())})
        self._handle = str(made["session_handle"][1])
        kept = self._read_token()
        chosen: dict[str, Any] = {"types": ("u", KEYBOARD), "persist_mode": ("u", UNTIL_REVOKED)}
        if kept:
            chosen["restore_token"] = ("s", kept)
        self._request(link, "SelectDevices", "oa{sv}", (self._handle,), chosen)
        started = self._request(link, "Start", "osa{sv}", (self._handle, ""), {}, self._grant_s)
        if not int(started.get("devices", ("u", 0))[1]) & KEYBOARD:
            raise StarlingError(
                "insert.portal_denied", "The desktop does not let Starling type.", "Allow the keyboard when it asks."
            )
        self._keep_token(str(started.get("restore_token", ("s", ""))[1]))

    def _request(
        self,
        link: PortalLink,
        member: str,
        signature: str,
        body: tuple[Any, ...],
        options: dict[str, Any],
        limit_s: float | None = None,
    ) -> dict[str, Any]:
        """What somebody granted."""
        code, results = link.request(REMOTE, member, signature, body, options, limit_s or self._call_s)
        if code != GRANTED:
            if code == CANCELLED and member == "Start":
                self._forget_token()
            raise StarlingError(
                "insert.portal_denied", "The desktop does not let Starling type.", "Allow it when the desktop asks, or "
                "choose another way of insertion."
            )  # fmt: skip
        return results

    def _end(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        if self._handle:
            with contextlib.suppress(BusError, *FAILURES):
                link.call(SESSION, "Close", "", (), self._handle)
        self._handle = ""
        link.close()

    def _keyboard_allowed(self) -> None:
        """Whether the portal has RemoteDesktop with a keyboard."""
        try:
            with _told(), connected(self._session.bus, self._call_s) as bus:
                kinds = int(Bus(bus, self._call_s).property(REMOTE, "AvailableDeviceTypes", PATH, PORTAL))
        except StarlingError as error:
            raise (
                _no_portal() if error.code in ("insert.portal_refused", "insert.portal_garbage") else error
            ) from error
        if not kinds & KEYBOARD:
            raise _no_portal()

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


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What comes of a bus, as what it means here."""
    try:
        yield
    except BusError as error:
        raise StarlingError(
            "insert.portal_refused", f"The desktop refused ({error.name.rpartition('.')[2]}): the permission to type "
            "may have been withdrawn.", "Allow it when the desktop asks again.",
        ) from error  # fmt: skip
    except TimeoutError as error:
        raise StarlingError(
            "insert.portal_silent", "The desktop's portal did not answer.", "Answer the desktop's question, or choose "
            "another way of insertion.",
        ) from error  # fmt: skip
    except OSError as error:
        raise StarlingError(
            "insert.no_bus", "The session's D-Bus cannot be reached.", "Check DBUS_SESSION_BUS_ADDRESS."
        ) from error
    except FAILURES as error:
        raise StarlingError(
            "insert.portal_garbage",
            "The desktop's portal said what no portal says.",
            "Choose another way of insertion.",
        ) from error


def _no_portal() -> StarlingError:
    return StarlingError(
        "insert.no_portal",
        "This desktop has no portal that types.",
        installing.command("xdg-desktop-portal") + "   (and your desktop's own part of it)",
    )
