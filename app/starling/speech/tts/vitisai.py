"""The ``npu`` tier of speech: what Kokoro does before it knows durations in AMD's Vitis AI, the rest on the CPU.

The first load compiles that part once for each number of tokens. Ending the engine's process cancels it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.child.remote import RemoteEngine, RemoteSpec
from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.models.identity import model_hash
from starling.models.info import ModelInfo
from starling.models.library import info_of
from starling.npu.candidate import Candidate, Provider
from starling.npu.report import Npu
from starling.npu.sysroot import Sysroot
from starling.npu.vitisai import cache, part, requirements
from starling.npu.vitisai.options import PLAIN_CONFIG, config_text, provider_options
from starling.speech.tts.graph import edits, parts, store
from starling.speech.tts.graph.parts import Split
from starling.speech.tts.split_session import SplitSession

FACTORY = "starling.speech.tts.vitisai:create"
PROVIDER: Provider = "vitisai"
TIER = "npu"
LENGTHS = (64, 160)
"""Tokens that the NPU's part is compiled for: a short clause, and one of two lines; a longer one is the CPU's."""
COMPILE_DEADLINE_S = 2700.0
"""For all lengths together; AMD names a quarter of an hour for a Whisper encoder, which is larger than this part."""
LOAD_DEADLINE_S = 300.0


def candidate(npu: Npu, model: ModelInfo, seed: int = 0) -> Candidate:
    """This provider on this machine.

    Args:
        npu: what was found.
        model: the Kokoro model.
        seed: of the noise that it draws; 0 for none.
    """
    hindrance = requirements.hindrance(npu, "Kokoro", "Use the tier cpu.")
    tool = npu.vitisai
    if hindrance is not None or tool is None:
        why_not, fix = (hindrance.why_not, hindrance.fix) if hindrance else ("", "")
        return Candidate(PROVIDER, TIER, None, why_not, fix)
    root = Sysroot.current()
    compiled_for = requirements.compiled_for(npu, tool)
    home = cache.root()
    done = all(cache.is_compiled(home / _key(model_hash(model), model.name, n, compiled_for)) for n in LENGTHS)
    spec = EngineSpec(
        name=f"{TIER}:{PROVIDER}:{model.name}",
        tier=TIER,
        model=model.name,
        factory=FACTORY,
        config={
            "model": str(model.path),
            "name": model.name,
            "interpreter": str(root.path(tool.interpreter)),
            "env": requirements.environment(npu, tool, root),
            "cache": str(home),
            "versions": [list(pair) for pair in compiled_for],
            **({"seed": seed} if seed else {}),
        },
        load_deadline_s=LOAD_DEADLINE_S if done else COMPILE_DEADLINE_S,
        provider=PROVIDER,
    )
    bound = (*requirements.bound(npu, tool), ("parts", str(store.EDITS_VERSION)))
    return Candidate(PROVIDER, TIER, spec, versions=bound)


def create(config: Mapping[str, Any]) -> Any:
    """The engine.

    Args:
        config: that of :func:`starling.speech.tts.kokoro.create`, and ``interpreter``, ``env``,
            ``cache`` (a folder), ``versions`` (what a compiled part is bound to, as pairs).

    Raises:
        StarlingError: as Kokoro's; ``tts.not_editable``, ``tts.no_split``, ``tts.bad_part``; what Vitis AI tells;
            ``engine.not_on_npu`` when its provider put the part on the CPU.
    """
    from starling.speech.tts import kokoro, kokoro_files

    model, voices_path = kokoro_files.locate(config)
    voices = kokoro_files.read_voices(voices_path)
    split = parts.prepare(model, kokoro_files.made_place(model), LENGTHS)
    remote = _compiled(config, split, model_hash(info_of(model.parent)))  # after the first load told its hashes
    try:
        options = kokoro_files.session_options(int(config.get("threads") or 0))
        rest = _rest(config, split, options)
        any_length = kokoro_files.start_session(split.fixed(), options, model.parent)
        session = SplitSession(split, remote, any_length, rest)
        session.placement = remote.placement
        return kokoro.engine_around(
            session, config, model, voices_path, voices, tier=TIER, about={"provider": PROVIDER, **remote.about}
        )
    except BaseException:
        remote.close()
        raise


class RemotePart:
    """The part in AMD's Python; see :class:`starling.speech.tts.split_session.Part`.

    Attributes:
        about: what the engine tells of it.
    """

    def __init__(self, spec: RemoteSpec, lengths: Sequence[int]) -> None:
        self.lengths = tuple(lengths)
        self._engine = RemoteEngine(spec)
        placements = self._engine.about.get("placements", {})
        self._places = {length: Placement.from_json(placements[str(length)]) for length in self.lengths}
        self.placement = min(self._places.values(), key=lambda place: place.device == "npu")
        self.about = {
            "part_interpreter": spec.interpreter,
            "part_onnxruntime": str(self._engine.about.get("onnxruntime", "")),
        }

    def run(self, length: int, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """See :class:`starling.speech.tts.split_session.Part`. Raises StarlingError, also for what is no number."""
        data, arrays = self._engine.call("run", {"length": length}, dict(feeds))
        for name, array in arrays.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                what = f"The part of Kokoro on the NPU gave {name} with values that are no numbers."
                raise StarlingError("tts.bad_part", what, "Use --tts cpu.")
        self.placement = Placement.from_json(data["placement"])
        return arrays

    def close(self) -> None:
        """End its process."""
        self._engine.close()


def _compiled(config: Mapping[str, Any], split: Split, known_as: str) -> RemotePart:
    home, text = Path(str(config["cache"])), config_text(PLAIN_CONFIG)
    versions = [(str(name), str(value)) for name, value in config["versions"]]
    name = str(config.get("name") or split.folder.name)
    keys = {length: _key(known_as, name, length, versions) for length in LENGTHS}
    spec = RemoteSpec(f"{PROVIDER}:{name}", "part of Kokoro", part.FACTORY, {}, str(config["interpreter"]))
    spec = replace(spec, env=dict(config["env"]), silent_load=True)
    try:
        with ExitStack() as held:
            for length in LENGTHS:
                held.enter_context(cache.compiling(home / keys[length], f"{name} ({length} tokens)"))
            done = all(cache.is_compiled(home / key) for key in keys.values())
            settings = home / f"{keys[LENGTHS[0]]}.config.json"
            settings.write_text(text, encoding="utf-8")
            told = [
                {"length": n, "model": str(split.fixed(n)), "options": provider_options(settings, home, key)}
                for n, key in keys.items()
            ]
            deadline_s = LOAD_DEADLINE_S if done else COMPILE_DEADLINE_S
            remote = RemotePart(replace(spec, config={"parts": told}, load_deadline_s=deadline_s), LENGTHS)
    except StarlingError as error:
        if error.code == "engine.vitisai_failed":
            for key in keys.values():
                cache.forget(home / key)  # a damaged compiled part would be refused for ever
        raise
    for key in keys.values():
        cache.prune(home / key)
    if remote.placement.device == "cpu":
        remote.close()
        what = f"AMD's provider put its part of Kokoro on the CPU: {'; '.join(remote.placement.evidence)}."
        raise StarlingError("engine.not_on_npu", what, "Look at the NPU with `starling doctor`.")
    return remote


def _rest(config: Mapping[str, Any], split: Split, options: Any) -> Any:
    import onnxruntime

    from starling.speech.tts import kokoro_files

    onnxruntime.set_seed(kokoro_files.noise_seed(int(config.get("seed") or 0)))
    rest: Path | bytes = split.rest
    if config.get("fixed_noise"):
        model = store.read_model(split.rest)
        edits.write_seeds(model.graph)
        rest = model.encode()
    return kokoro_files.start_session(rest, options, split.folder)


def _key(model: str, name: str, length: int, versions: Sequence[tuple[str, str]]) -> str:
    hashes = {"kokoro": model, "tokens": str(length), "edits": str(store.EDITS_VERSION)}
    return cache.key(f"{name}-{length}", hashes, config_text(PLAIN_CONFIG), versions)
