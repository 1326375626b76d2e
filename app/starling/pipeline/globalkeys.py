"""The keys that are heard whatever window is in front: chosen by the session and the settings, exchanged live."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from starling.core.errors import StarlingError
from starling.dictation.keys import desktops
from starling.dictation.keys.base import Calls, Keys, KeysState
from starling.dictation.keys.chord import parse
from starling.dictation.keys.wishes import Wishes
from starling.dictation.surroundings import compositor, session
from starling.pipeline import events
from starling.pipeline.tasks import Tasks
from starling.settings.schema import Value

CLOSE_S = 0.3
EXAMPLE = "ctrl+alt+space"


def wishes_of(setting: Callable[[str], Value]) -> Wishes:
    """What the settings say."""
    return Wishes(
        way=str(setting("keys.way")),
        talk=str(setting("keys.talk")),
        cancel=str(setting("keys.cancel")),
        mode=str(setting("keys.mode")),
    )


def shown(state: KeysState, wishes: Wishes, env: Mapping[str, str] = os.environ) -> events.KeysShown:
    """A state with the command that helps where the keys themselves cannot be heard."""
    if state.way != "command" and not (state.way == "portal" and state.problem):
        return events.KeysShown(**asdict(state))
    told = by_hand(wishes, env)
    return events.KeysShown(**asdict(state), advice=told.text, lines=told.lines)


def by_hand(wishes: Wishes, env: Mapping[str, str] = os.environ) -> desktops.Advice:
    """How a key of this desktop is made to talk where Starling itself takes none."""
    try:
        chord = parse(wishes.talk)
    except StarlingError:
        chord = parse(EXAMPLE)
    return desktops.advice(compositor(env), chord, command())


def command() -> str:
    """``starling`` where the desktop finds it by its name, else its path."""
    beside = Path(sys.executable).with_name("starling")
    return "starling" if shutil.which("starling") or not beside.exists() else str(beside)


def expected(setting: Callable[[str], Value], env: Mapping[str, str] = os.environ) -> events.KeysShown:
    """What a Starling that started now would try; for one that looks from outside."""
    wishes = wishes_of(setting)
    chords, wrong = wishes.chords()
    way = desktops.way(wishes.way, env) if chords else "off"
    state = KeysState(way, *((wrong.message, wrong.fix) if wrong else ()))  # type: ignore[arg-type]  # of Way
    return shown(state, wishes, env)


class GlobalKeys:
    """Methods return at once, from any thread; what comes of them is told by ``KeysShown``.

    Args:
        setting: reads a setting; read again at every :meth:`apply`.
        press: the talk key went down. This and the next three are called on the keys' thread.
        release: it went up.
        cancel: the cancel key was pressed.
        mode: the mode key was pressed.
        emit: hears how it stands.
        env: tells which session this is.
    """

    def __init__(
        self,
        setting: Callable[[str], Value],
        press: Callable[[], None],
        release: Callable[[], None],
        cancel: Callable[[], None],
        mode: Callable[[], None],
        emit: Callable[[events.Event], None],
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self._setting, self._emit, self._env = setting, emit, env
        self._calls = Calls(press, release, cancel, mode, lambda _: self.look())
        self._tasks = Tasks("keys-switch", lambda error: emit(events.Trouble(error)))
        self._lock = threading.Lock()  # guards all below
        self._keys: Keys | None = None
        self._wishes: Wishes | None = None
        self._state = KeysState("off")
        self._talking = self._closed = False

    def apply(self) -> None:
        """Read the settings again, or for the first time."""
        self._tasks.put(self._follow)

    def again(self) -> None:
        """Try anew what was refused."""
        self._tasks.put(lambda: self._use(wishes_of(self._setting)))

    def later(self, task: Callable[[], None]) -> None:
        """Something slow, on the thread that exchanges keys."""
        self._tasks.put(task)

    def look(self) -> None:
        """Answered by ``KeysShown``."""
        self._emit(self.shown())

    def shown(self) -> events.KeysShown:
        """How it stands now."""
        with self._lock:
            state = self._keys.state() if self._keys is not None else self._state
            return shown(state, self._wishes or Wishes(), self._env)

    def talking(self, active: bool) -> None:
        """Whether somebody talks by a key or a button: the cancel key is heard then."""
        with self._lock:
            self._talking, keys = active, self._keys
        if keys is not None:
            keys.talking(active)

    def close(self) -> None:
        """Hear nothing more."""
        with self._lock:
            self._closed, keys = True, self._keys
        self._tasks.close(CLOSE_S)
        if keys is not None:
            keys.close()

    # -- on the tasks' thread ----------------------------------------------------------------------------------

    def _follow(self) -> None:
        wishes = wishes_of(self._setting)
        if wishes != self._wishes:
            self._use(wishes)

    def _use(self, wishes: Wishes) -> None:
        with self._lock:
            old, self._keys = self._keys, None
        if old is not None:
            old.close()
        chords, wrong = wishes.chords()
        way = desktops.way(wishes.way, self._env)
        problem = (wrong.message, wrong.fix) if wrong else ("", "")
        keys: Keys | None = None
        if chords and way == "x11":
            from starling.dictation.keys.x11 import X11Keys

            keys = X11Keys(self._env.get("DISPLAY", ""), chords, wrong)
        elif chords and way == "portal":
            from starling.dictation.keys.portal import PortalKeys

            keys = PortalKeys(session(self._env).bus, chords, wrong)
        with self._lock:
            if self._closed:
                return
            self._wishes, self._keys = wishes, keys
            self._state = KeysState("command" if chords else "off", "", *problem)
            talking = self._talking
        if keys is not None:
            keys.talking(talking)
            keys.start(self._calls)
        self.look()
