"""The ``advanced`` tier by our own kernels: the encoder on the NPU through XRT, the decoder in CTranslate2."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo
from starling.npu import emulation
from starling.npu.candidate import Candidate, Provider
from starling.npu.report import Npu, versions
from starling.npu.xrt import driver
from starling.npu.xrt.encoder_weights import FILE
from starling.npu.xrt.kernels import GENERATIONS, NO_KERNELS
from starling.npu.xrt.whisper import XrtEncoder
from starling.speech.stt import whisper

FACTORY = "starling.speech.stt.xrt:create"
PROVIDER: Provider = "xrt"
TIER = "advanced"
_LEAST_LOAD_DEADLINE_S = 60.0
_SLOWEST_LOAD_BYTES_PER_S = 10e6
"""Reading, rounding and cutting the weights into blocks."""
_NO_WEIGHTS = "the encoder's weights of {name} are not beside it"
_NO_WEIGHTS_FIX = (
    "The model's folder needs encoder.safetensors, which only the model that ships has so far: --model starter"
)


def candidate(npu: Npu, model: ModelInfo, threads: int) -> Candidate:
    """This provider on this machine; with ``STARLING_NPU=emulated`` an emulated one whatever the machine is.

    Args:
        npu: what was found.
        model: the Whisper to run.
        threads: of the decoder; 0 lets the engine choose.
    """
    emulated = emulation.wanted()
    if not emulated and (hindrance := _hindrance(npu)):
        return Candidate(PROVIDER, TIER, None, *hindrance)
    if not (model.path / FILE).is_file():
        return Candidate(PROVIDER, TIER, None, _NO_WEIGHTS.format(name=model.name), _NO_WEIGHTS_FIX, emulated)
    bound = (("emulation", emulated_device()),) if emulated else versions(npu)
    generation = emulated_device() if emulated else GENERATIONS[npu.device_id]
    return Candidate(PROVIDER, TIER, _spec(model, threads, generation), emulated=emulated, versions=bound)


def emulated_device() -> str:
    """Which device the emulation has."""
    return os.environ.get(emulation.DEVICE) or "npu1"


def create(config: Mapping[str, Any]) -> whisper.WhisperEngine:
    """The engine.

    Args:
        config: that of :func:`starling.speech.stt.whisper.load`, and ``generation`` of the device.

    Raises:
        StarlingError: the NPU, its driver, the kernels or the model do not allow it.
        MemoryError: the model does not fit.
    """
    found = encoder(config)  # first: a driver that refuses costs no loaded model
    loaded = whisper.load(config)
    return whisper.WhisperEngine(loaded.name, found, loaded.decoder, loaded.short_context, TIER, PROVIDER)


def encoder(config: Mapping[str, Any]) -> XrtEncoder:
    """The encoder alone; ``model`` and ``generation`` of ``config`` are used.

    Raises:
        StarlingError: as :func:`create`.
        MemoryError: it does not fit.
    """
    weights = Path(str(config["model"])) / FILE
    if not weights.is_file():
        raise StarlingError("model.missing_file", f"{FILE} is missing from {weights.parent}.", _NO_WEIGHTS_FIX)
    deadline = config.get("pass_deadline_s")
    return XrtEncoder(
        driver.load(),
        weights,
        str(config["generation"]),
        emulated=emulation.wanted(),
        deadline_s=None if deadline is None else float(deadline),
    )


def _hindrance(npu: Npu) -> tuple[str, str] | None:
    """Why it cannot be tried, and the fix."""
    if not npu.present:
        return "no NPU was found", ""
    if not npu.usable:
        return (npu.reasons or ("the NPU cannot be used",))[0], (npu.fixes or ("",))[0]
    if npu.device_id not in GENERATIONS:
        return f"there are no kernels for the NPU {npu.device_id}", ""
    if npu.xrt is None or not npu.xrt.pyxrt:
        return "XRT and its Python module are not installed", "Install XRT for the NPU (python3-xrt, libxrt-npu2)."
    return NO_KERNELS, ""


def _spec(model: ModelInfo, threads: int, generation: str) -> EngineSpec:
    return EngineSpec(
        name=f"{TIER}:{PROVIDER}:{model.name}",
        tier=TIER,
        model=model.name,
        factory=FACTORY,
        config={
            "model": str(model.path),
            "name": model.name,
            "short_context": model.short_context,
            "threads": threads,
            "generation": generation,
        },
        env={"OPENBLAS_NUM_THREADS": "1"},  # small products wait for one another on more
        provider=PROVIDER,
        load_deadline_s=max(_LEAST_LOAD_DEADLINE_S, model.size_bytes / _SLOWEST_LOAD_BYTES_PER_S),
    )
