"""What the segmenter is told and what it says. Times are seconds of stream time, counted in samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from starling.core.frames import FRAME_MS
from starling.core.results import SAMPLE_RATE, Samples

EndReason = Literal["silence", "longest", "end_of_stream", "microphone_lost", "released"]
DropReason = Literal["too_short", "noise", "cancelled"]

HYSTERESIS = 0.15
"""Speech goes on until the probability falls this far below the threshold (Silero's own rule)."""


def frames_of(milliseconds: float) -> int:
    """The number of whole frames that last at least ``milliseconds``."""
    return math.ceil(milliseconds / FRAME_MS)


@dataclass(frozen=True)
class SegmenterConfig:
    """Numbers of the segmenter; durations are rounded up to whole frames of 32 ms.

    Attributes:
        threshold: probability from which a frame is speech.
        pre_roll_ms: audio kept from before the onset.
        onset_frames: speech frames in a row that start a segment.
        hangover_ms: silence that ends a segment.
        early_ms: silence after which the segment may be transcribed early; from ``hangover_ms`` up there is none.
        longest_s: longer segments are cut, pre-roll included.

    Raises:
        ValueError: the numbers contradict each other.
    """

    threshold: float = 0.5
    pre_roll_ms: float = 450
    onset_frames: int = 2
    hangover_ms: float = 600
    early_ms: float = 200
    longest_s: float = 28.0

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError("threshold must lie in (0, 1]")
        if min(self.onset_frames, self.hangover_ms, self.early_ms) <= 0 or self.pre_roll_ms < 0:
            raise ValueError("onset_frames, hangover_ms and early_ms must be positive, pre_roll_ms not negative")
        if 2 * (frames_of(self.pre_roll_ms) + self.onset_frames) > self.longest_frames:
            raise ValueError("longest_s must be at least twice the pre-roll and the onset")

    @property
    def release(self) -> float:
        """Probability below which speech pauses."""
        return max(self.threshold - HYSTERESIS, 0.01)

    @property
    def longest_frames(self) -> int:
        """The longest segment in frames, rounded down."""
        return int(1000 * self.longest_s / FRAME_MS)


@dataclass(frozen=True, eq=False)
class Segment:
    """One utterance, or a piece of one that was longer than the longest segment.

    Attributes:
        id: unique within one segmenter, growing.
        start_s: when speech begins.
        end_s: when speech ends, the hangover not included.
        endpoint_s: when its end was decided.
        audio_start_s: when ``samples[0]`` was heard, which is before ``start_s`` by the pre-roll.
        samples: (n,) float32 at 16 kHz: pre-roll, speech and a short tail; read-only.
        held: the talk key was down at some time of it.
    """

    id: int
    start_s: float
    end_s: float
    endpoint_s: float
    audio_start_s: float
    samples: Samples
    held: bool = False

    @property
    def audio_s(self) -> float:
        """Length of ``samples`` in seconds."""
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class SpeechStarted:
    """Someone began to speak at ``start_s``."""

    segment_id: int
    start_s: float


@dataclass(frozen=True)
class EarlySegment:
    """A pause: the segment as it will be if nothing more is said. It can be transcribed already."""

    segment: Segment


@dataclass(frozen=True)
class SpeechResumed:
    """The pause was none: the early result of this segment is worth nothing."""

    segment_id: int


@dataclass(frozen=True)
class SegmentEnded:
    """The segment is complete.

    Attributes:
        segment: what was heard.
        early_is_final: the last :class:`EarlySegment` of this id has the same samples, so its text is this one's.
        reason: what ended it.
    """

    segment: Segment
    early_is_final: bool
    reason: EndReason

    @property
    def cut(self) -> bool:
        """Whether the longest segment was reached: the next one continues it."""
        return self.reason == "longest"


@dataclass(frozen=True)
class SegmentDropped:
    """What had started was not an utterance, or is not wanted. ``held``: the talk key was down."""

    segment_id: int
    start_s: float
    end_s: float
    why: DropReason
    held: bool = False


SegmentEvent = SpeechStarted | EarlySegment | SpeechResumed | SegmentEnded | SegmentDropped
