"""Every way of speaking that may be better than the CPU."""

from __future__ import annotations

from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.report import Npu
from starling.speech.tts.ladder import NOT_BUILT


def tts_candidates(npu: Npu, model: ModelInfo | None, seed: int = 0) -> list[Candidate]:
    """The candidates, in order of preference. The first is listed for what it is: not there.

    Args:
        npu: what was found on this machine.
        model: the Kokoro to run.
        seed: of the noise that it draws; 0 for none.
    """
    from starling.speech.tts import vitisai

    if model is None:
        return []
    reason = NOT_BUILT["mlir-aie"].rstrip(".")
    kernels = Candidate("xrt", "mlir-aie", None, reason[0].lower() + reason[1:])
    return [kernels, vitisai.candidate(npu, model, seed)]


def no_candidates(npu: Npu) -> str:
    """Why there is none, where only the machine was looked at."""
    if not npu.present:
        return "npu: no NPU was found"
    if not npu.usable:
        return f"npu: {next((fault.reason for fault in npu.faults if fault.blocks), 'the NPU cannot be used')}"
    return "npu: not proven on this machine yet"
