"""What a ladder needs to know about a model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starling.models.card import Kind


@dataclass(frozen=True)
class ModelInfo:
    """One model folder.

    Attributes:
        name: what people type.
        kind: ``whisper-ct2``, ``whisper-onnx-npu`` or ``kokoro``.
        path: its folder.
        short_context: may be given less than 30 s of context.
        multilingual: more than English.
        starter: ships for demonstration; used only when named.
        size_bytes: of its files together.
    """

    name: str
    kind: Kind
    path: Path
    short_context: bool
    multilingual: bool
    starter: bool
    size_bytes: int


def largest(models: Iterable[ModelInfo], kind: Kind) -> ModelInfo | None:
    """The largest model of a kind, never the starter; of equals the first by name."""
    fitting = [model for model in models if model.kind == kind and not model.starter]
    return min(fitting, key=lambda model: (-model.size_bytes, model.name), default=None)
