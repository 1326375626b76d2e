"""Which encoder for an NPU belongs to a Whisper: by what the catalogue says of the same weights, never by names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models import catalogue, library
from starling.models.card import FileRecord, ModelCard
from starling.models.info import ModelInfo
from starling.models.pins import read_pins

WEIGHTS = "model.bin"
ENCODER_KIND = "whisper-onnx-npu"


def records(folder: Path) -> Mapping[str, FileRecord]:
    """The hashes a model is held to; empty when it has none yet, or they cannot be read."""
    try:
        return ModelCard.read(folder).files
    except (FileNotFoundError, NotADirectoryError):
        pass
    except StarlingError:
        return {}
    try:
        return read_pins(folder) or {}
    except StarlingError:
        return {}


def identity(model: ModelInfo, offered: catalogue.Catalogue) -> str:
    """The catalogue's entry that a model is, by its card or by the hash of its weights; empty when it is none."""
    if entry := _entry_of_card(model.path, offered):
        return entry.id
    weights = records(model.path).get(WEIGHTS)
    if weights is None:
        return ""
    for entry in offered.entries:
        if any(file.name == WEIGHTS and file.sha256 == weights.sha256 for file in entry.files if file.sha256):
            return entry.id
    return ""


def encoders_for(model: ModelInfo, offered: catalogue.Catalogue | None = None) -> tuple[str, ...]:
    """The ids of the encoders that the catalogue has for a Whisper; empty when it has none."""
    offered = offered or catalogue.load()
    name = identity(model, offered)
    return tuple(entry.id for entry in offered.entries if name and name in entry.decoders)


def installed_encoder(model: ModelInfo, offered: catalogue.Catalogue | None = None) -> ModelInfo | None:
    """The encoder for a Whisper that is installed from the catalogue."""
    offered = offered or catalogue.load()
    wanted = encoders_for(model, offered)
    for found in library.installed() if wanted else ():
        if found.kind == ENCODER_KIND and (entry := _entry_of_card(found.path, offered)) and entry.id in wanted:
            return found
    return None


def _entry_of_card(folder: Path, offered: catalogue.Catalogue) -> catalogue.Entry | None:
    try:
        return offered.find(ModelCard.read(folder).catalogue)
    except (FileNotFoundError, NotADirectoryError, StarlingError):
        return None
