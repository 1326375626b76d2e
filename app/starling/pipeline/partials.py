"""The partial line: live text of the utterance in progress, on a thread of its own, never in the final's way."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from starling.core.errors import StarlingError
from starling.core.partials import PartialPolicy
from starling.core.results import SAMPLE_RATE, Samples
from starling.core.segments import Segment

Decode = Callable[[Samples], tuple[str, float]]
"""Decodes a clip at low priority: its text, and the seconds inside the engine. Raises StarlingError, ``engine.busy``
among others."""

WARM_UP = 0
"""The segment id of a clip that nobody said; real ones begin at 1."""
WARM_UP_S = 2.0
_WARM_UP_LEVEL = 1e-3
WARM_UP_TRIES = 40
WARM_UP_PAUSE_S = 0.05
"""An engine tells that it is loaded a moment before it can be called."""
_CLOSE_S = 0.5


@dataclass(frozen=True)
class _Clip:
    segment: int
    samples: Samples


class PartialLine:
    """Decodes at most one clip at a time; the coordinator's thread asks, ``on_text`` answers on the line's.

    Args:
        decode: see :data:`Decode`.
        on_text: called with the segment's id, its text so far (empty when it failed), the clip's length and the time
            the call took, None when it did not come to its end.
    """

    def __init__(self, decode: Decode, on_text: Callable[[int, str, float, float | None], None]) -> None:
        self.enabled = True
        self._decode = decode
        self._on_text = on_text
        self._policy = PartialPolicy()
        self._closing = threading.Event()
        self._tasks: queue.SimpleQueue[_Clip | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="partials", daemon=True)
        self._thread.start()

    def offer(self, segment: Segment, hangover_s: float) -> None:
        """Decode the segment in progress if there is time for it. On the coordinator's thread, as the next three."""
        if self.enabled and self._policy.begin(segment.id, segment.audio_s, hangover_s):
            self._tasks.put(_Clip(segment.id, segment.samples))

    def measured(self, audio_s: float, took_s: float) -> None:
        """A final result has taken so long."""
        self._policy.measured(audio_s, took_s)

    def ended(self, segment: int, audio_s: float, took_s: float | None) -> None:
        """The coordinator has the answer of a clip."""
        if segment == WARM_UP:
            if took_s is not None:
                self._policy.guessed(audio_s, took_s)
            return
        self._policy.ended()
        if took_s is not None:
            self._policy.measured(audio_s, took_s)

    def engine_loaded(self) -> None:
        """A fresh engine: forget what was measured, and measure a clip without words; twice, as the first is slow."""
        self._policy.forget()
        if not self.enabled:
            return
        # A chirp: numpy.random would cost the window 6 MB.
        sweep = np.sin(np.arange(int(WARM_UP_S * SAMPLE_RATE), dtype=np.float32) ** 2 * 1e-5)
        noise = (_WARM_UP_LEVEL * sweep).astype(np.float32)
        for _ in range(2):
            self._tasks.put(_Clip(WARM_UP, noise))

    def close(self) -> None:
        """End the thread; a call that runs is left to end by itself."""
        self._closing.set()
        self._tasks.put(None)
        self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        while (clip := self._tasks.get()) is not None:
            text, took_s = self._decoded(clip.samples)
            for _ in range(WARM_UP_TRIES if clip.segment == WARM_UP else 0):
                if took_s is not None or self._closing.wait(WARM_UP_PAUSE_S):
                    break
                text, took_s = self._decoded(clip.samples)
            self._on_text(clip.segment, text, len(clip.samples) / SAMPLE_RATE, took_s)

    def _decoded(self, samples: Samples) -> tuple[str, float | None]:
        """The text and the time it took, None when it failed: the final call meets the same trouble and tells it."""
        with contextlib.suppress(StarlingError):
            return self._decode(samples)
        return "", None
