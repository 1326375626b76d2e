"""Blocks of samples in, segment events out: detector and segmenter in one."""

from __future__ import annotations

from collections.abc import Iterator

from starling.core.frames import Framer
from starling.core.results import Samples
from starling.core.segmenter import Segmenter, SegmentEvent
from starling.core.segments import EndReason
from starling.speech.vad.base import Detector


class Ears:
    """Feeds a stream, frame by frame, to the detector and the segmenter.

    Attributes:
        segmenter: what cuts the stream; its methods may be called between blocks.
        probability: of speech in the last frame, 0..1.
    """

    def __init__(self, detector: Detector, segmenter: Segmenter) -> None:
        self.segmenter = segmenter
        self.probability = 0.0
        self._detector = detector
        self._framer = Framer()

    @property
    def position_s(self) -> float:
        """Stream time that has been heard, seconds."""
        return self.segmenter.now_s

    @property
    def threshold(self) -> float:
        """The probability from which a frame is speech."""
        return self.segmenter.config.threshold

    def hear(self, block: Samples) -> Iterator[SegmentEvent]:
        """Take a block (n,) float32 at 16 kHz of any length; yield the events of the frames it completes."""
        for frame in self._framer.feed(block):
            yield from self._frame(frame)

    def end(self, reason: EndReason) -> Iterator[SegmentEvent]:
        """The stream ended or broke: what was being said is finished and kept."""
        for frame in self._framer.flush():
            yield from self._frame(frame)
        yield from self.segmenter.flush(reason)
        self._detector.reset()
        self.probability = 0.0

    def _frame(self, frame: Samples) -> Iterator[SegmentEvent]:
        self.probability = self._detector.probability(frame)
        yield from self.segmenter.feed(frame, self.probability)
