"""What is being said reaches the disk while it is said, on a thread that nothing else keeps waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from starling.core.frames import FRAME_SAMPLES
from starling.core.results import SAMPLE_RATE, Samples
from starling.core.segmenter import Segmenter
from starling.pipeline.tasks import Tasks

CLOSE_S = 2.0


class GrowingLog(Protocol):
    """Where it goes. Never raises: it reports through its own events."""

    def name(self, at: float) -> str:
        """A name for what began at this Unix time; empty when nothing is to be stored."""
        ...

    def grow(self, utterance: str, samples: Samples, started_at: float) -> None:
        """More of it."""
        ...

    def grown(self, utterance: str) -> None:
        """It is stored as a whole, or is worth nothing."""
        ...


class HearingLog:
    """Follows a segmenter; every block is on disk a moment after it was heard.

    Args:
        log: where it goes.
        after_stores: runs what it is given after all that was told to be stored before it.
    """

    def __init__(self, log: GrowingLog, after_stores: Callable[[Callable[[], None]], None]) -> None:
        self._log = log
        self._after_stores = after_stores
        self._tasks = Tasks("hearing-log", lambda error: None)
        self._segment: int | None = None
        self._name = ""
        self._began = 0.0
        self._frames = 0

    def follow(self, segmenter: Segmenter) -> None:
        """Take what is new of the utterance in progress; on the coordinator's thread, what has ended told before."""
        if segmenter.current != self._segment:
            self._finish()
            self._begin(segmenter)
        frames = segmenter.heard_since(self._frames) if self._name else []
        if frames:
            self._frames += len(frames)
            name, began, samples = self._name, self._began, np.concatenate(frames)
            self._tasks.put(lambda: self._log.grow(name, samples, began))

    def name(self, segment: int) -> str:
        """The name under which a segment is being stored, which its recording takes; empty if it is not."""
        return self._name if segment == self._segment else ""

    def close(self) -> None:
        """Finish what is queued, then end the thread. After what stores has ended, which sends its last word here."""
        done = threading.Event()
        self._tasks.put(done.set)
        done.wait(CLOSE_S)
        self._tasks.close(CLOSE_S)

    def _begin(self, segmenter: Segmenter) -> None:
        self._segment, self._name, self._frames = segmenter.current, "", 0
        if self._segment is not None:
            heard_s = len(segmenter.heard_since(0)) * FRAME_SAMPLES / SAMPLE_RATE
            self._began = time.time() - heard_s
            self._name = self._log.name(self._began)

    def _finish(self) -> None:
        if name := self._name:
            # First what has ended is stored, then this goes; no block of it can come later.
            self._after_stores(lambda: self._tasks.put(lambda: self._log.grown(name)))
