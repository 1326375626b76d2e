"""A reply line that speaks previews over real engines, and everything it tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from starling.audio.silent_sink import SilentSink
from starling.core.results import Samples
from starling.engine.clients import SttClient, TtsClient
from starling.engine.supervisor import Supervisor
from starling.models import library
from starling.pipeline import events
from starling.pipeline.engines import Engines
from starling.pipeline.events import Preview
from starling.pipeline.preview import Previews
from starling.pipeline.preview_engines import PreviewEngines
from starling.pipeline.replies import ReplyLine
from starling.pipeline.speaking import Speaking
from starling.speech.tts.ladder import tts_ladder

SENTENCE = "The quick brown fox jumps over the lazy dog."
TEXT = f"First of all, {SENTENCE}"
_E = TypeVar("_E")


class Sink(SilentSink):
    """Keeps what is played; ``slow`` makes it last as long as its sound, or until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.played: list[Samples] = []
        self.slow = False
        self._free_at = 0.0

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        super().play(samples, rate, tag)
        self.played.append(samples)
        self._free_at = max(self._free_at, time.monotonic()) + samples.size / rate

    def stop(self) -> None:
        self._free_at = 0.0

    def wait(self, timeout_s: float) -> bool:
        if self.slow and time.monotonic() < self._free_at:
            time.sleep(min(timeout_s, 0.01))
        return not self.slow or time.monotonic() >= self._free_at


class Nobody:
    """An assistant without timers; its answers are the questions."""

    def answer(self, request: str) -> str:
        return request

    def due(self) -> list[str]:
        return []

    def seconds_to_next(self) -> float | None:
        return None


class Mouth:
    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking

    def speak(self, text: str, *_: object) -> events.Reply:
        return self._speaking.speak(text)

    def play(self, samples: Samples, *_: object) -> events.Reply:
        return self._speaking.play(samples, 16_000)

    def stop(self) -> None:
        self._speaking.stop()


class Told:
    """The reply line's audience and everybody's event log."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.said: list[str] = []
        self.replies: list[events.Reply] = []
        self._changed = threading.Condition()

    def emit(self, event: Any) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def of(self, kind: type[_E]) -> list[_E]:
        with self._changed:
            return [event for event in self.events if isinstance(event, kind)]

    def wait(self, kind: type[_E], count: int = 1) -> list[_E]:
        with self._changed:
            found = self._changed.wait_for(lambda: sum(isinstance(event, kind) for event in self.events) >= count, 30.0)
            assert found, [type(event).__name__ for event in self.events]
        return self.of(kind)

    def reply_began(self, text: str, job: int) -> None:
        pass

    def reply_ended(self, reply: events.Reply, job: int) -> None:
        self.replies.append(reply)

    def answered(self, job: int, reply: events.Reply | None) -> None:
        self.emit(("answered", job))

    def replay_began(self, turn: str, text: str, *_: object) -> None:
        self.said.append(text)

    def replay_ended(self, turn: str, error: dict[str, str] | None, *_: object) -> None:
        self.emit(("replayed", error))


class Bench:
    def __init__(self, seed: int = 0) -> None:
        self.told, self.sink = Told(), Sink()
        live = TtsClient(Supervisor(tts_ladder("auto", None, library.installed(), seed)))
        self.live = Engines(SttClient(Supervisor(tts_ladder("demo", None, []))), live)
        self.speaking = Speaking(self.live, self.sink)
        self.line = ReplyLine(Nobody(), Mouth(self.speaking), self.told)
        self.lender = PreviewEngines(self.live, lambda: seed)
        self.previews = Previews(self.line, self.speaking, self.lender, self.told.emit)

    def close(self) -> None:
        self.previews.close()
        self.line.close()
        self.live.close()

    def speak(self, **wanted: Any) -> events.PreviewEnded:
        count = len(self.told.of(events.PreviewEnded)) + 1
        self.previews.start(Preview(**({"text": SENTENCE} | wanted)))
        return self.told.wait(events.PreviewEnded, count)[-1]

    @property
    def own(self) -> dict[tuple[str, str], Any]:
        return self.lender._own


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
