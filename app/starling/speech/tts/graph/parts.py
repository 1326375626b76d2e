"""Kokoro's two parts as files: made once, below the cache, by the engine process that needs them.

``fixed.onnx`` takes any number of tokens, ``fixed-N.onnx`` exactly N: a compiler for an NPU needs one for each length.
``rest.onnx`` is what the CPU does. ``parts.json`` says which axes of what goes between them grow with the tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.models.writing import whole_folder
from starling.speech.tts import kokoro_files
from starling.speech.tts.graph import edits, split, store
from starling.speech.tts.graph.model import Model

FOLDER = "parts"
TOLD = "parts.json"
_PROBES = (6, 11)
"""Numbers of tokens whose shapes are compared."""
_TOKEN = 1
_KINDS = {
    "tensor(float)": 1,
    "tensor(int32)": 6,
    "tensor(int64)": 7,
    "tensor(bool)": 9,
    "tensor(float16)": 10,
    "tensor(double)": 11,
}
_DTYPES = {1: np.float32, 6: np.int32, 7: np.int64, 10: np.float16, 11: np.float64}


@dataclass(frozen=True)
class Growth:
    """A tensor's shape for n tokens: each axis is ``base + per_token * n``."""

    kind: int
    axes: tuple[tuple[int, int], ...]

    def shape(self, tokens: int) -> tuple[int, ...]:
        """For so many tokens."""
        return tuple(base + per_token * tokens for base, per_token in self.axes)

    @property
    def open_shape(self) -> tuple[int | None, ...]:
        """None where it grows."""
        return tuple(None if per_token else base for base, per_token in self.axes)


@dataclass(frozen=True)
class Declared:
    """An input or output, as ONNX Runtime tells it."""

    name: str
    type: str
    shape: tuple[int | str | None, ...]


@dataclass(frozen=True)
class Whole:
    """What a whole model says of itself; its session is not kept, which would hold the weights a second time."""

    inputs: tuple[Declared, ...]
    outputs: tuple[Declared, ...]
    custom_metadata_map: dict[str, str]


@dataclass(frozen=True)
class Split:
    """The parts of a model on disk.

    Attributes:
        folder: of the files.
        whole: the model that they come from.
        tokens: name of the input of tokens.
        inputs: of the fixed part.
        cut: what goes between the parts, with its shape.
        nodes: of the fixed part, and of both.
    """

    folder: Path
    whole: Whole
    tokens: str
    inputs: tuple[str, ...]
    cut: dict[str, Growth]
    nodes: tuple[int, int]

    def fixed(self, tokens: int = 0) -> Path:
        """The part for so many tokens; 0 for any number."""
        return self.folder / (f"fixed-{tokens}.onnx" if tokens else "fixed.onnx")

    @property
    def rest(self) -> Path:
        """The part that only the CPU can run."""
        return self.folder / "rest.onnx"

    def trimmed(self, arrays: Mapping[str, NDArray[Any]], tokens: int) -> dict[str, NDArray[Any]]:
        """What the fixed part gave for a padded input, without what belongs to the padding.

        Raises:
            StarlingError: ``tts.bad_part`` for another shape than was promised.
        """
        found = {}
        for name, growth in self.cut.items():
            wanted, array = growth.shape(tokens), arrays.get(name)
            if not wanted and array is not None and array.size == 1:
                array = array.reshape(())  # a pipe between processes makes a vector of one of a number
            if array is None or array.ndim != len(wanted) or any(map(int.__lt__, array.shape, wanted)):
                what = f"The part of fixed shape gave no {name} of {wanted}."
                raise StarlingError("tts.bad_part", what, "Use --tts cpu.")
            found[name] = np.ascontiguousarray(array[tuple(map(slice, wanted))]).reshape(wanted)
        return found


def prepare(model: Path, place: Path, lengths: Sequence[int]) -> Split:
    """The parts of a model, made if they are not there.

    Args:
        model: the installed .onnx file; it is only read.
        place: of :func:`starling.speech.tts.graph.store.place`.
        lengths: numbers of tokens that the fixed part is made for.

    Raises:
        StarlingError: ``tts.not_editable``, ``tts.no_split``; the cache cannot be written.
    """
    folder = place / f"{FOLDER}-{'-'.join(map(str, lengths))}"
    if not (folder / TOLD).is_file():
        whole = store.read_model(model)
        with whole_folder(folder, 3 * model.stat().st_size) as part:
            _make(whole, model, part, lengths)
    return load(folder)


