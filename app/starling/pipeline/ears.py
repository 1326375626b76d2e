"""Blocks of samples in, segment events out: detector and segmenter in one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from starling.core.frames import FRAME_SAMPLES
from starling.core.results import SAMPLE_RATE, Samples
from starling.core.segmenter import Segmenter, SegmentEvent
from starling.core.segments import EndReason
from starling.speech.vad.base import Detector


class Ears:
    """Re-blocks a stream into frames of 512 samples and feeds them to the detector and the segmenter."""

    def __init__(self, detector: Detector, segmenter: Segmenter) -> None:
        self._detector = detector
        self._segmenter = segmenter
        self._rest: Samples = np.zeros(0, np.float32)
        self._heard = 0
        self.probability = 0.0

    @property
    def position_s(self) -> float:
        """Stream time that has been heard, seconds."""
        return self._heard / SAMPLE_RATE

    def hear(self, block: Samples) -> Iterator[SegmentEvent]:
        """Take a block (n,) float32 at 16 kHz of any length; yield the events of its whole frames."""
        samples = np.concatenate((self._rest, block)) if self._rest.size else block
        whole = samples.size - samples.size % FRAME_SAMPLES
        self._rest = samples[whole:].copy()
        for start in range(0, whole, FRAME_SAMPLES):
            yield from self._frame(samples[start : start + FRAME_SAMPLES])

    def end(self, reason: EndReason) -> Iterator[SegmentEvent]:
        """The stream ended or broke: what was being said is finished and kept."""
        if self._rest.size:
            last = np.pad(self._rest, (0, FRAME_SAMPLES - self._rest.size))
            self._rest = self._rest[:0]
            yield from self._frame(last)
        yield from self._segmenter.flush(reason)
        self._detector.reset()

    def _frame(self, frame: Samples) -> Iterator[SegmentEvent]:
        self._heard += FRAME_SAMPLES
        self.probability = self._detector.probability(frame)
        yield from self._segmenter.feed(frame, self.probability)
