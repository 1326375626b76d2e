"""The record of one utterance, from its segment and what the recogniser made of it."""

from __future__ import annotations

from typing import Any

from starling.core.results import Transcript
from starling.core.segments import Segment
from starling.pipeline.events import Mode, Utterance
from starling.pipeline.recognition import Recognised


def utterance_of(
    segment: Segment,
    recognised: Recognised,
    *,
    waited_s: float,
    since_speech_s: float,
    verdict: str,
    turn: str,
    at: float,
    mode: Mode,
    replayable: bool,
) -> Utterance:
    """Everything measured of one utterance. Times in, milliseconds out, see :class:`Utterance`."""
    return Utterance(
        start_s=round(segment.start_s, 3),
        end_s=round(segment.end_s, 3),
        tier=recognised.tier,
        model=recognised.model,
        audio_s=round(segment.audio_s, 3),
        endpoint_to_text_ms=round(waited_s * 1000, 1),
        speech_end_to_text_ms=round(since_speech_s * 1000, 1),
        verdict=verdict,
        attempts=recognised.attempts,
        provider=recognised.provider,
        changes=recognised.changes,
        why_not_better=recognised.why_not_better,
        error=recognised.error.to_json() if recognised.error else None,
        turn=turn,
        at=round(at, 3),
        mode=mode,
        held=segment.held,
        replayable=replayable,
        **({} if recognised.transcript is None else facts(recognised.transcript)),
    )


def facts(transcript: Transcript) -> dict[str, Any]:
    """What a transcript adds to an utterance."""
    confidence = transcript.confidence
    return {
        "text": transcript.text,
        "language": transcript.language,
        "placement": transcript.placement,
        "processing_s": round(transcript.processing_s, 4),
        "confidence": None if confidence is None else round(confidence, 3),
        "dropped": transcript.dropped,
        "notes": transcript.notes,
    }
