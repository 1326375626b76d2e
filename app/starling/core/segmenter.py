"""Cuts a stream of frames and speech probabilities into utterances. It has no clock: time is frames counted.

Speech opens an utterance and silence ends it; the talk key opens one at once and, while held, no silence ends it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from starling.core.frames import FRAME_SAMPLES
from starling.core.results import SAMPLE_RATE, Samples
from starling.core.segments import (
    DropReason,
    EarlySegment,
    EndReason,
    Segment,
    SegmentDropped,
    SegmentEnded,
    SegmenterConfig,
    SegmentEvent,
    SpeechResumed,
    SpeechStarted,
    frames_of,
)

__all__ = [
    "EarlySegment",
    "Segment",
    "SegmentDropped",
    "SegmentEnded",
    "SegmentEvent",
    "Segmenter",
    "SegmenterConfig",
    "SpeechResumed",
    "SpeechStarted",
]

TAIL_MS = 200
"""Audio kept after the last speech frame: final consonants fade below the threshold. Never more than ``early_ms``, so
that the early segment and the final one hold the same samples."""

MIN_SPEECH_MS = 96
"""Speech a segment needs. Silero gave one-syllable words ("up", "stop", "go") 224 ms and more; a click has less."""

MIN_SPEECH_SHARE = 0.1
"""Share of speech frames between the first and the last. Words with the longest pauses that do not end a segment reach
0.2; single frames of noise that keep one another alive stay below."""

CUT_WINDOW_S = 5.0
"""How far back a cut may lie: long enough to hold a breath, short enough to keep most of the context together."""

HELD_THRESHOLD = 0.15
"""Probability from which a frame is speech while the talk key is held: who holds it does speak, perhaps in a whisper,
which Silero rates low."""

_CUT_FRAMES = 4  # frames averaged around a cut: 128 ms, longer than the closure of a plosive inside a word


class Segmenter:
    """A state machine: silence, or one utterance in progress. Holds ``longest_s`` of audio at most.

    Attributes:
        listening: whether speech opens an utterance by itself; without it only :meth:`hold` does.
        latched: the talk key was tapped: speech opens utterances, and they count as held.
    """

    def __init__(self, config: SegmenterConfig | None = None) -> None:
        self.listening = True
        self.latched = False
        self._next_id = 1
        self._utterance: _Utterance | None = None
        self._onset = 0
        self._fed = 0
        self._held = False
        self._before: deque[Samples] = deque()
        self.configure(config or SegmenterConfig())

    def configure(self, config: SegmenterConfig) -> None:
        """Use other numbers from now on, also for the utterance in progress."""
        self.config = config
        self._hangover = frames_of(config.hangover_ms)
        self._early = frames_of(config.early_ms)
        self._tail = min(frames_of(TAIL_MS), self._early, self._hangover)
        self._before = deque(self._before, maxlen=frames_of(config.pre_roll_ms) + config.onset_frames)

    @property
    def current(self) -> int | None:
        """The id of the utterance in progress, if any."""
        return self._utterance.id if self._utterance else None

    @property
    def now_s(self) -> float:
        """Stream time: what was fed since the last :meth:`reset`."""
        return _seconds(self._fed)

    def feed(self, frame: Samples, probability: float) -> list[SegmentEvent]:
        """Take the next frame, (512,) float32 at 16 kHz, and its probability of speech; the frame is copied.

        Raises:
            ValueError: the frame has another shape.
        """
        if frame.shape != (FRAME_SAMPLES,):
            raise ValueError(f"a frame has {FRAME_SAMPLES} samples, not {frame.shape}")
        self._fed += 1
        own = np.array(frame, np.float32)
        if self._utterance is None:
            return self._listen(own, probability)
        return self._follow(self._utterance, own, probability)

    def hold(self) -> list[SegmentEvent]:
        """The talk key went down: hear from the pre-roll on, until :meth:`release`, whatever is silent."""
        self._held = True
        if self._utterance is not None:
            self._utterance.held = True
            return []
        frames = list(self._before)
        started = _Utterance(self._new_id(), self._fed - len(frames), frames, [False] * len(frames), held=True)
        return [self._start(started)]

    def let_go(self) -> list[SegmentEvent]:
        """The key is up after a tap: from now on silence ends what is said, and speech opens the next utterance."""
        self._held, self.latched = False, True
        opened = self._utterance
        if opened is None or any(opened.speech):
            return []
        self._utterance = None
        self._before.extend(opened.frames)  # the next one's pre-roll
        return [replace(self._dropped(opened, "cancelled"), held=False)]

    def nothing_said(self) -> list[SegmentEvent]:
        """What the key opened comes to nothing."""
        return [SegmentDropped(self._new_id(), self.now_s, self.now_s, "too_short", True)]

    def release(self) -> list[SegmentEvent]:
        """The talk key went up: end the utterance in progress, if any, and keep it."""
        self._held = False
        return self._end(self._utterance, "released") if self._utterance else []

    def cancel(self) -> list[SegmentEvent]:
        """Forget the utterance in progress, if any."""
        self._held = False
        utterance, self._utterance = self._utterance, None
        self._onset = 0
        self._before.clear()
        return [] if utterance is None else [self._dropped(utterance, "cancelled")]

    def so_far(self) -> Segment | None:
        """The utterance in progress as it would be if it ended now; None while nothing is said or a pause lasts."""
        utterance = self._utterance
        if utterance is None or utterance.silent or utterance.flaw() is not None:
            return None
        return utterance.segment(0, self.now_s)

    def heard_since(self, count: int) -> list[Samples]:
        """The frames of the utterance in progress but the first ``count``; empty without one."""
        return self._utterance.frames[count:] if self._utterance else []

    def flush(self, reason: EndReason) -> list[SegmentEvent]:
        """End the utterance in progress, if any, and keep it. The next frame does not continue this audio."""
        self._held = False
        events = self._end(self._utterance, reason) if self._utterance else []
        self._before.clear()
        self._onset = 0
        return events

    def reset(self) -> None:
        """Start a new stream at time 0, without a word about an utterance in progress. Ids go on."""
        self._utterance = None
        self._before.clear()
        self._onset = 0
        self._fed = 0

    def _listen(self, frame: Samples, probability: float) -> list[SegmentEvent]:
        self._before.append(frame)
        self._onset = self._onset + 1 if probability >= self.config.threshold else 0
        if not (self.listening or self.latched) or self._onset < self.config.onset_frames:
            return []
        frames = list(self._before)
        speech = [index >= len(frames) - self._onset for index in range(len(frames))]
        first = self._fed - len(frames)
        return [self._start(_Utterance(self._new_id(), first, frames, speech, held=self.latched))]

    def _follow(self, utterance: _Utterance, frame: Samples, probability: float) -> list[SegmentEvent]:
        events: list[SegmentEvent] = []
        is_speech = probability >= self._threshold(utterance)
        utterance.add(frame, is_speech)
        if is_speech and utterance.early:
            utterance.early = None
            events.append(SpeechResumed(utterance.id))
        if utterance.silent >= self._hangover and not self._held:
            return events + self._end(utterance, "silence")
        if utterance.silent == self._early and utterance.flaw() is None:
            utterance.early = utterance.segment(self._tail, self.now_s)
            events.append(EarlySegment(utterance.early))
        if len(utterance.frames) >= self.config.longest_frames:
            # A pause at the limit is the best place to stop, and leaves nothing to continue.
            events += self._end(utterance, "longest") if utterance.silent else self._cut(utterance)
            if self._held and self._utterance is None:
                events += self.hold()
        return events

    def _threshold(self, utterance: _Utterance) -> float:
        usual = self.config.threshold if utterance.silent else self.config.release
        return min(usual, HELD_THRESHOLD) if self._held else usual

    def _start(self, utterance: _Utterance) -> SpeechStarted:
        self._utterance = utterance
        return SpeechStarted(utterance.id, _seconds(utterance.first + utterance.speech_start))

    def _end(self, utterance: _Utterance, reason: EndReason) -> list[SegmentEvent]:
        event = self._closing(utterance, reason, self._tail)
        kept = utterance.speech_end + self._tail if isinstance(event, SegmentEnded) else 0
        self._utterance = None
        self._onset = 0
        # What no segment holds may be the next one's pre-roll.
        self._before.clear()
        self._before.extend(utterance.frames[kept:])
        return [event]

    def _cut(self, utterance: _Utterance) -> list[SegmentEvent]:
        window = min(frames_of(1000 * CUT_WINDOW_S), self.config.longest_frames // 2)
        head, rest = utterance.split(_quietest(utterance.frames, window), self._new_id())
        return [self._closing(head, "longest", len(head.frames)), self._start(rest)]

    def _closing(self, utterance: _Utterance, reason: EndReason, tail: int) -> SegmentEnded | SegmentDropped:
        flaw = utterance.flaw()
        if flaw is not None:
            return self._dropped(utterance, flaw)
        if utterance.early:
            early = replace(utterance.early, endpoint_s=self.now_s, held=utterance.held)
            return SegmentEnded(early, True, reason)
        return SegmentEnded(utterance.segment(tail, self.now_s), False, reason)

    @staticmethod
    def _dropped(utterance: _Utterance, why: DropReason) -> SegmentDropped:
        first, last = utterance.first + utterance.speech_start, utterance.first + utterance.speech_end
        return SegmentDropped(utterance.id, _seconds(first), _seconds(last), why, utterance.held)

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1


@dataclass
class _Utterance:
    """An utterance in progress; ``first`` is the stream's number of ``frames[0]``, ``silent`` counts the pause."""

    id: int
    first: int
    frames: list[Samples]
    speech: list[bool]
    silent: int = 0
    early: Segment | None = None
    held: bool = False

    @property
    def speech_start(self) -> int:
        return self.speech.index(True) if True in self.speech else 0

    @property
    def speech_end(self) -> int:
        return len(self.speech) - self.speech[::-1].index(True) if True in self.speech else 0

    def add(self, frame: Samples, is_speech: bool) -> None:
        self.frames.append(frame)
        self.speech.append(is_speech)
        self.silent = 0 if is_speech else self.silent + 1

    def flaw(self) -> DropReason | None:
        voiced = sum(self.speech)
        if voiced < frames_of(MIN_SPEECH_MS):
            return "too_short"
        return "noise" if voiced < MIN_SPEECH_SHARE * (self.speech_end - self.speech_start) else None

    def segment(self, tail: int, endpoint_s: float) -> Segment:
        samples = np.concatenate(self.frames[: self.speech_end + tail])
        samples.setflags(write=False)
        start, end = self.first + self.speech_start, self.first + self.speech_end
        return Segment(self.id, _seconds(start), _seconds(end), endpoint_s, _seconds(self.first), samples, self.held)

    def split(self, at: int, rest_id: int) -> tuple[_Utterance, _Utterance]:
        head = _Utterance(self.id, self.first, self.frames[:at], self.speech[:at], held=self.held)
        rest = _Utterance(rest_id, self.first + at, self.frames[at:], self.speech[at:], self.silent, held=self.held)
        return head, rest


def _quietest(frames: list[Samples], window: int) -> int:
    """The boundary between two frames, among the last ``window``, with the least energy around it."""
    first = len(frames) - window
    energy = np.array([float(np.dot(frame, frame)) for frame in frames[first:]])
    around = np.convolve(energy, np.ones(_CUT_FRAMES), "valid")
    return first + int(np.argmin(around)) + _CUT_FRAMES // 2


def _seconds(frames: int) -> float:
    return frames * FRAME_SAMPLES / SAMPLE_RATE
