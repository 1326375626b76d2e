"""What tells two models apart, without reading their weights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from starling.core.errors import StarlingError
from starling.models.card import ModelCard
from starling.models.info import ModelInfo
from starling.models.pins import read_pins


def model_hash(model: ModelInfo) -> str:
    """Sixteen hexadecimal digits from the hashes of the model's files.

    They come from its card, or from the pins of its first load. A folder that has neither yet is told by the names,
    sizes and times of its files: its first load then looks like a change, which costs one more proof.
    """
    digest = hashlib.sha256()
    for line in _lines(model):
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()[:16]


def _lines(model: ModelInfo) -> Iterable[str]:
    try:
        files = ModelCard.read(model.path).files
    except (OSError, StarlingError):
        files = {}
    try:
        files = files or read_pins(model.path) or {}
    except StarlingError:
        files = {}
    if files:
        return sorted(f"{name} {record.sha256}" for name, record in files.items())
    return sorted(_told_by_system(model))


def _told_by_system(model: ModelInfo) -> Iterable[str]:
    try:
        for path in model.path.iterdir():
            found = path.stat()
            yield f"{path.name} {found.st_size} {found.st_mtime_ns}"
    except OSError:
        yield str(model.path)
