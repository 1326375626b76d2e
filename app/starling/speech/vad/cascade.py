"""WebRTC opens, Silero confirms: silence costs microseconds, and nothing is speech that Silero does not call so."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from starling.core.results import Samples
from starling.speech.vad.base import Detector
from starling.speech.vad.silero import Silero
from starling.speech.vad.webrtc import WebrtcGate

HOLD_FRAMES = 10
"""The gate stays open for 320 ms after its last yes, so that it does not flap inside a word."""

WARM_FRAMES = 8
"""Skipped frames that Silero hears when the gate opens: 256 ms, so that it does not judge the first one cold."""


class Gate(Protocol):
    """A cheap first opinion."""

    def is_open(self, frame: Samples) -> bool:
        """Whether the next frame, (512,) float32 at 16 kHz, may hold speech."""
        ...

    def reset(self) -> None:
        """Forget the past."""
        ...


class Cascade:
    """A :class:`~starling.speech.vad.base.Detector`: 0.0 while the gate is closed, else what ``confirm`` says."""

    def __init__(self, gate: Gate, confirm: Detector) -> None:
        self._gate = gate
        self._confirm = confirm
        self._open_for = 0
        self._skipped: deque[Samples] = deque(maxlen=WARM_FRAMES)
        self._skips = 0

    def probability(self, frame: Samples) -> float:
        """Probability of speech, 0..1, of the next frame, (512,) float32 at 16 kHz."""
        self._open_for = HOLD_FRAMES if self._gate.is_open(frame) else self._open_for - 1
        if self._open_for <= 0:
            self._skipped.append(frame.copy())
            self._skips += 1
            return 0.0
        self._catch_up()
        return self._confirm.probability(frame)

    def reset(self) -> None:
        """Forget the past: the next frame starts a new stream."""
        self._gate.reset()
        self._confirm.reset()
        self._open_for = 0
        self._skipped.clear()
        self._skips = 0

    def _catch_up(self) -> None:
        if self._skips > WARM_FRAMES:
            self._confirm.reset()  # its state belongs to sound from before the gap
        for frame in self._skipped:
            self._confirm.probability(frame)
        self._skipped.clear()
        self._skips = 0


def open_detector() -> Detector:
    """The detector Starling listens with.

    Raises:
        StarlingError: Silero's model is missing or altered.
    """
    return Cascade(WebrtcGate(), Silero())
