"""Which voice engine is used, which comes next when it fails, and why none is better. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo, largest

TtsTier = Literal["auto", "cpu", "demo"]

CPU_FACTORY = "starling.speech.tts.kokoro:create"
DEMO_FACTORY = "starling.speech.tts.espeak:create"

NO_NPU = "npu: needs an NPU engine, none is built into this version"


NOT_BUILT: dict[str, str] = {
    "mlir-aie": "Kokoro on Starling's own NPU kernels is not built into this version.",
    "npu": "Kokoro split over the NPU and the CPU is not built into this version.",
}
"""Tiers that are planned and not there, with the reason."""


def tts_ladder(tier: TtsTier, model: ModelInfo | None, installed: Sequence[ModelInfo], seed: int = 0) -> list[Rung]:
    """The engines to use, best first.

    Args:
        tier: ``auto`` falls from cpu to demo; ``cpu`` and ``demo`` are that tier alone.
        model: the Kokoro model the user named, if any.
        installed: the models that ``auto`` may choose from; the largest Kokoro is taken.
        seed: of the noise that engines draw; 0 for none.

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
    cpu = Rung(_kokoro(chosen, seed), NO_NPU)
    if tier == "cpu":
        return [cpu]
    return [cpu, _demo(f"cpu: {chosen.name} is tried first", seed, stand_in=True)]


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
