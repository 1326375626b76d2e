"""The ``advanced`` tier by our own kernels: the encoder on the NPU through XRT, the decoder in CTranslate2."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starling.child.remote import RemoteSpec
from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo
from starling.npu import emulation
from starling.npu.candidate import Candidate, Provider
from starling.npu.environment import xrt_environment
from starling.npu.report import Npu, Pyxrt, versions
from starling.npu.xrt import driver, kernels
from starling.npu.xrt.encoder_weights import FILE
from starling.npu.xrt.kernels import GENERATIONS
from starling.speech.stt import whisper
from starling.speech.stt.base import Encoder
from starling.speech.stt.remote_encoder import RemoteEncoder

if TYPE_CHECKING:  # the window's process only asks whether it can be started
    from starling.npu.xrt.whisper import XrtEncoder

FACTORY = "starling.speech.stt.xrt:create"
ENCODER_FACTORY = "starling.speech.stt.xrt:encoder"
PROVIDER: Provider = "xrt"
TIER = "advanced"
_ENV = {"OPENBLAS_NUM_THREADS": "1"}
"""Small products wait for one another on more threads."""
_LEAST_LOAD_DEADLINE_S = 60.0
_SLOWEST_LOAD_BYTES_PER_S = 10e6
"""Reading, rounding and cutting the weights into blocks."""
_NO_WEIGHTS = "the encoder's weights of {name} are not beside it"
_NO_WEIGHTS_FIX = (
    "Import the model again from its safetensors with the setting models.keep_encoder at with_npu or always."
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
    if not emulated and (unbuilt := _unbuilt(npu, model)):
        return Candidate(PROVIDER, TIER, None, *unbuilt)
    if emulated:
        device = emulated_device()
        return Candidate(PROVIDER, TIER, _spec(model, threads, device, {}), "", "", True, (("emulation", device),))
    spec = _with_python(_spec(model, threads, GENERATIONS[npu.device_id], xrt_environment(npu)), npu)
    return Candidate(PROVIDER, TIER, spec, versions=versions(npu))


def emulated_device() -> str:
    """Which device the emulation has."""
    return os.environ.get(emulation.DEVICE) or "npu1"


def create(config: Mapping[str, Any]) -> whisper.WhisperEngine:
    """The engine.

    Args:
        config: that of :func:`starling.speech.stt.whisper.load`, ``generation`` of the device, and ``python`` when
            pyxrt fits another Python than this: ``{"interpreter", "env"}`` of the encoder's own process.

    Raises:
        StarlingError: the NPU, its driver, the kernels or the model do not allow it.
        MemoryError: the model does not fit.
    """
    # The encoder first: a driver that refuses costs no loaded model.
    found: Encoder = _elsewhere(config, config["python"]) if config.get("python") else encoder(config)
    loaded = whisper.load(config)
    return whisper.WhisperEngine(loaded.name, found, loaded.decoder, loaded.short_context, TIER, PROVIDER)


def encoder(config: Mapping[str, Any]) -> XrtEncoder:
    """The encoder alone; ``model`` and ``generation`` of ``config`` are used.

    Raises:
        StarlingError: as :func:`create`.
        MemoryError: it does not fit.
    """
    from starling.npu.xrt.whisper import XrtEncoder

    weights = Path(str(config["model"])) / FILE
    if not weights.is_file():
        raise StarlingError("model.missing_file", f"{FILE} is missing from {weights.parent}.", _NO_WEIGHTS_FIX)
    deadline = config.get("pass_deadline_s")
    return XrtEncoder(
        driver.load(),
        weights,
        str(config["generation"]),
        emulated=emulation.wanted(),
        name=str(config.get("name") or weights.parent.name),
        short_context=bool(config.get("short_context", False)),
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
    if _python(npu.xrt.pyxrt) is None:
        fits = npu.xrt.pyxrt[0].cpython
        return f"XRT's Python module fits Python {fits} only, and this machine has none", f"Install Python {fits}."
    return None


def _unbuilt(npu: Npu, model: ModelInfo) -> tuple[str, str] | None:
    """Why the kernels of a model cannot be had, and the fix."""
    from starling.npu.planning.shapes import of_file

    try:
        shape = of_file(model.name, model.path / FILE, model.short_context)
    except StarlingError as error:
        return error.message.rstrip("."), error.fix
    reason, fix = kernels.why_not(GENERATIONS[npu.device_id], shape)
    return (reason, fix) if reason else None


def _python(found: tuple[Pyxrt, ...]) -> str | None:
    """The Python to load pyxrt with: empty for this one, None when there is none."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if any(module.cpython == here for module in found):
        return ""
    return next((module.interpreter for module in found if module.interpreter), None)


def _with_python(spec: EngineSpec, npu: Npu) -> EngineSpec:
    interpreter = _python(npu.xrt.pyxrt) if npu.xrt else None
    if not interpreter:
        return spec
    python = {"interpreter": interpreter, "env": spec.env}
    return replace(spec, config={**spec.config, "python": python}, env=_ENV)


def _elsewhere(config: Mapping[str, Any], python: Mapping[str, Any]) -> RemoteEncoder:
    return RemoteEncoder(
        RemoteSpec(
            name=f"{PROVIDER}:{config.get('name', '')}",
            noun="encoder",
            factory=ENCODER_FACTORY,
            config={key: value for key, value in config.items() if key != "python"},
            interpreter=str(python["interpreter"]),
            env=dict(python["env"]),
            load_deadline_s=_LEAST_LOAD_DEADLINE_S,
        )
    )


def _spec(model: ModelInfo, threads: int, generation: str, env: Mapping[str, str]) -> EngineSpec:
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
        env={**env, **_ENV},
        provider=PROVIDER,
        load_deadline_s=max(_LEAST_LOAD_DEADLINE_S, model.size_bytes / _SLOWEST_LOAD_BYTES_PER_S),
    )
