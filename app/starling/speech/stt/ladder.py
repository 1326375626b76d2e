"""Which recogniser is used, which comes next when it fails, and why none is better. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from starling.core.engine_api import TRIED_FIRST, EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo, largest
from starling.npu.candidate import Candidate

SttTier = Literal["auto", "advanced", "legacy", "demo"]
ProviderChoice = Literal["auto", "vitisai", "xrt", "server"]

LEGACY_FACTORY = "starling.speech.stt.whisper:create"
DEMO_FACTORY = "starling.speech.stt.sphinx:create"

_LEAST_LOAD_DEADLINE_S = 60.0
_SLOWEST_LOAD_BYTES_PER_S = 25e6
"""Reading and hashing from a slow disk."""


@dataclass(frozen=True)
class Judged:
    """What is held of a candidate on this machine.

    Attributes:
        taken: it was proven, and is wanted.
        clause: why, or why not.
        seconds: that the known clip takes it; None when that was not measured.
        audio_s: length of that clip.
    """

    taken: bool
    clause: str
    seconds: float | None = None
    audio_s: float = 0.0


Judge = Callable[[Candidate], Judged]


def not_proven(candidate: Candidate) -> Judged:
    """What is held of a candidate when there are no records."""
    return Judged(False, candidate.why_not or "not proven on this machine yet")


def stt_ladder(
    tier: SttTier,
    model: ModelInfo | None,
    installed: Sequence[ModelInfo],
    threads: int,
    candidates: Sequence[Candidate] = (),
    judge: Judge = not_proven,
    *,
    provider: ProviderChoice = "auto",
    no_candidates: str = "advanced: no accelerator was looked for",
) -> list[Rung]:
    """The engines to use, best first.

    Args:
        tier: ``auto`` takes the candidates that were proven, then legacy, then demo; ``advanced`` every candidate
            that can be started, then legacy, then demo; ``legacy`` and ``demo`` are that tier alone.
        model: the one the user named, if any; the starter counts only here.
        installed: the models that ``auto`` may choose from; the largest Whisper is taken.
        threads: for Whisper; 0 lets the engine choose.
        candidates: ways to use an accelerator, in order of preference.
        judge: what the records say of a candidate; asked in ``auto`` only.
        provider: the only one that may be used.
        no_candidates: why there is none.

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
    used, clauses = _sorted(tier, candidates, judge, provider)
    if not clauses and not used:
        clauses = [no_candidates]
    rungs = [_rung(candidate, judged, clauses) for candidate, judged in used]
    first = f"{rungs[-1].spec.name}{TRIED_FIRST}" if rungs else ""
    if chosen is None:
        return [*rungs, _demo(first or "legacy: no Whisper model is installed")]
    rungs.append(Rung(_whisper(chosen, threads), first or "; ".join(clauses)))
    return rungs if tier == "legacy" else [*rungs, _demo(f"legacy: {chosen.name}{TRIED_FIRST}")]


def who(candidate: Candidate) -> str:
    """``advanced · xrt``."""
    return f"{candidate.tier} · {candidate.provider}"


def wanted(candidates: Sequence[Candidate], provider: ProviderChoice) -> list[Candidate]:
    """Those of the one provider that may be used."""
    return [candidate for candidate in candidates if provider in ("auto", candidate.provider)]


def _sorted(
    tier: SttTier, candidates: Sequence[Candidate], judge: Judge, provider: ProviderChoice
) -> tuple[list[tuple[Candidate, Judged]], list[str]]:
    """What is used, best first, and a clause about each of the others."""
    used: list[tuple[Candidate, Judged]] = []
    clauses: list[str] = []
    for candidate in wanted(candidates, provider):
        judged = _judged(tier, candidate, judge, named=provider != "auto")
        if judged.taken:
            used.append((candidate, judged))
        else:
            clauses.append(f"{who(candidate)}: {judged.clause}")
    if tier == "auto":
        used.sort(key=lambda pair: pair[1].seconds if pair[1].seconds is not None else float("inf"))
    return used, clauses


def _judged(tier: SttTier, candidate: Candidate, judge: Judge, *, named: bool) -> Judged:
    if candidate.spec is None:
        return Judged(False, candidate.why_not or "it cannot be started")
    if tier == "advanced" or (tier == "legacy" and named):
        fits = candidate.tier == tier
        return Judged(fits, "" if fits else f"the {tier} tier was chosen")
    if tier == "legacy":
        return Judged(False, "the legacy tier was chosen")
    if candidate.emulated:
        return Judged(False, "emulated, never chosen automatically")
    return judge(candidate)


def _rung(candidate: Candidate, judged: Judged, clauses: Sequence[str]) -> Rung:
    spec = candidate.spec
    if spec is None:
        raise AssertionError("only what can be started is used")
    pace = judged.seconds / judged.audio_s if judged.seconds is not None and judged.audio_s > 0 else None
    better = [clause for clause in clauses if clause.startswith("advanced")] if candidate.tier == "legacy" else []
    return Rung(replace(spec, provider=candidate.provider, proven_rtf=pace), "; ".join(better))


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