def load(folder: Path) -> Split:
    """Parts that were made. Raises StarlingError ``tts.bad_part`` when their description is damaged."""
    try:
        told = json.loads((folder / TOLD).read_bytes())
        cut = {
            str(name): Growth(int(kind), tuple((int(base), int(grows)) for base, grows in axes))
            for name, (kind, axes) in told["cut"].items()
        }
        fixed, both = told["nodes"]
        inputs, nodes = tuple(map(str, told["inputs"])), (int(fixed), int(both))
        return Split(folder, _whole(told["whole"]), str(told["tokens"]), inputs, cut, nodes)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StarlingError("tts.bad_part", f"{folder / TOLD} is damaged.", f"Delete the folder {folder}.") from error


def _make(whole: Model, path: Path, folder: Path, lengths: Sequence[int]) -> None:
    edits.lift_constants(whole.graph)
    parts = split.split(whole)
    if parts is None:
        raise StarlingError(
            "tts.no_split", f"{path} has no part whose shapes are known before it runs.", "Use --tts cpu."
        )
    fixed = folder / "fixed.onnx"
    store.write_model(fixed, parts.fixed)
    session = kokoro_files.start_session(fixed, kokoro_files.session_options(1), path.parent)
    tokens = next((given.name for given in session.get_inputs() if given.name in kokoro_files.TOKENS), "")
    given, cut = _grown(session, tokens)
    for length in lengths if tokens else ():
        split.declare(parts.fixed.graph.inputs, {name: (one.kind, one.shape(length)) for name, one in given.items()})
        split.declare(parts.fixed.graph.outputs, {name: (one.kind, one.shape(length)) for name, one in cut.items()})
        store.write_model(folder / f"fixed-{length}.onnx", parts.fixed)
    split.declare(parts.rest.graph.inputs, {name: (one.kind, one.open_shape) for name, one in cut.items()})
    store.write_model(folder / "rest.onnx", parts.rest)
    told = {
        "whole": _told(kokoro_files.open_session(path, 1, 0)),
        "tokens": tokens,
        "inputs": list(given),
        "cut": {name: (one.kind, one.axes) for name, one in cut.items()},
        "nodes": parts.nodes,
    }
    (folder / TOLD).write_text(json.dumps(told), encoding="utf-8")


def _told(session: Any) -> dict[str, Any]:
    declared = {
        key: [[one.name, one.type, list(one.shape)] for one in found]
        for key, found in (("inputs", session.get_inputs()), ("outputs", session.get_outputs()))
    }
    return {**declared, "metadata": dict(session.get_modelmeta().custom_metadata_map)}


def _whole(told: Mapping[str, Any]) -> Whole:
    inputs, outputs = (
        tuple(Declared(str(name), str(kind), tuple(shape)) for name, kind, shape in told[key])
        for key in ("inputs", "outputs")
    )
    return Whole(inputs, outputs, {str(name): str(text) for name, text in told["metadata"].items()})


def _grown(session: Any, tokens: str) -> tuple[dict[str, Growth], dict[str, Growth]]:
    """How the shapes of inputs and outputs grow, from two runs."""
    outputs = session.get_outputs()
    kinds = {one.name: _KINDS.get(one.type, 1) for one in [*session.get_inputs(), *outputs]}
    shapes: list[dict[str, tuple[int, ...]]] = []
    for count in _PROBES:
        feeds = {one.name: _probe(one, tokens, count) for one in session.get_inputs()}
        arrays = session.run([one.name for one in outputs], feeds)
        found = {one.name: np.shape(array) for one, array in zip(outputs, arrays, strict=True)}
        shapes.append({name: feed.shape for name, feed in feeds.items()} | found)
    growths = {name: Growth(kinds[name], _axes(shapes[0][name], shapes[1][name])) for name in shapes[0]}
    own = {one.name for one in session.get_inputs()}
    return (
        {name: one for name, one in growths.items() if name in own},
        {name: one for name, one in growths.items() if name not in own},
    )


def _axes(small: Sequence[int], large: Sequence[int]) -> tuple[tuple[int, int], ...]:
    step = _PROBES[1] - _PROBES[0]
    found = []
    for before, after in zip(small, large, strict=True):
        per_token, left = divmod(after - before, step)
        if left:
            raise StarlingError("tts.no_split", "A shape does not grow evenly with the tokens.", "Use --tts cpu.")
        found.append((before - per_token * _PROBES[0], per_token))
    return tuple(found)


def _probe(given: Any, tokens: str, count: int) -> NDArray[Any]:
    dtype = _DTYPES.get(_KINDS.get(given.type, 1), np.float32)
    if given.name == tokens:
        return np.full((1, count), _TOKEN, dtype)
    return np.ones([size if isinstance(size, int) else 1 for size in given.shape], dtype)
