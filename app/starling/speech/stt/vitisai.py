"""The ``advanced`` tier by AMD's Vitis AI: the encoder in AMD's Python, the decoder in CTranslate2 here.

The first load compiles the encoder, which takes about fifteen minutes (amd/RyzenAI-SW, ``Demos/ASR/Whisper``). How it
goes is told by :func:`starling.npu.vitisai.cache.under_way`; ending the engine's process cancels it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from starling.child.remote import RemoteSpec
from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.models import pairing
from starling.models.info import ModelInfo
from starling.models.onnx_files import external_files
from starling.models.recognise import NPU_ENCODER
from starling.models.verify import verified_paths
from starling.npu.candidate import Candidate, Provider
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot
from starling.npu.vitisai import cache, requirements
from starling.npu.vitisai.options import config_text, provider_options
from starling.npu.vitisai.session import ENCODER
from starling.speech.stt import whisper
from starling.speech.stt.remote_encoder import RemoteEncoder

FACTORY = "starling.speech.stt.vitisai:create"
PROVIDER: Provider = "vitisai"
TIER = "advanced"

COMPILE_DEADLINE_S = 2700.0
"""Three times the fifteen minutes that AMD names."""
LOAD_DEADLINE_S = 300.0
"""With a compiled encoder: hashing 1.3 GB from a slow disk, reading the compiled model, loading the decoder."""
_WIDTH_FRAMES = 100


def candidate(npu: Npu, model: ModelInfo, threads: int) -> Candidate:
    """This provider on this machine.

    Args:
        npu: what was found.
        model: the Whisper that decodes.
        threads: of the decoder; 0 lets the engine choose.
    """
    if (hindrance := requirements.hindrance(npu)) is not None or npu.vitisai is None:
        why_not, fix = (hindrance.why_not, hindrance.fix) if hindrance else ("", "")
        return Candidate(PROVIDER, TIER, None, why_not, fix)
    try:
        encoder = pairing.installed_encoder(model)
        offered = pairing.encoders_for(model) if encoder is None else ()
    except StarlingError as error:
        return Candidate(PROVIDER, TIER, None, error.message.rstrip("."), error.fix)
    if encoder is None and offered:
        why_not = f"the encoder for NPUs that belongs to {model.name} is not installed"
        return Candidate(PROVIDER, TIER, None, why_not, f"Install it: starling models install {offered[0]}")
    if encoder is None:
        why_not = f"AMD offers no encoder for NPUs that belongs to {model.name}"
        return Candidate(PROVIDER, TIER, None, why_not, "Use the model whisper-small, which has one.")
    bound = requirements.bound(npu, npu.vitisai)
    return Candidate(
        PROVIDER, TIER, _spec(npu, model, encoder, threads), versions=(*bound, ("encoder", _mark(encoder)))
    )


def create(config: Mapping[str, Any]) -> whisper.WhisperEngine:
    """The engine.

    Args:
        config: that of :func:`starling.speech.stt.whisper.load`, and ``encoder`` (its folder), ``interpreter``,
            ``env``, ``cache`` (a folder), ``versions`` (what a compiled model is bound to, as pairs).

    Raises:
        StarlingError: the encoder or the model cannot be loaded; ``engine.not_on_npu`` when AMD's provider put the
            encoder on the CPU.
        MemoryError: the model does not fit.
    """
    loaded = whisper.load({**config, "short_context": False})
    folder = Path(str(config["encoder"]))
    files = encoder_files(folder)
    width = _width(loaded.model)
    encoder = _compiled(config, loaded.name, folder, files, width)
    try:
        _check(encoder, loaded)
    except StarlingError:
        encoder.close()
        raise
    return whisper.WhisperEngine(loaded.name, encoder, loaded.decoder, False, TIER, PROVIDER)


def encoder_files(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file of an encoder, after they were checked.

    Raises:
        StarlingError: one is missing or altered, or the encoder reads another file than those.
    """
    names = verified_paths(folder)
    if NPU_ENCODER not in names:
        raise StarlingError("model.missing_file", f"{NPU_ENCODER} is missing from {folder}.", _AGAIN)
    for name in external_files(folder / NPU_ENCODER):
        if name not in names:
            what = f"{folder / NPU_ENCODER} reads {name}, which is not one of the model's files."
            raise StarlingError("model.missing_file", what, _AGAIN)
    records = pairing.records(folder)
    return {name: records[name].sha256 for name in names if name in records}


