"""An encoder as an engine of its own, for a process under a Python that has no decoder: numpy alone is needed here.

Started through the worker's protocol with the factory :data:`FACTORY` and the configuration ``{"encoder":
"module:function", "config": {...}}``. Its one operation, ``encode``, takes the array ``mel`` (clips, mels, frames)
float32 and replies once, with the array ``states`` (clips, frames // 2, width) float32 and ``placement``.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.child.process import die_with_parent
from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.speech.stt.base import Encoder

FACTORY = "starling.speech.stt.encoder_engine:create"


def create(config: Mapping[str, Any]) -> EncoderEngine:
    """Make the encoder that ``config["encoder"]`` names, in a process that ends with the engine's."""
    die_with_parent()
    module, _, function = str(config["encoder"]).partition(":")
    return EncoderEngine(getattr(importlib.import_module(module), function)(config["config"]))


class EncoderEngine:
    """The encoder's side of the contract in ``core.engine_api``."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def describe(self) -> dict[str, Any]:
        """Mel bands, placement, versions."""
        return {**self._encoder.describe(), "mels": self._encoder.mels, "placement": _json(self._encoder.placement)}

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``encode``: see this module."""
        if op != "encode":
            raise StarlingError("engine.unknown_operation", f"An encoder cannot do {op!r}.")
        states = self._encoder.encode(arrays["mel"])
        yield Reply({"placement": _json(self._encoder.placement)}, {"states": np.asarray(states)})


def _json(placement: Placement) -> dict[str, Any]:
    return {"device": placement.device, "evidence": list(placement.evidence)}
