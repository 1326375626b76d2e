"""Kokoro's files and its session: found, verified, opened. Inside an engine process only (see kokoro.py)."""

from __future__ import annotations

import contextlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.core.placement import Device, Placement
from starling.models.contents import VOICE_SHAPE

MOST_THREADS = 4
_VOICE_SUFFIXES = (".bin", ".npz")
TOKENS = ("tokens", "input_ids")
"""What an export calls its input of phonemes."""
_LOG_ERRORS_ONLY = 3
_SEED_BITS = 31
_SPREAD = 2_654_435_761
"""Knuth's multiplier, a prime: neighbouring seeds land far apart and no two meet."""


def locate(config: Mapping[str, Any]) -> tuple[Path, Path]:
    """The verified .onnx file and voices file of a configuration; see :func:`starling.speech.tts.kokoro.create`.

    Raises:
        StarlingError: what ``models.verify`` finds; ``tts.bad_voices`` when the voices stand elsewhere.
    """
    from starling.models.verify import verified_paths

    given = Path(str(config["model"])).expanduser()
    folder = given.parent if given.suffix == ".onnx" else given
    files = list(verified_paths(folder).values())
    model = next((path for path in files if path.suffix == ".onnx"), None)
    voices = next((path for path in files if path.suffix in _VOICE_SUFFIXES), None)
    if model is None or voices is None:
        raise StarlingError(
            "tts.bad_model",
            f"{folder} holds no Kokoro model.",
            "Give a folder with Kokoro's .onnx file and its voices file.",
        )
    wanted = config.get("voices")
    if wanted and Path(str(wanted)).expanduser().resolve() != voices.resolve():
        raise _bad_voices(Path(str(wanted)), f"is not the voices file of {folder}")
    return model, voices