_AGAIN = "Install the model again."


def _compiled(
    config: Mapping[str, Any], model: str, folder: Path, files: Mapping[str, str], width: int
) -> RemoteEncoder:
    text = config_text()
    home = Path(str(config["cache"]))
    key = cache.key(model, files, text, [(str(name), str(value)) for name, value in config["versions"]])
    place = home / key
    try:
        with cache.compiling(place, model):
            settings = home / f"{key}.config.json"
            settings.write_text(text, encoding="utf-8")
            options = provider_options(settings, home, key)
            done = cache.is_compiled(place)
            spec = RemoteSpec(
                name=f"{PROVIDER}:{model}",
                noun="encoder",
                factory=ENCODER,
                config={"model": str(folder / NPU_ENCODER), "options": options},
                interpreter=str(config["interpreter"]),
                env=dict(config["env"]),
                load_deadline_s=LOAD_DEADLINE_S if done else COMPILE_DEADLINE_S,
                silent_load=True,
            )
            encoder = RemoteEncoder(spec, width)
        cache.prune(place)
        return encoder
    except StarlingError as error:
        if error.code == "engine.vitisai_failed":
            cache.forget(place)  # a damaged compiled model would be refused for ever
        raise


def _check(encoder: RemoteEncoder, loaded: whisper.Loaded) -> None:
    wanted = int(loaded.model.n_mels)
    if encoder.mels != wanted:
        what = f"The encoder takes {encoder.mels} mel bands, {loaded.name} has {wanted}."
        raise StarlingError("model.wrong_pair", what, "Install the encoder that belongs to the model.")
    placement = encoder.placement
    if placement.device == "cpu":
        what = f"AMD's provider put the encoder on the CPU: {'; '.join(placement.evidence)}."
        raise StarlingError("engine.not_on_npu", what, "Look at the NPU with `starling doctor`.")


def _width(model: Any) -> int:
    """Of the states that the decoder takes, from the encoder that its own file holds too."""
    import ctranslate2

    silence = np.zeros((1, int(model.n_mels), _WIDTH_FRAMES), np.float32)
    return int(np.asarray(model.encode(ctranslate2.StorageView.from_array(silence), to_cpu=True)).shape[-1])


def _spec(npu: Npu, model: ModelInfo, encoder: ModelInfo, threads: int) -> EngineSpec:
    tool = npu.vitisai
    assert tool is not None
    root = Sysroot.current()
    versions = requirements.compiled_for(npu, tool)
    hashes = {name: record.sha256 for name, record in pairing.records(encoder.path).items()}
    home = cache.root()
    done = cache.is_compiled(home / cache.key(model.name, hashes, config_text(), versions))
    return EngineSpec(
        name=f"{TIER}:{PROVIDER}:{model.name}",
        tier=TIER,
        model=model.name,
        factory=FACTORY,
        config={
            "model": str(model.path),
            "name": model.name,
            "threads": threads,
            "encoder": str(encoder.path),
            "interpreter": str(root.path(tool.interpreter)),
            "env": requirements.environment(npu, tool, root),
            "cache": str(home),
            "versions": [list(pair) for pair in versions],
        },
        env={"OPENBLAS_NUM_THREADS": "1"},  # the mel front end's small products wait for one another on more
        load_deadline_s=LOAD_DEADLINE_S if done else COMPILE_DEADLINE_S,
    )


def _mark(encoder: ModelInfo) -> str:
    record = pairing.records(encoder.path).get(NPU_ENCODER)
    return record.sha256[:16] if record else ""
