"""The encoder in ONNX Runtime with the Vitis AI provider. Runs in AMD's Python, with numpy and onnxruntime alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.child.worker import actionable
from starling.core.errors import StarlingError
from starling.core.foreign import one_line
from starling.core.placement import Placement
from starling.npu.vitisai import assignment
from starling.npu.vitisai.options import PROVIDER, REPORT

ENCODER = "starling.npu.vitisai.session:create"
FRAMES = 3000
_MELS = (80, 128)
_DTYPES: dict[str, type[np.floating[Any]]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
_REPORT_LIMIT = 64 << 20
_INSTALL = "Install AMD's Ryzen AI software, and start Starling again."


def create(config: Mapping[str, Any]) -> VitisEncoder:
    """Open a session; compiles the model when its cache is empty, which takes about fifteen minutes.

    Args:
        config: ``model`` (encoder_model.onnx) and ``options`` (of the provider, see :mod:`.options`).

    Raises:
        StarlingError: ``engine.cannot_load``, ``engine.vitisai_missing``, ``engine.vitisai_failed``,
            ``model.wrong_architecture``.
    """
    options = dict(config["options"])
    report = Report(Path(options["cache_dir"]), options["cache_key"])
    session, version = open_session(str(config["model"]), options)
    return VitisEncoder(session, version, report)


def open_session(model: str, options: dict[str, str]) -> tuple[Any, str]:
    """A session with the provider, and the version of ONNX Runtime. Raises as :func:`create`."""
    import onnxruntime

    if PROVIDER not in onnxruntime.get_available_providers():
        raise StarlingError(
            "engine.vitisai_missing",
            f"The ONNX Runtime {onnxruntime.__version__} of this Python has no {PROVIDER}.",
            f"{_INSTALL} The onnxruntime of PyPI does not have it.",
        )
    try:
        session = onnxruntime.InferenceSession(model, providers=[PROVIDER], provider_options=[options])
    except _refusals() as error:
        if actionable(error) is not None:  # memory ran out
            raise
        raise _failed(str(error)) from error
    return session, str(onnxruntime.__version__)


def _refusals() -> tuple[type[Exception], ...]:
    """What a session may raise; ONNX Runtime's own exceptions have no base of theirs."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    kinds = [kind for kind in vars(state).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    return (RuntimeError, ValueError, *kinds)


class VitisEncoder:
    """See ``speech.stt.base.Encoder``. Clips go through one by one: the shapes are fixed."""

    def __init__(self, session: Any, version: str, report: Report) -> None:
        self._session = session
        self._version = version
        self._input, self._mels, self._dtype = _only_input(session)
        self._output = _states_output(session)
        providers = tuple(str(name) for name in session.get_providers())
        self._placement = assignment.placement(providers, PROVIDER, *report.read())

    @property
    def mels(self) -> int:
        """Mel bands of the model's input."""
        return self._mels

    @property
    def placement(self) -> Placement:
        """By the session's providers and the provider's report of nodes."""
        return self._placement

    def encode(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        """(clips, mels, 3000) float32 to (clips, 1500, width) float32."""
        if mel.shape[1:] != (self._mels, FRAMES):
            raise StarlingError(
                "model.wrong_shape", f"The encoder takes ({self._mels}, {FRAMES}) features, not {mel.shape[1:]}."
            )
        clips = [self._run(np.ascontiguousarray(clip[np.newaxis])) for clip in mel]
        return np.concatenate(clips).astype(np.float32, copy=False)

    def describe(self) -> dict[str, Any]:
        """Versions and shapes."""
        return {"onnxruntime": self._version, "frames": FRAMES}

    def _run(self, clip: NDArray[np.float32]) -> NDArray[Any]:
        return np.asarray(self._session.run([self._output], {self._input: clip.astype(self._dtype, copy=False)})[0])


class Report:
    """The provider's report of a model, and whether this session wrote it."""

    def __init__(self, cache_dir: Path, cache_key: str) -> None:
        self._paths = (cache_dir / cache_key / REPORT, cache_dir / REPORT)
        self._before = [_stamp(path) for path in self._paths]

    def read(self) -> tuple[assignment.Assignment | None, str]:
        """The assignment and where it is from, or None and why."""
        for path, before in zip(self._paths, self._before, strict=True):
            stamp = _stamp(path)
            inside = path == self._paths[0]
            if stamp is None or (stamp == before and not inside):
                continue  # beside the model's own folder an old one may be another model's
            try:
                with path.open("rb") as file:
                    found = assignment.read(file.read(_REPORT_LIMIT).decode("utf-8", "replace"))
            except OSError as error:
                return None, f"{REPORT} cannot be read: {error.strerror}"
            if found is None:
                return None, f"{REPORT} is no report that is understood"
            return found, REPORT if stamp != before else f"{REPORT} of the compilation"
        return None, f"the provider wrote no {REPORT}"


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _states_output(session: Any) -> str:
    """By its shape: an export may have other outputs besides, in any order."""
    outputs = session.get_outputs()
    fitting = [one for one in outputs if len(one.shape) == 3 and list(one.shape)[:2] == [1, FRAMES // 2]]
    return str((fitting or outputs)[0].name)


def _only_input(session: Any) -> tuple[str, int, type[np.floating[Any]]]:
    inputs = session.get_inputs()
    shape = list(inputs[0].shape) if len(inputs) == 1 else []
    dtype = _DTYPES.get(str(inputs[0].type)) if len(shape) == 3 else None
    if dtype is None or shape[0] != 1 or shape[1] not in _MELS or shape[2] != FRAMES:
        shown = "; ".join(f"{one.name} {one.shape}" for one in inputs)
        raise StarlingError(
            "model.wrong_architecture",
            f"This is no Whisper encoder of fixed shape [1, 80 or 128, {FRAMES}]: its inputs are {shown}.",
            "Install AMD's own set for this NPU, for example whisper-small-npu.",
        )
    return str(inputs[0].name), int(shape[1]), dtype


def _failed(text: str) -> StarlingError:
    reason = one_line(text, 300).rstrip(".")
    fix = "Look at the output of `starling doctor`; a newer NPU driver or Ryzen AI software may help."
    if "no such option" in reason:
        fix = "This Ryzen AI software does not know the compiler's options: update it to 1.8 or newer."
    return StarlingError("engine.vitisai_failed", f"Vitis AI could not load the model: {reason}.", fix)
