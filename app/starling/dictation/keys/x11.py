"""Global keys on X11: passive grabs, on a thread with a connection of its own."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starling.core.errors import StarlingError, internal_error
from starling.dictation.keys.base import Calls, KeysState
from starling.dictation.keys.chord import Chord
from starling.dictation.keys.x11_grabs import Grab, Grabs

HELD_LOOK_S = 0.02
"""How often a held key is looked at: the longest its release can go unseen."""
RETRY_S = 3.0
"""Between two tries to reach the server, or to take a key that another program has."""
KNOCK_S = 2.0


class X11Keys:
    """The keys of one display.

    Args:
        display: its name, as in ``DISPLAY``.
        chords: by action: ``talk``, ``cancel``, ``mode``.
        wrong: what is wrong with keys that are not among them.
        retry_s: see :data:`RETRY_S`.
    """

    def __init__(
        self,
        display: str,
        chords: Mapping[str, Chord],
        wrong: StarlingError | None = None,
        retry_s: float = RETRY_S,
    ) -> None:
        self._name = display
        self._chords = dict(chords)
        self._wrong = wrong
        self._retry_s = retry_s
        self._lock = threading.Lock()  # guards the state
        self._state = KeysState("x11", waiting=True)
        self._talking = False
        self._over = threading.Event()
        self._waker, self._wake = socket.socketpair()
        self._waker.setblocking(False)
        self._thread: threading.Thread | None = None
        # Of our thread only:
        self._places: dict[str, Grab] = {}
        self._down: dict[int, str] = {}
        self._followed = False

    def start(self, calls: Calls) -> None:
        """See :class:`starling.dictation.keys.base.Keys`."""
        self._calls = calls
        self._thread = threading.Thread(target=self._run, name="keys", daemon=True)
        self._thread.start()

    def talking(self, active: bool) -> None:
        """See :class:`starling.dictation.keys.base.Keys`."""
        if self._talking != active:
            self._talking = active
            self._nudge()

    def state(self) -> KeysState:
        """See :class:`starling.dictation.keys.base.Keys`."""
        with self._lock:
            return self._state

    def close(self, timeout_s: float = 1.0) -> None:
        """See :class:`starling.dictation.keys.base.Keys`."""
        self._over.set()
        self._nudge()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        for end in (self._waker, self._wake):
            end.close()

    def _nudge(self) -> None:
        with contextlib.suppress(OSError):
            self._wake.send(b"x")

    # -- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._serve()
            except StarlingError as error:
                self._tell(KeysState("x11", problem=error.message, fix=error.fix))
            except Exception as error:  # noqa: BLE001 - python-xlib raises what a broken server makes of it
                bug = internal_error(error)
                self._tell(KeysState("x11", problem=bug.message, fix=bug.fix))
            self._all_up()  # also at the end: other keys are to be heard now, and nobody sees this one go up
            if not self._over.is_set():
                self._wait_a_while()

    def _serve(self) -> None:
        from Xlib import error

        try:
            display = self._connect()
        except (error.DisplayError, OSError, ValueError, AssertionError) as failure:
            raise StarlingError(
                "keys.no_display",
                f"The X server {self._name} cannot be reached, so the talk key is not heard.",
                "It is tried again by itself; the talk button of the window works meanwhile.",
            ) from failure
        try:
            grabs = Grabs(display)
            self._places, self._followed = {}, self._talking
            self._take(grabs)
            while not self._over.is_set():
                self._turn(display, grabs)
        except (error.ConnectionClosedError, OSError) as failure:
            if not self._over.is_set():
                raise StarlingError(
                    "keys.display_gone",
                    f"The X server {self._name} has ended the connection, so the talk key is not heard.",
                    "It is tried again by itself.",
                ) from failure
        finally:
            with contextlib.suppress(error.ConnectionClosedError, error.DisplayError, OSError):
                display.close()

    def _connect(self) -> Any:
        from Xlib.display import Display

        _knock(self._name)
        return Display(self._name)

    def _turn(self, display: Any, grabs: Grabs) -> None:
        """Wait for what comes next, and do it."""
        if not display.pending_events():
            short = HELD_LOOK_S if self._down else self._retry_s if self._missing() else None
            ready, _, _ = select.select([display, self._waker], [], [], short)
            if self._waker in ready:
                with contextlib.suppress(BlockingIOError):
                    self._waker.recv(64)
            elif not ready and not self._down:
                self._take(grabs)
        while not self._over.is_set() and display.pending_events():
            self._on_event(display.next_event(), grabs)
        if self._down:
            self._let_up(grabs.down())
        self._follow_talking(grabs)

    def _on_event(self, event: Any, grabs: Grabs) -> None:
        from Xlib import X

        if event.type == X.MappingNotify and event.request != X.MappingPointer:
            grabs.relearn(event)
            self._take(grabs)
        elif event.type == X.KeyPress:
            action = next((name for name, where in self._places.items() if grabs.matches(event, where)), "")
            if action and event.detail not in self._down:
                self._down[event.detail] = action
                self._act(action)
            grabs.free_keyboard()

    def _act(self, action: str) -> None:
        {"talk": self._calls.press, "cancel": self._calls.cancel, "mode": self._calls.mode}[action.partition(" ")[0]]()

    def _let_up(self, held: set[int]) -> None:
        for code, action in tuple(self._down.items()):
            if code not in held:
                del self._down[code]
                if action == "talk":
                    self._calls.release()

    def _all_up(self) -> None:
        """Nobody can be seen holding anything any more."""
        self._let_up(set())

    # -- grabs -------------------------------------------------------------------------------------------------

    def _wanted(self, grabs: Grabs) -> dict[str, Grab | None]:
        """Where the keys are now. The cancel key is wanted while somebody talks, also with the talk key's modifiers."""
        wanted: dict[str, Grab | None] = {}
        for action, chord in self._chords.items():
            if action != "cancel":
                wanted[action] = grabs.resolve(chord)
            elif self._talking:
                wanted[action] = where = grabs.resolve(chord)
                talk = self._chords.get("talk")
                held = grabs.resolve(replace(chord, modifiers=talk.modifiers)) if talk else None
                if held not in (None, where):
                    wanted["cancel while held"] = held
        return wanted

    def _take(self, grabs: Grabs) -> None:
        """Grab what is wanted and not grabbed, give back what is not wanted; tell how it stands."""
        wanted = self._wanted(grabs)
        for action, place in tuple(self._places.items()):
            if wanted.get(action) != place:
                grabs.let_go(place)
                del self._places[action]
        problem, fix = (self._wrong.message, self._wrong.fix) if self._wrong else ("", "")
        for action, where in wanted.items():
            if action in self._places:
                continue
            if where is not None and grabs.grab(where):
                self._places[action] = where
            elif action in self._chords and not problem:
                problem, fix = _trouble(self._chords[action], where)
        others = tuple((name, chord.shown) for name, chord in self._chords.items() if name != "talk" and
                       (name in self._places or name == "cancel"))  # fmt: skip
        binding = self._chords["talk"].shown if "talk" in self._places else ""
        self._tell(KeysState("x11", binding, problem, fix, others))

    def _missing(self) -> bool:
        return any(action not in self._places for action in self._chords if action != "cancel" or self._talking)

    def _follow_talking(self, grabs: Grabs) -> None:
        if self._talking != self._followed:
            self._followed = self._talking
            self._take(grabs)

    def _tell(self, state: KeysState) -> None:
        with self._lock:
            same, self._state = state == self._state, state
        if not same and not self._over.is_set():
            self._calls.changed(state)

    def _wait_a_while(self) -> None:
        end_s = time.monotonic() + self._retry_s
        while not self._over.is_set() and (left_s := end_s - time.monotonic()) > 0:
            if select.select([self._waker], [], [], left_s)[0]:
                with contextlib.suppress(OSError):
                    self._waker.recv(64)


def _knock(display: str) -> None:
    """Raise OSError where nobody listens: python-xlib would leave the sockets open with which it tried."""
    number = display.removeprefix("unix").removeprefix(":").partition(".")[0]
    if not display.startswith((":", "unix:")) or not number.isdigit():
        return
    failed: OSError | None = None
    for path in (f"/tmp/.X11-unix/X{number}", f"\0/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            try:
                link.settimeout(KNOCK_S)
                link.connect(path)
                return
            except OSError as error:
                failed = error
    raise failed or OSError(display)


def _trouble(chord: Chord, where: Grab | None) -> tuple[str, str]:
    if where is None:
        return f"This keyboard has no key {chord.shown}.", "Choose another key in the preferences, page Keys."
    return (
        f"{chord.shown} is taken by another program.",
        "Choose another key in the preferences, page Keys, or free it in that program or the desktop's shortcuts.",
    )
