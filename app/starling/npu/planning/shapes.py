"""The sizes of Whisper's encoders."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from starling.core.errors import StarlingError

BUCKETS = (128, 192, 256, 384, 512, 768, 1024, 1536)
"""Positions of the static shapes: a clip is computed in the smallest one that holds it."""
HEAD = 64
"""Values of a head, in every Whisper."""
TAPS = 3
"""Of both convolutions."""


@dataclass(frozen=True)
class ModelShape:
    """One encoder.

    Attributes:
        name: as people call it.
        positions: the most that a clip has; 1500 are 30 s.
        short_context: whether clips may be computed in smaller buckets.
    """

    name: str
    width: int
    heads: int
    inner: int
    layers: int
    mels: int
    positions: int = 1500
    short_context: bool = False

    @property
    def buckets(self) -> tuple[int, ...]:
        """The static shapes that it is used with."""
        last = bucket_for(self.positions)
        return tuple(bucket for bucket in BUCKETS if bucket <= last) if self.short_context else (last,)

    def flops(self, positions: int) -> int:
        """Multiplications and additions of all products for so many positions."""
        layer = 2 * positions * (4 * self.width**2 + 2 * self.width * self.inner + 2 * positions * self.width)
        front = 2 * TAPS * (2 * positions * self.mels * self.width + positions * self.width**2)
        return self.layers * layer + front

    def to_json(self) -> dict[str, object]:
        """For a manifest."""
        return asdict(self)


def _whisper(name: str, width: int, layers: int, mels: int = 80) -> ModelShape:
    return ModelShape(name, width, width // HEAD, 4 * width, layers, mels)


KNOWN: dict[str, ModelShape] = {
    shape.name: shape
    for shape in (
        ModelShape("starter", 256, 4, 1024, 6, 80, short_context=True),
        _whisper("tiny", 384, 4),
        _whisper("base", 512, 6),
        _whisper("small", 768, 12),
        _whisper("medium", 1024, 24),
        _whisper("large-v2", 1280, 32),
        _whisper("large-v3", 1280, 32, 128),
        _whisper("large-v3-turbo", 1280, 32, 128),
    )
}
"""From the models' own config.json (openai/whisper-* on Hugging Face; the starter's ships with Starling)."""


def bucket_for(positions: int) -> int:
    """The smallest bucket that holds so many positions.

    Raises:
        StarlingError: ``npu.model_shape``.
    """
    for bucket in BUCKETS:
        if 0 < positions <= bucket:
            return bucket
    raise StarlingError(
        "npu.model_shape", f"{positions} positions fit no static shape; 1 to {BUCKETS[-1]} do.", "Use another model."
    )


def of_file(name: str, path: Path, short_context: bool = False) -> ModelShape:
    """Of an installed model's ``encoder.safetensors``.

    Raises:
        StarlingError: ``model.bad_config`` and whatever else is wrong with the file.
    """
    from starling.models.safetensors_files import SafetensorsFile
    from starling.npu.xrt.encoder_weights import EncoderShape

    told = EncoderShape.of(SafetensorsFile(path))
    return ModelShape(
        name, told.width, told.heads, told.inner, told.layers, told.mels, told.positions, short_context=short_context
    )
