"""Which voice engine is used, which comes next when it fails, and why none is better. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from starling.core.engine_api import TRIED_FIRST, EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo, largest
from starling.npu.candidate import Candidate
from starling.speech.stt.ladder import Judge, Judged, not_proven

TtsTier = Literal["auto", "npu", "cpu", "demo"]

CPU_FACTORY = "starling.speech.tts.kokoro:create"
DEMO_FACTORY = "starling.speech.tts.espeak:create"

NOT_BUILT: dict[str, str] = {
    "mlir-aie": "Not built: Starling has no NPU kernels of its own for Kokoro.",
}
"""Tiers that are planned and not there, with the reason."""


def tts_ladder(
    tier: TtsTier,
    model: ModelInfo | None,
    installed: Sequence[ModelInfo],
    seed: int = 0,
    candidates: Sequence[Candidate] = (),
    judge: Judge = not_proven,
    *,
    no_candidates: str = "npu: no accelerator was looked for",
) -> list[Rung]:
    """The engines to use, best first.

    Args:
        tier: ``auto`` takes the candidates that were proven, then cpu, then demo; ``npu`` every candidate that can be
            started, then cpu, then demo; ``cpu`` and ``demo`` are that tier alone.
        model: the Kokoro model the user named, if any.
        installed: the models that ``auto`` may choose from; the largest Kokoro is taken.
        seed: of the noise that engines draw; 0 for none.
        candidates: ways to use an accelerator, in order of preference.
        judge: what the records say of a candidate; asked in ``auto`` only.
        no_candidates: why there is none.

    Raises:
        StarlingError: ``tts.no_model`` when cpu is asked for and there is no model.
    """
    chosen = model or largest(installed, "kokoro")
    if tier == "demo":
        return [_demo("cpu: the demo tier was chosen", seed)]
    if tier == "cpu" and chosen is None:
        raise StarlingError(
            "tts.no_model",
            "No Kokoro model is installed.",
            "Put a Kokoro .onnx file and its voices file into a folder below Starling's models, or use --tts demo",
        )
    if chosen is None:
        return [_demo("cpu: no Kokoro model is installed", seed)]
    used, clauses = _sorted(tier, candidates, judge)
    rungs = [_accelerated(candidate, judged) for candidate, judged in used]
    first = f"{rungs[-1].spec.name}{TRIED_FIRST}" if rungs else "; ".join(clauses) or no_candidates
    cpu = Rung(_kokoro(chosen, seed), first)
    if tier == "cpu":
        return [cpu]
    return [*rungs, cpu, _demo(f"cpu: {chosen.name}{TRIED_FIRST}", seed, stand_in=True)]


def _sorted(
    tier: TtsTier, candidates: Sequence[Candidate], judge: Judge
) -> tuple[list[tuple[Candidate, Judged]], list[str]]:
    """What is used, best first, and a clause about each of the others."""
    used: list[tuple[Candidate, Judged]] = []
    clauses: list[str] = []
    for candidate in candidates:
        judged = _judged(tier, candidate, judge)
        if judged.taken:
            used.append((candidate, judged))
        else:
            clauses.append(f"{candidate.tier}: {judged.clause}")
    if tier == "auto":
        used.sort(key=lambda pair: pair[1].seconds if pair[1].seconds is not None else float("inf"))
    return used, clauses


def _judged(tier: TtsTier, candidate: Candidate, judge: Judge) -> Judged:
    if candidate.spec is None:
        return Judged(False, candidate.why_not or "it cannot be started")
    if tier in ("cpu", "npu"):
        return Judged(tier == candidate.tier, "" if tier == candidate.tier else f"the {tier} tier was chosen")
    if candidate.emulated:
        return Judged(False, "emulated, never chosen automatically")
    return judge(candidate)


def _accelerated(candidate: Candidate, judged: Judged) -> Rung:
    spec = candidate.spec
    if spec is None:
        raise AssertionError("only what can be started is used")
    pace = judged.seconds / judged.audio_s if judged.seconds is not None and judged.audio_s > 0 else None
    return Rung(replace(spec, provider=candidate.provider, proven_rtf=pace))


def _kokoro(model: ModelInfo, seed: int) -> EngineSpec:
    return EngineSpec(
        name=f"cpu:{model.name}",
        tier="cpu",
        model=model.name,
        factory=CPU_FACTORY,
        config={"model": str(model.path), "name": model.name} | _seeded(seed),
    )


def _demo(why_not_better: str, seed: int, *, stand_in: bool = False) -> Rung:
    """``stand_in``: the voice that was asked for is the other tier's; speak with the default one instead."""
    config = ({"stand_in": True} if stand_in else {}) | _seeded(seed)
    return Rung(EngineSpec(name="demo", tier="demo", model="", factory=DEMO_FACTORY, config=config), why_not_better)


def _seeded(seed: int) -> dict[str, int]:
    return {"seed": seed} if seed else {}
