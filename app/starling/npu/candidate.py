"""A way of running a model that may be better than the CPU's: what a ladder weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from starling.core.engine_api import EngineSpec

Provider = Literal["vitisai", "xrt", "server"]


@dataclass(frozen=True)
class Candidate:
    """One provider for one model on this machine.

    Attributes:
        provider: how the accelerator is reached.
        tier: ``advanced`` (recognition), ``npu`` or ``mlir-aie`` (speech); ``legacy`` for a server's iGPU.
        spec: how to start its engine; None when it cannot be tried.
        why_not: one clause that says why it cannot be tried; empty otherwise.
        fix: what to do about that; empty when nothing can be done.
        emulated: runs on the emulation; never chosen by ``auto``.
        versions: what a proof is bound to, besides the model: driver, firmware, XRT, server ... as they were read.
    """

    provider: Provider
    tier: str
    spec: EngineSpec | None
    why_not: str = ""
    fix: str = ""
    emulated: bool = False
    versions: tuple[tuple[str, str], ...] = ()
