"""A part of a model with fixed shapes in ONNX Runtime with the Vitis AI provider, as an engine of its own.

Runs in AMD's Python, with numpy and onnxruntime alone, in a process that ends with the one that started it. Its one
operation, ``run``, takes ``{"length": n}`` and the inputs as arrays, and replies once with the outputs and
``placement``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.child.process import die_with_parent
from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.npu.vitisai import assignment
from starling.npu.vitisai.options import PROVIDER
from starling.npu.vitisai.session import Report, open_session

FACTORY = "starling.npu.vitisai.part:create"


@dataclass(frozen=True)
class _Loaded:
    session: Any
    placement: Placement


def create(config: Mapping[str, Any]) -> PartEngine:
    """Open one session for each length; compiles where a cache is empty, which takes minutes.

    Args:
        config: ``parts``, each with ``length``, ``model`` (a file) and ``options`` (of the provider).

    Raises:
        StarlingError: as :func:`starling.npu.vitisai.session.create`.
    """
    die_with_parent()
    return PartEngine(config["parts"])


class PartEngine:
    """See this module."""

    def __init__(self, parts: Sequence[Mapping[str, Any]]) -> None:
        self._loaded: dict[int, _Loaded] = {}
        self._version = ""
        for part in parts:
            options = dict(part["options"])
            report = Report(Path(options["cache_dir"]), options["cache_key"])
            session, self._version = open_session(str(part["model"]), options)
            providers = tuple(str(name) for name in session.get_providers())
            placement = assignment.placement(providers, PROVIDER, *report.read())
            self._loaded[int(part["length"])] = _Loaded(session, placement)

    def describe(self) -> dict[str, Any]:
        """Version and, for each length, the placement."""
        placements = {str(length): _json(one.placement) for length, one in self._loaded.items()}
        return {"onnxruntime": self._version, "placements": placements}

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``run``: see this module."""
        one = self._loaded.get(int(args.get("length", 0)))
        if op != "run" or one is None:
            raise StarlingError("engine.unknown_operation", f"This part cannot do {op!r} with {dict(args)}.")
        names = [output.name for output in one.session.get_outputs()]
        found = one.session.run(names, {name: np.ascontiguousarray(array) for name, array in arrays.items()})
        outputs = {name: np.asarray(array) for name, array in zip(names, found, strict=True)}
        yield Reply({"placement": _json(one.placement)}, outputs)


def _json(placement: Placement) -> dict[str, Any]:
    return {"device": placement.device, "evidence": list(placement.evidence)}
