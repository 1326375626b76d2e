"""From the talk key to the first sound: the key's grab on a screen of its own, and the microphone that is in use."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from starling.audio.base import AudioSource
from starling.audio.files import FileSource, write_wav
from starling.audio.microphone import Microphone
from starling.audio.silent_sink import SilentSink
from starling.commands.bench_figures import Figure, median
from starling.commands.bench_screen import Finger
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE
from starling.dictation.keys.base import Calls
from starling.dictation.keys.chord import parse
from starling.dictation.keys.x11 import X11Keys
from starling.pipeline import engines, events
from starling.pipeline.choice import Choice
from starling.pipeline.session import Session, rules_of

GOAL_MS = 150.0
TIMEOUT_S = 20.0
PRESS_EVERY_S = 0.4
POLL_S = 0.01
OPEN_S = 5.0
CHORD, KEYS = "ctrl+alt+space", ("Control_L", "Alt_L", "space")


class Hears(Protocol):
    """Who is told of a session; ``loaded`` is set when its recogniser is there."""

    loaded: threading.Event

    def hear(self, event: events.Event) -> None:
        """Take one event."""
        ...


class _Presses:
    """When keys went down, when that was heard, and when the next sound came."""

    def __init__(self) -> None:
        self.loaded, self.sounded = threading.Event(), threading.Event()
        self.sound_ms: list[float] = []
        self.heard_ms: list[float] = []
        self.pressed_s = 0.0
        self.held = False

    def begin(self, at_s: float) -> None:
        """A key goes down now."""
        self.pressed_s = at_s

    def hear(self, event: events.Event) -> None:
        """Follow what the pipeline tells, on several threads."""
        now_s = time.monotonic()
        match event:
            case events.EngineChanged(family="stt", kind="EngineStarted"):
                self.loaded.set()
            case events.Listening(held=held):
                self.held = held
            case events.Sound():
                if self.held and self.pressed_s:
                    self.sound_ms.append((now_s - self.pressed_s) * 1000)
                    self.pressed_s = 0.0
                self.sounded.set()


def measure(starter: Choice, runs: int, folder: Path, display: str) -> Figure:
    """While the stream runs: the key goes down, and the next block of sound belongs to what is said.

    Args:
        starter: whose microphone.
        runs: how often.
        folder: for a file, where there is no microphone.
        display: of a screen of the bench's own; empty where there is none.
    """
    presses = _Presses()
    source, heard_of = _source(starter, runs, folder)
    began_by = "a key of XTEST, its grab" if display else "the key's command (no X server: the key itself not measured)"
    how = (
        f"from {began_by} to the next block of sound of {heard_of};"
        f" {starter.segmenter.pre_roll_ms:.0f} ms before it are kept too"
    )
    _press(starter, runs, folder, display, source, presses)
    extra = {"key_to_command_ms": median(presses.heard_ms[1:])} if len(presses.heard_ms) > 1 else None
    return Figure(
        "dictation_key", "Talk key to the first sound", "ms", GOAL_MS, tuple(presses.sound_ms[1:]), how, extra=extra
    )


def session_over(
    starter: Choice, source: AudioSource, folder: Path, run: Hears, activation: events.Activation
) -> Session:
    """One that dictates, once its recogniser is loaded."""
    both = engines.start(starter, run.hear)
    run.loaded.wait(TIMEOUT_S)
    session = Session(starter, both, source, SilentSink(), run.hear, real_time=True, store=folder / "assistant")
    session.keeper.private = True  # what a microphone hears meanwhile is nobody's history
    session.coordinator.rules = rules_of(starter, "dictation")
    session.mailbox.do(lambda: session.coordinator.listen("dictation", activation, muted=False))
    return session


def until(condition: Callable[[], object]) -> bool:
    """Whether it comes true."""
    deadline_s = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(POLL_S)
    return True


def _source(starter: Choice, runs: int, folder: Path) -> tuple[AudioSource, str]:
    """The microphone, or where none delivers a file at the pace of one; and its name for people."""
    microphone = Microphone(starter.microphone)
    try:
        microphone.wait_open(OPEN_S)
    except StarlingError as error:
        microphone.close()
        path = folder / "silence.wav"
        seconds = int(TIMEOUT_S + runs * 2 * PRESS_EVERY_S)
        write_wav(path, np.zeros(seconds * SAMPLE_RATE, np.float32), SAMPLE_RATE)
        return FileSource(path, paced=True), f"a paced file (no microphone: {error.message})"
    return microphone, "the running microphone"


def _press(starter: Choice, runs: int, folder: Path, display: str, source: AudioSource, presses: _Presses) -> None:
    session = session_over(starter, source, folder, presses, "hold")
    coordinator = session.coordinator
    coordinator.metering = True
    listening = threading.Thread(target=session.run, name="bench-key")
    listening.start()
    try:
        with ExitStack() as stack:
            key = _key(stack, display, session, presses)
            for number in range(runs + 1):  # the first is not counted
                presses.sounded.clear()
                if not presses.sounded.wait(TIMEOUT_S):
                    break
                time.sleep(PRESS_EVERY_S * (1 + number / (runs + 1)))  # blocks come evenly; keys do not
                key.press(presses.begin)
                until(lambda: not presses.pressed_s)
                session.mailbox.do(coordinator.cancel)
                key.release()
                until(lambda: not presses.held)
    finally:
        coordinator.stop()
        listening.join()
        session.close()


class _Key(Protocol):
    def press(self, begin: Callable[[float], None]) -> None: ...

    def release(self) -> None: ...


class _Command:
    """No key: what it would command."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def press(self, begin: Callable[[float], None]) -> None:
        begin(time.monotonic())
        self.command()

    def command(self) -> None:
        at_s = time.monotonic()
        self._session.mailbox.do(partial(self._session.coordinator.press, at_s))

    def release(self) -> None:
        self._session.mailbox.do(partial(self._session.coordinator.release, time.monotonic()))


def _key(stack: ExitStack, display: str, session: Session, presses: _Presses) -> _Key:
    """A key of that display that is grabbed as the talk key is. Raises StarlingError where it cannot be."""
    command = _Command(session)
    if not display:
        return command

    def press() -> None:
        presses.heard_ms.append((time.monotonic() - presses.pressed_s) * 1000)
        command.command()

    keys = X11Keys(display, {"talk": parse(CHORD)})
    stack.callback(keys.close)
    keys.start(Calls(press, command.release, lambda: None, lambda: None, lambda state: None))
    if not until(lambda: keys.state().binding):
        raise StarlingError("bench.no_key", f"The talk key could not be grabbed: {keys.state().problem}")
    return stack.enter_context(closing(Finger(display, *KEYS)))
