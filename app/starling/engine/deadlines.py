"""How long a call may take. A freeze is found by silence; deadlines catch what is alive and never ends."""

from __future__ import annotations

from dataclasses import dataclass

BASE_S = 5.0
"""Given to every call: scheduling, paging, a machine waking up."""
UNMEASURED_BASE_S = 30.0
"""The same before the first measurement: the first call may page the model in."""
UNMEASURED_RTF = 10.0
"""Assumed before the first measurement: a large Whisper on a slow laptop."""
ACCELERATED_BASE_S = 8.0
"""The same of an accelerator: what hangs there is found early, because the tier below has the text in a moment."""
ACCELERATED_RTF = 1.0
"""An accelerator that is slower than the speech itself is not worth waiting for."""
MARGIN = 4.0
"""A call may take this many times what was measured."""
WINDOW_S = 30.0
"""Whisper without short context works on 30 s however short the clip is."""
TIMEOUT_FACTOR = 2.0


def call_deadline_s(audio_s: float, measured_rtf: float | None, *, accelerated: bool = False) -> float:
    """Seconds that a call over ``audio_s`` seconds of audio may take.

    Args:
        audio_s: all clips of the call together; for synthesis, the expected length of the speech.
        measured_rtf: the worst processing time ÷ audio time seen with this engine; None before the first call.
        accelerated: the engine works on an accelerator, and there is a tier below it.
    """
    if measured_rtf is None and accelerated:
        return ACCELERATED_BASE_S + ACCELERATED_RTF * audio_s
    if measured_rtf is None:
        return UNMEASURED_BASE_S + UNMEASURED_RTF * audio_s
    return BASE_S + MARGIN * measured_rtf * max(audio_s, WINDOW_S)


@dataclass
class Pace:
    """What was measured of one engine; ``accelerated`` as in :func:`call_deadline_s`."""

    worst_rtf: float | None = None
    timed_out: bool = False
    accelerated: bool = False

    def measured(self, audio_s: float, processing_s: float) -> None:
        """Take in one finished call."""
        if audio_s > 0:
            self.worst_rtf = max(self.worst_rtf or 0.0, processing_s / audio_s)

    def deadline_s(self, audio_s: float) -> float:
        """The deadline of the next call; the first timeout doubles it, later ones change nothing."""
        deadline = call_deadline_s(audio_s, self.worst_rtf, accelerated=self.accelerated)
        return deadline * TIMEOUT_FACTOR if self.timed_out else deadline