def read_voices(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read a voices file: npz of (510, 1, 256) float32, all finite, by voice name. Pickles are refused.

    Raises:
        StarlingError: ``tts.bad_voices``.
    """
    voices: dict[str, NDArray[np.float32]] = {}
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if not isinstance(loaded, np.lib.npyio.NpzFile):
                raise _bad_voices(path, "is not an archive of voices")
            for name in loaded.files:
                voices[name] = _checked(path, name, loaded[name])
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise _bad_voices(path, f"cannot be read ({error})") from error
    if not voices:
        raise _bad_voices(path, "has no voice in it")
    return voices


def voice_names(folder: Path) -> list[str]:
    """The names of the voices in a model's folder, from the archive's directory alone: nothing of it is loaded.

    Raises:
        StarlingError: ``tts.bad_voices``, and what `recognise` finds.
    """
    from starling.models.recognise import recognise

    path = next(folder / name for name in recognise(folder).files if name.endswith(_VOICE_SUFFIXES))
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile) as error:
        raise _bad_voices(path, f"cannot be read ({error})") from error


def open_session(model: Path, threads: int, seed: int, *, fixed_noise: bool = False, profile: str = "") -> Any:
    """An InferenceSession on the CPU, whose threads rest between calls.

    Args:
        model: the .onnx file.
        threads: 0 for the physical cores, four at most.
        seed: of the noise that the graph draws; 0 for noise that differs with every session.
        fixed_noise: every operator that draws noise gets a seed by its name, so that edited copies draw the same.
        profile: beginning of the path of a file where the session writes what each operator took; empty for none.

    Raises:
        StarlingError: what ``models.verify.load_failed`` says; ``tts.bad_model`` when its inputs are not Kokoro's;
            ``tts.not_editable`` with ``fixed_noise``.
    """
    import onnxruntime

    onnxruntime.set_seed(noise_seed(seed))
    options = session_options(threads)
    if profile:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    session = start_session(_with_seeds(model) if fixed_noise else model, options, model.parent)
    names = {given.name for given in session.get_inputs()}
    if not ({"style", "speed"} <= names and names & set(TOKENS)):
        raise StarlingError(
            "tts.bad_model",
            f"{model} is not a Kokoro model: it takes {', '.join(sorted(names)) or 'nothing'}.",
            "Give Kokoro's .onnx file, version 1.0 or later.",
        )
    return session


def session_options(threads: int) -> Any:
    """Options of a session on the CPU; ``threads`` as in :func:`open_session`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(physical_cores(), MOST_THREADS)
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    # Every clause has another length: an arena would keep the largest of each buffer, a pattern would never repeat.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = _LOG_ERRORS_ONLY
    # Spinning helps within a run; between runs it would burn a core while nothing is said.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    return options


def start_session(model: Path | bytes, options: Any, folder: Path) -> Any:
    """A session on the CPU of a file or of a graph in memory; ``folder`` is named where it cannot be loaded.

    Raises:
        StarlingError: what ``models.verify.load_failed`` says.
    """
    import onnxruntime

    from starling.models.verify import load_failed

    given = model if isinstance(model, bytes) else str(model)
    try:
        return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    except session_failures() as error:
        raise load_failed(folder, str(error)) from error


def _with_seeds(model: Path) -> bytes:
    from starling.speech.tts.graph import edits, store

    found = store.read_model(model)
    edits.write_seeds(found.graph)
    return found.encode()


def noise_seed(seed: int) -> int:
    """What ONNX Runtime is given for a chosen seed; something new for 0.

    Every Random* node without a seed of its own starts from this number plus the node's, in subgraphs too, so the same
    file sounds the same in every fresh session. Small numbers are spread: the generator (minstd) would begin with
    values close to 0 in every node.
    """
    if not seed:
        return secrets.randbits(_SEED_BITS)
    return seed * _SPREAD % (1 << _SEED_BITS)


def open_kokoro(session: Any, voices_path: str) -> tuple[Any, contextlib.ExitStack]:
    """kokoro-onnx around a session, and what keeps espeak's data reachable for it as long as it lives."""
    import espeakng_loader
    from kokoro_onnx import Kokoro
    from kokoro_onnx.config import EspeakConfig

    from starling.speech.tts.espeak_library import short_data_path

    held = contextlib.ExitStack()
    data_path = held.enter_context(short_data_path(str(espeakng_loader.get_data_path())))
    if getattr(session, "_model_path", None) is None:
        session._model_path = voices_path  # kokoro-onnx wants some file there; a graph in memory has none
    kokoro = Kokoro.from_session(session, voices_path, EspeakConfig(data_path=data_path))
    kokoro.voices.close()  # styles are handed over as arrays, read once and checked
    return kokoro, held


def session_failures() -> tuple[type[Exception], ...]:
    """What ONNX Runtime and kokoro-onnx raise; ONNX Runtime's exceptions have no common base but Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = (getattr(state, name) for name in dir(state))
    raised = [kind for kind in own if isinstance(kind, type) and issubclass(kind, Exception)]
    return (*raised, RuntimeError, ValueError, IndexError)


def made_place(model: Path) -> Path:
    """Where is kept what was made of this model's graph, see :func:`starling.speech.tts.graph.store.place`."""
    import onnxruntime

    from starling.speech.tts.graph import store

    return store.place(model.parent, onnxruntime=str(onnxruntime.__version__))


def placement(session: Any) -> Placement:
    """The CPU when the session has no other provider; unknown otherwise, until each node's place is known.

    A session of two parts knows it by itself.
    """
    own = getattr(session, "placement", None)
    if isinstance(own, Placement):
        return own
    providers = tuple(session.get_providers())
    device: Device = "cpu" if providers == ("CPUExecutionProvider",) else "unknown"
    return Placement(device, tuple(f"session provider {name}" for name in providers))


def versions() -> dict[str, str]:
    """Versions of the packages that speak."""
    import importlib.metadata  # here: its parsers take 3 MB, and a window only asks for the names of voices

    names = ("kokoro-onnx", "onnxruntime", "phonemizer", "espeakng-loader")
    found = {}
    for name in names:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _checked(path: Path, name: str, style: NDArray[Any]) -> NDArray[np.float32]:
    if style.shape != VOICE_SHAPE or style.dtype != np.float32:
        raise _bad_voices(path, f"has a voice {name!r} of {style.dtype} {style.shape}, not float32 {VOICE_SHAPE}")
    if not np.isfinite(style).all():
        raise _bad_voices(path, f"has a voice {name!r} with values that are no numbers")
    return style


def _bad_voices(path: Path, what: str) -> StarlingError:
    return StarlingError(
        "tts.bad_voices", f"{path} {what}.", "Put the voices file of the same Kokoro release beside the model."
    )


def physical_cores() -> int:
    """Of this machine, taking two threads a core where there are more than two."""
    logical = os.cpu_count() or 1
    return max(1, logical // 2) if logical > 2 else logical
