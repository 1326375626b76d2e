"""Dictation as it is felt: from the key to the first sound, from the end of speech to the text in a window.

The window is one of the bench's own, on a screen that nobody sees (Xvfb): nothing is typed into anybody's work.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from starling.audio.files import FileSource, write_wav
from starling.audio.silent_sink import SilentSink
from starling.commands.bench_figures import Figure, median
from starling.commands.bench_loop import spoken
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.surroundings import Session as Desktop
from starling.dictation.surroundings import target
from starling.pipeline import engines, events
from starling.pipeline.choice import Choice
from starling.pipeline.dictating import Dictating
from starling.pipeline.session import Session, rules_of

NAME = "dictation"
KEY_GOAL_MS = 150.0
TYPED_GOAL_MS = 150.0
"""Beside the pause that ends a sentence."""
APPLICATION = "bench"
TIMEOUT_S = 20.0
PRESS_EVERY_S = 0.4
POLL_S = 0.01


class Window:
    """A window that has the focus and writes down when keys arrive."""

    def __init__(self, display: str) -> None:
        from Xlib import X
        from Xlib.display import Display

        self.display, self._x, self._display = display, X, Display(display)
        screen = self._display.screen()
        self._window = screen.root.create_window(0, 0, 200, 100, 0, screen.root_depth, event_mask=X.KeyPressMask)
        self._window.set_wm_class(APPLICATION, APPLICATION)
        self._window.map()
        self._display.sync()
        self._window.set_input_focus(X.RevertToParent, X.CurrentTime)
        self._display.sync()
        self.last_key_s = 0.0
        self.keys = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="bench-window", daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._closing.wait(0.001):
            while self._display.pending_events():
                if self._display.next_event().type == self._x.KeyPress:
                    self.last_key_s = time.monotonic()
                    self.keys += 1

    def close(self) -> None:
        """Close it."""
        self._closing.set()
        self._thread.join()
        self._display.close()


class Run:
    """What happens in one run, and when.

    Args:
        window: where the texts go.
    """

    def __init__(self, window: Window | None = None) -> None:
        self.window = window
        self.typed_ms: list[float] = []
        self.text_ms: list[float] = []
        self.key_ms: list[float] = []
        self.problems: list[str] = []
        self.pressed_s = 0.0
        self.held = False
        self.loaded, self.sounded = threading.Event(), threading.Event()
        self._spoken_s: list[float] = []

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
                    self.key_ms.append((now_s - self.pressed_s) * 1000)
                    self.pressed_s = 0.0
                self.sounded.set()
            case events.Heard(utterance=utterance) if utterance.text:
                since_ms = utterance.speech_end_to_text_ms or 0.0
                self.text_ms.append(since_ms)
                self._spoken_s.append(now_s - since_ms / 1000)
            case events.Inserted() if self.window is not None:
                self.typed_ms.append((self.window.last_key_s - self._spoken_s.pop(0)) * 1000)
            case events.NotInserted(reason=reason):
                self.problems.append(reason)


class _Nothing:
    """No history."""

    def inserted(self, utterance: str, text: str, way: str, application: str) -> None:
        """Not kept."""

    def not_inserted(self, utterance: str, text: str, error: StarlingError) -> None:
        """Not kept."""


@dataclass(frozen=True)
class Dictation:
    """Both figures."""

    key: Figure
    typed: Figure

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"name": NAME, "figures": [self.key.to_json(), self.typed.to_json()]}

    def to_text(self) -> str:
        """For people."""
        return f"{self.key.to_text()}\n{self.typed.to_text()}"


def measure(choice: Choice, runs: int) -> Dictation:
    """With the starter, paced as a microphone would be, hands-free; then the key while the stream runs."""
    starter = replace(choice, stt_tier="legacy", stt_model="starter", answer="nothing", keep_history=False)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="starling-")))
        keys = _press(starter, runs, folder)
        try:
            window = stack.enter_context(_window())
        except StarlingError as error:
            return Dictation(_key(choice, keys), _typed(choice, (), error.message, None))
        run = Run(window)
        _dictate(starter, runs, folder, run, window)
    extra = {"speech_end_to_text_ms": median(run.text_ms)} if run.text_ms else None
    how = run.problems[0] if run.problems else "starter, paced, hands-free, XTEST into a window of its own"
    return Dictation(_key(choice, keys), _typed(choice, tuple(run.typed_ms), how, extra))


def _key(choice: Choice, runs: tuple[float, ...]) -> Figure:
    how = (
        "a paced file as the running microphone; from the key's command, without the way of the key itself, to the next"
        f" block of sound; {choice.segmenter.pre_roll_ms:.0f} ms before it are kept too"
    )
    return Figure("dictation_key", "Talk key to the first sound", "ms", KEY_GOAL_MS, runs, how)


def _typed(choice: Choice, runs: tuple[float, ...], how: str, extra: dict[str, float] | None) -> Figure:
    goal = choice.segmenter.hangover_ms + TYPED_GOAL_MS
    return Figure("dictation_typed", "End of speech to its last key in a window", "ms", goal, runs, how, extra=extra)


def _session(starter: Choice, path: Path, run: Run, activation: events.Activation) -> Session:
    both = engines.start(starter, run.hear)
    run.loaded.wait(TIMEOUT_S)
    source, store = FileSource(path, paced=True), path.with_name("assistant")
    session = Session(starter, both, source, SilentSink(), run.hear, real_time=True, store=store)
    session.coordinator.rules = rules_of(starter, "dictation")
    session.mailbox.do(lambda: session.coordinator.listen("dictation", activation, muted=False))
    return session


def _press(starter: Choice, runs: int, folder: Path) -> tuple[float, ...]:
    """The key over a stream of silence; ms until the next block is heard, each."""
    run, path = Run(), folder / "silence.wav"
    write_wav(path, np.zeros(int(TIMEOUT_S + runs * PRESS_EVERY_S) * SAMPLE_RATE, np.float32), SAMPLE_RATE)
    session = _session(starter, path, run, "hold")
    coordinator = session.coordinator
    coordinator.metering = True
    listening = threading.Thread(target=session.run, name="bench-key")
    listening.start()
    try:
        for number in range(runs + 1):
            run.sounded.clear()
            if not run.sounded.wait(TIMEOUT_S):
                break
            time.sleep(PRESS_EVERY_S * (1 + number / (runs + 1)) / 2)  # blocks come evenly; keys do not
            run.pressed_s = at_s = time.monotonic()
            session.mailbox.do(partial(coordinator.press, at_s))
            _until(lambda: not run.pressed_s)
            session.mailbox.do(coordinator.cancel)
            session.mailbox.do(partial(coordinator.release, time.monotonic()))
            _until(lambda: not run.held)
    finally:
        coordinator.stop()
        listening.join()
        session.close()
    return tuple(run.key_ms[1:])


def _dictate(starter: Choice, runs: int, folder: Path, run: Run, window: Window) -> None:
    path = folder / "speech.wav"
    spoken(path, starter, runs)
    session = _session(starter, path, run, "always")
    session.text.dictating = True
    session.dictating = dictating = _dictating(session, folder, run, window)
    try:
        session.run()
        _until(lambda: len(run.typed_ms) + len(run.problems) >= len(run.text_ms))
    finally:
        dictating.close()
        session.close()


def _until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + TIMEOUT_S
    while not condition() and time.monotonic() < deadline_s:
        time.sleep(POLL_S)


@contextmanager
def _window() -> Iterator[Window]:
    """On a screen of its own. Raises StarlingError where there can be none."""
    if shutil.which("Xvfb") is None:
        raise StarlingError("bench.no_screen", "Xvfb is not installed, so there is no window to type into.")
    reader, writer = os.pipe()
    argv = ["Xvfb", "-displayfd", str(writer), "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(argv, pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as screen:
        try:
            os.close(writer)
            with os.fdopen(reader) as told:
                number = told.readline().strip()
            if not number:
                raise StarlingError("bench.no_screen", "Xvfb does not start here.")
            with closing(Window(f":{number}")) as window:
                yield window
        finally:
            screen.terminate()


def _dictating(session: Session, folder: Path, run: Run, window: Window) -> Dictating:
    from starling.dictation.insertion.inserter import Inserter

    desktop = Desktop("x11", display=window.display)
    made = Dictating(
        session.text.shape,
        lambda: Inserter(folder / "insertion", of=desktop),
        lambda: target(desktop),
        _Nothing(),
        run.hear,
    )
    made.use(True, Wishes(way="xtest"))
    return made
