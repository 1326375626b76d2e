"""Which models are there: the starter that ships with Starling, and the folders below :func:`models_dir`."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.models.card import Kind, ModelCard
from starling.models.info import ModelInfo
from starling.models.place import models_dir, require_folder
from starling.models.recognise import Recognised, recognise
from starling.models.tokenizer_files import MULTILINGUAL_MARK

STARTER = "starter"

_WORDS: dict[Kind, str] = {
    "whisper-ct2": "a speech recogniser (Whisper)",
    "whisper-onnx-npu": "an encoder for an NPU (Whisper)",
    "kokoro": "a voice model (Kokoro)",
}


@dataclass(frozen=True)
class Library:
    """What a look at the models folder found: usable models, and what is wrong with the other folders.

    Attributes:
        models: usable ones.
        faults: everything that is wrong.
        faulty: the folders that something is wrong with.
        usable: the folders of the models, in the same order; a link's own name where a model's path is resolved.
    """

    models: tuple[ModelInfo, ...]
    faults: tuple[StarlingError, ...]
    faulty: tuple[tuple[Path, StarlingError], ...] = ()
    usable: tuple[Path, ...] = ()


__all__ = ["STARTER", "Library", "find", "info_of", "installed", "models_dir", "scan", "starter"]


def scan() -> Library:
    """Look at every installed folder; reads cards and names, never weights."""
    models: list[ModelInfo] = []
    usable: list[Path] = []
    faulty: list[tuple[Path, StarlingError]] = []
    for folder in _folders():
        try:
            models.append(info_of(folder))
            usable.append(folder)
        except StarlingError as fault:
            faulty.append((folder, fault))
    faults = [fault for _, fault in faulty]
    try:
        require_folder()
    except StarlingError as fault:
        faults.append(fault)
    return Library(tuple(models), tuple(faults), tuple(faulty), tuple(usable))


def installed() -> list[ModelInfo]:
    """The usable installed models by name, without the starter that ships with Starling."""
    return list(scan().models)


def starter() -> ModelInfo:
    """The model that ships with Starling."""
    return info_of(shipped("resources", STARTER))


def find(name_or_path: str, kind: Kind) -> ModelInfo:
    """A model by its name, ``starter``, or the path of its folder.

    Raises:
        StarlingError: ``model.unknown``, ``model.wrong_kind``, or what is wrong with the folder.
    """
    model = _by_name(name_or_path) or _by_path(name_or_path)
    if model is None:
        raise _unknown(name_or_path, kind)
    if model.kind != kind:
        raise StarlingError(
            "model.wrong_kind", f"{model.name} is {_WORDS[model.kind]}.", f"Name {_WORDS[kind]} instead."
        )
    return model


def info_of(folder: Path) -> ModelInfo:
    """What one folder holds, by its card or else by its files.

    Raises:
        StarlingError: what is wrong with it.
    """
    try:
        card = ModelCard.read(folder)
    except (FileNotFoundError, NotADirectoryError):
        return _without_card(folder, recognise(folder))
    return ModelInfo(card.name, card.kind, folder, card.short_context, card.multilingual, card.starter, card.size_bytes)


def _folders() -> list[Path]:
    try:
        return sorted(path for path in models_dir().iterdir() if path.is_dir() and not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise StarlingError("model.unreadable", f"{models_dir()} cannot be read: {error.strerror}.") from None


def _by_name(name: str) -> ModelInfo | None:
    if name == STARTER:
        return starter()
    for model in installed():
        if name in (model.name, model.path.name):
            return model
    return None


def _by_path(text: str) -> ModelInfo | None:
    """The folder of that path, or the installed folder of that name that :func:`scan` found fault with."""
    if not text.strip():
        return None
    path = Path(text).expanduser()
    fault = models_dir() / text
    if path.exists():
        return info_of(path)
    if path.name == text and fault.is_dir():
        return info_of(fault)
    return None


def _unknown(text: str, kind: Kind) -> StarlingError:
    if Path(text).name != text:
        return StarlingError("model.unknown", f"There is no folder {text}.", "Give the folder of a model.")
    names = sorted(model.name for model in installed() if model.kind == kind)
    names += [STARTER] if kind == "whisper-ct2" else []
    near = difflib.get_close_matches(text, names, n=3)
    if near:
        fix = f"Did you mean {' or '.join(near)}?"
    elif names:
        fix = f"There are: {', '.join(names)}. A folder can also be given by its path."
    else:
        fix = "None is installed; give the path of a model's folder."
    return StarlingError("model.unknown", f"No model is called {text!r}.", fix)


def _without_card(folder: Path, recognised: Recognised) -> ModelInfo:
    resolved = folder.resolve()
    multilingual = recognised.kind == "whisper-ct2" and MULTILINGUAL_MARK in _vocabulary(folder, recognised)
    size = sum((folder / name).stat().st_size for name in recognised.files)
    return ModelInfo(resolved.name, recognised.kind, resolved, False, multilingual, False, size)


def _vocabulary(folder: Path, recognised: Recognised) -> list[str]:
    name = next(name for name in recognised.files if name.startswith("vocabulary."))
    try:
        text = (folder / name).read_text(encoding="utf-8")
        return list(json.loads(text)) if name.endswith(".json") else text.split("\n")[:-1]
    except (OSError, ValueError, TypeError):
        raise StarlingError(
            "model.altered", f"{folder / name} cannot be read as a vocabulary.", "Copy or download the model again."
        ) from None
