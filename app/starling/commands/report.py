"""Utterances and replies as text and as JSON, one shape for every command."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from starling.core.engine_api import Rung
from starling.models.info import ModelInfo
from starling.pipeline.choice import Choice
from starling.pipeline.events import EngineChanged, Reply, Utterance


def tell(event: EngineChanged) -> None:
    """An engine's trouble, on stderr."""
    if not event.routine:
        print(f"starling: {event.message}", file=sys.stderr)


def tell_if_lower(choice: Choice, rung: Rung) -> None:
    """The user named an accelerator and none can be tried: why, on stderr."""
    if choice.stt_tier == "advanced" and rung.spec.tier != "advanced":
        print(f"starling: {rung.spec.name} is used. {rung.why_not_better}.", file=sys.stderr)


def utterance_json(utterance: Utterance) -> dict[str, Any]:
    """An entry of ``utterances[]``."""
    return {**asdict(utterance), "rtf": None if utterance.rtf is None else round(utterance.rtf, 4)}


def reply_json(reply: Reply) -> dict[str, Any]:
    """An entry of ``replies[]``."""
    data = {**asdict(reply), "rtf": reply.rtf}
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in data.items()}


def model_json(model: ModelInfo) -> dict[str, Any]:
    """A model as ``models list`` and ``doctor`` tell it."""
    return {
        "name": model.name,
        "kind": model.kind,
        "path": str(model.path),
        "bytes": model.size_bytes,
        "short_context": model.short_context,
        "multilingual": model.multilingual,
        "starter": model.starter,
    }


def utterance_figures(utterance: Utterance) -> str:
    """What was measured of one utterance, in one line."""
    parts = [
        _engine(utterance.tier, utterance.provider, utterance.model, utterance.placement.device),
        f"{utterance.audio_s:.1f} s",
        *([] if utterance.rtf is None else [f"RTF {utterance.rtf:.3f}"]),
        *_ms("endpoint→text", utterance.endpoint_to_text_ms),
        *_ms("speech end→text", utterance.speech_end_to_text_ms),
    ]
    if utterance.confidence is not None:
        parts.append(f"confidence {utterance.confidence:.2f}")
    if utterance.attempts > 1:
        parts.append(f"{utterance.attempts} attempts")
    parts += [f"not {change.who}: {change.reason}" for change in utterance.changes]
    return " · ".join([*parts, *utterance.notes])


def reply_figures(reply: Reply) -> str:
    """What was measured of one reply, in one line."""
    parts = [_engine(reply.tier, reply.voice, reply.placement.device)] if reply.tier else []
    if reply.audio_s is not None:
        parts.append(f"{reply.audio_s:.1f} s")
    if reply.rtf is not None:
        parts.append(f"RTF {reply.rtf:.3f}")
    if reply.time_to_first_audio_ms is not None:
        parts.append(f"first sound {reply.time_to_first_audio_ms:.0f} ms")
    if reply.stopped:
        parts.append("stopped")
    if reply.wav:
        parts.append(f"written to {reply.wav}")
    elif reply.tier and not reply.played:
        parts.append("not played")
    return " · ".join(parts)


def _ms(name: str, value: float | None) -> list[str]:
    return [] if value is None else [f"{name} {value:.0f} ms"]


def _engine(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
