"""Global keys through the desktop's GlobalShortcuts portal, on a thread with a connection of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from starling.core.errors import StarlingError
from starling.dbus.link import FAILURES, connected, shut
from starling.dictation.bus import REPLY_S, BusError, member_of, path_of
from starling.dictation.keys import portal_faults as faults
from starling.dictation.keys.base import Calls, KeysState
from starling.dictation.keys.chord import Chord
from starling.dictation.keys.desktops import portal_trigger
from starling.dictation.portal_link import APP_ID, CANCELLED, GRANTED, PORTAL, SESSION, PortalLink

if TYPE_CHECKING:
    from jeepney import Message

SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
SESSION_S = 10.0
"""For a session, which needs nobody's word."""
BIND_S = 600.0
"""For somebody to choose keys in the desktop's dialogue."""
RETRY_S = 30.0
DESCRIPTIONS = {
    "talk": "Hold to talk to Starling, or tap to begin and end",
    "mode": "Switch Starling between assistant and dictation",
    "cancel": "Forget what is being said to Starling",
}


@dataclass(frozen=True)
class Limits:
    """Seconds; tests have less patience."""

    session_s: float = SESSION_S
    bind_s: float = BIND_S
    retry_s: float = RETRY_S


class PortalKeys:
    """The keys that the desktop gives; which ones, the user decides there.

    Args:
        bus: address of the session's bus; may be empty.
        chords: by action, what is preferred; the desktop may give others.
        wrong: what is wrong with keys that are not among them.
    """

    def __init__(
        self, bus: str, chords: Mapping[str, Chord], wrong: StarlingError | None = None, limits: Limits | None = None
    ) -> None:
        self._address = bus
        # Escape would be taken from every program for ever: a portal knows no key for a while.
        self._chords = {action: chord for action, chord in chords.items() if str(chord) != "Escape"}
        self._wrong = wrong
        self._limits = limits or Limits()
        self._lock = threading.Lock()  # guards the two below
        self._state = KeysState("portal", waiting=True)
        self._socket: socket.socket | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        # Of our thread only:
        self._session = ""
        self._held = False

    def start(self, calls: Calls) -> None:
        """See :class:`starling.dictation.keys.base.Keys`."""
        self._calls = calls
        self._thread = threading.Thread(target=self._run, name="keys", daemon=True)
        self._thread.start()

    def talking(self, active: bool) -> None:
        """Nothing: what the desktop gives is given for good."""

    def state(self) -> KeysState:
        """See :class:`starling.dictation.keys.base.Keys`."""
        with self._lock:
            return self._state

    def close(self, timeout_s: float = 1.0) -> None:
        """See :class:`starling.dictation.keys.base.Keys`."""
        self._over.set()
        with self._lock:
            if self._socket is not None:
                shut(self._socket)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    # -- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over.is_set():
            again = True
            try:
                self._serve()
            except faults.Unusable as fault:
                self._tell(fault.state)
                again = fault.again
            except TimeoutError:
                self._tell(faults.SILENT)
            except BusError as error:
                self._tell(faults.refused(error))
            except FAILURES:  # the bus has ended, or said what no bus says
                self._tell(faults.NO_BUS)
            finally:
                self._let_go()
            if not again:
                return
            self._over.wait(self._limits.retry_s)

    def _serve(self) -> None:
        if not self._address:
            raise faults.Unusable(faults.NO_BUS)
        try:
            with connected(self._address, REPLY_S, self._hold) as bus:
                link = PortalLink(bus, REPLY_S)
                self._bind(link)
                while not self._over.is_set():
                    self._take(link.signal(None))
        finally:
            with self._lock:
                self._socket = None

    def _hold(self, link: socket.socket) -> None:
        with self._lock:
            self._socket = link
            if self._over.is_set():
                shut(link)

    def _bind(self, link: PortalLink) -> None:
        """Ask for the keys: at every start, which Hyprland needs; others remember what the user said."""
        nameless = link.register()
        try:
            link.property(SHORTCUTS, "version")
        except BusError as error:
            raise faults.Unusable(faults.ABSENT if error.absent else faults.refused(error)) from error
        options = {"session_handle_token": ("s", link.token())}
        try:
            code, results = link.request(SHORTCUTS, "CreateSession", "a{sv}", (), options, self._limits.session_s)
        except BusError as error:
            raise faults.Unusable(faults.nameless(nameless) if nameless else faults.refused(error)) from error
        if code != GRANTED or "session_handle" not in results:
            raise faults.Unusable(faults.NO_SESSION)
        self._session = str(results["session_handle"][1])
        self._tell(faults.ASKING)
        wanted = [(action, self._described(action, chord)) for action, chord in self._chords.items()]
        code, results = link.request(
            SHORTCUTS, "BindShortcuts", "oa(sa{sv})sa{sv}", (self._session, wanted, ""), {}, self._limits.bind_s
        )
        if code != GRANTED:
            raise faults.Unusable(faults.DENIED if code == CANCELLED else faults.NO_SESSION, again=False)
        self._note = faults.note(_gnome_version(link))
        self._show(results.get("shortcuts", ("", []))[1])

    def _described(self, action: str, chord: Chord) -> dict[str, tuple[str, str]]:
        return {"description": ("s", DESCRIPTIONS[action]), "preferred_trigger": ("s", portal_trigger(chord))}

    def _take(self, message: Message) -> None:
        interface, member = member_of(message)
        body: tuple[Any, ...] = message.body
        if interface == SHORTCUTS and body and body[0] == self._session:
            if member == "ShortcutsChanged":
                self._show(body[1])
            elif member in ("Activated", "Deactivated"):
                self._act(str(body[1]), member == "Activated")
        elif (interface, member) == (SESSION, "Closed") and path_of(message) == self._session:
            raise faults.Unusable(faults.REVOKED, again=False)
        elif member == "NameOwnerChanged" and body[0] == PORTAL and not body[2]:
            raise faults.Unusable(faults.GONE)

    def _act(self, action: str, down: bool) -> None:
        if action == "talk" and down != self._held:
            self._held = down
            (self._calls.press if down else self._calls.release)()
        elif action == "cancel" and down:
            self._calls.cancel()
        elif action == "mode" and down:
            self._calls.mode()

    def _let_go(self) -> None:
        """Nobody can be seen holding it any more."""
        self._session = ""
        with contextlib.suppress(KeyError):
            self._act("talk", False)

    def _show(self, shortcuts: Any) -> None:
        """What the desktop has given."""
        given = {str(name): str(about.get("trigger_description", ("", ""))[1]) for name, about in shortcuts}
        others = tuple((action, given[action]) for action in ("cancel", "mode") if given.get(action))
        state = KeysState("portal", given.get("talk", ""), others=others)
        if "talk" in self._chords and not state.binding:
            state = replace(state, problem=faults.UNASSIGNED.problem, fix=faults.UNASSIGNED.fix)
        elif self._wrong:
            state = replace(state, problem=self._wrong.message, fix=self._wrong.fix)
        elif self._note is not None:
            state = replace(state, problem=self._note.problem, fix=self._note.fix)
        self._tell(state)

    _note: KeysState | None = None

    def _tell(self, state: KeysState) -> None:
        with self._lock:
            same, self._state = state == self._state, state
        if not same and not self._over.is_set():
            self._calls.changed(state)


def _gnome_version(link: PortalLink) -> str:
    with contextlib.suppress(BusError, TimeoutError, *FAILURES):
        return str(link.property("org.gnome.Shell", "ShellVersion", "/org/gnome/Shell", "org.gnome.Shell"))
    return ""


__all__ = ["APP_ID", "SHORTCUTS", "Limits", "PortalKeys"]
