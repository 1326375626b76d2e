"""Dictation as it is felt: from the key to the first sound, from the end of speech to the text in a window.

The window is one of the bench's own, on a screen that nobody sees (Xvfb): nothing is typed into anybody's work.
"""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starling.audio.files import FileSource
from starling.commands import bench_screen, bench_talk_key
from starling.commands.bench_figures import Figure, median
from starling.commands.bench_loop import spoken
from starling.commands.bench_screen import Window
from starling.commands.bench_talk_key import session_over, until
from starling.core.errors import StarlingError
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.surroundings import Session as Desktop
from starling.dictation.surroundings import target
from starling.pipeline import events
from starling.pipeline.choice import Choice
from starling.pipeline.dictating import Dictating
from starling.pipeline.session import Session

NAME = "dictation"
TYPED_GOAL_MS = 150.0
"""Beside the pause that ends a sentence."""


class Run:
    """What happens in one run, and when.

    Args:
        window: where the texts go.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.typed_ms: list[float] = []
        self.text_ms: list[float] = []
        self.problems: list[str] = []
        self.loaded = threading.Event()
        self._spoken_s: list[float] = []

    def hear(self, event: events.Event) -> None:
        """Follow what the pipeline tells, on several threads."""
        now_s = time.monotonic()
        match event:
            case events.EngineChanged(family="stt", kind="EngineStarted"):
                self.loaded.set()
            case events.Heard(utterance=utterance) if utterance.text:
                since_ms = utterance.speech_end_to_text_ms or 0.0
                self.text_ms.append(since_ms)
                self._spoken_s.append(now_s - since_ms / 1000)
            case events.Inserted():
                self.typed_ms.append((self.window.last_key_s - self._spoken_s.pop(0)) * 1000)
            case events.NotInserted(reason=reason):
                self.problems.append(reason)


class _Nothing:
    """No history."""

    def begun(self, utterance: str) -> None:
        """Not kept."""

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
    """The key over the running microphone, then speech with the starter, paced as a microphone would be, hands-free."""
    starter = replace(choice, stt_tier="legacy", stt_model="starter", answer="nothing", keep_history=False)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="starling-")))
        try:
            display = stack.enter_context(bench_screen.screen())
        except StarlingError as error:
            return Dictation(bench_talk_key.measure(starter, runs, folder, ""), _typed(choice, (), error.message, None))
        key = bench_talk_key.measure(starter, runs, folder, display)
        window = stack.enter_context(bench_screen.window(display))
        run = Run(window)
        _dictate(starter, runs, folder, run, window)
    extra = {"speech_end_to_text_ms": median(run.text_ms)} if run.text_ms else None
    how = run.problems[0] if run.problems else "starter, paced, hands-free, XTEST into a window of its own"
    return Dictation(key, _typed(choice, tuple(run.typed_ms), how, extra))


def _typed(choice: Choice, runs: tuple[float, ...], how: str, extra: dict[str, float] | None) -> Figure:
    goal = choice.segmenter.hangover_ms + TYPED_GOAL_MS
    return Figure("dictation_typed", "End of speech to its last key in a window", "ms", goal, runs, how, extra=extra)


def _dictate(starter: Choice, runs: int, folder: Path, run: Run, window: Window) -> None:
    path = folder / "speech.wav"
    spoken(path, starter, runs)
    session = session_over(starter, FileSource(path, paced=True), folder, run, "always")
    session.text.dictating = True
    session.dictating = dictating = _dictating(session, folder, run, window)
    try:
        session.run()
        until(lambda: len(run.typed_ms) + len(run.problems) >= len(run.text_ms))
    finally:
        dictating.close()
        session.close()


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
