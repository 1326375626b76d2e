"""Which recogniser is used, which comes next when it fails, and why none is better. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo, largest

SttTier = Literal["auto", "legacy", "demo"]

LEGACY_FACTORY = "starling.speech.stt.whisper:create"
DEMO_FACTORY = "starling.speech.stt.sphinx:create"

NO_ADVANCED = "advanced: needs an NPU engine, none is built into this version"
_LEAST_LOAD_DEADLINE_S = 60.0
_SLOWEST_LOAD_BYTES_PER_S = 25e6
"""Reading and hashing from a slow disk."""


def stt_ladder(tier: SttTier, model: ModelInfo | None, installed: Sequence[ModelInfo], threads: int) -> list[Rung]:
    """The engines to use, best first.

    Args:
        tier: ``auto`` falls from legacy to demo; ``legacy`` and ``demo`` are that tier alone.
        model: the one the user named, if any; the starter counts only here.
        installed: the models that ``auto`` may choose from; the largest Whisper is taken.
        threads: for Whisper; 0 lets the engine choose.

    Raises:
        StarlingError: ``stt.no_model`` when legacy is asked for and there is no model.
    """
    chosen = model or largest(installed, "whisper-ct2")
    if tier == "demo":
        return [_demo("legacy: the demo tier was chosen")]
    if tier == "legacy" and chosen is None:
        raise StarlingError(
            "stt.no_model",
            "No Whisper model is installed.",
            "Import one with `starling models import FOLDER`, or use the small one that ships: --model starter",
        )
    if chosen is None:
        return [_demo("legacy: no Whisper model is installed")]
    legacy = Rung(_whisper(chosen, threads), NO_ADVANCED)
    if tier == "legacy":
        return [legacy]
    return [legacy, _demo(f"legacy: {chosen.name} is tried first")]


def _whisper(model: ModelInfo, threads: int) -> EngineSpec:
    return EngineSpec(
        name=f"legacy:{model.name}",
        tier="legacy",
        model=model.name,
        factory=LEGACY_FACTORY,
        config={
            "model": str(model.path),
            "name": model.name,
            "short_context": model.short_context,
            "threads": threads,
        },
        env={"OPENBLAS_NUM_THREADS": "1"},  # the mel front end's small products wait for one another on more
        load_deadline_s=max(_LEAST_LOAD_DEADLINE_S, model.size_bytes / _SLOWEST_LOAD_BYTES_PER_S),
    )


def _demo(why_not_better: str) -> Rung:
    return Rung(EngineSpec(name="demo", tier="demo", model="", factory=DEMO_FACTORY, config={}), why_not_better)
