"""Puts a model that the user has into Starling's models folder: converted or copied, with a card."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE, ModelCard
from starling.models.convert import Progress, convert
from starling.models.hashing import folder_records
from starling.models.library import STARTER, info_of, models_dir
from starling.models.recognise import recognise
from starling.models.safetensors_files import INDEX_FILE, SINGLE_FILE
from starling.models.verify import verified_paths
from starling.models.writing import whole_folder


def install(
    source: Path, name: str, *, short_context: bool = False, licence: str = "", on_progress: Progress | None = None
) -> ModelCard:
    """Install one model under a name.

    Args:
        source: a Hugging Face Whisper folder (converted to int8), a CTranslate2 Whisper folder or a Kokoro folder
            (copied).
        name: what people will type; also the folder's name.
        short_context: the weights were trained for less than 30 s of context; a card in the source says so itself.
        licence: SPDX identifier, if known.
        on_progress: hears of every tensor or file.

    Raises:
        StarlingError: ``model.bad_name``, or whatever is wrong with the source or with writing.
    """
    if (
        not name.strip()
        or name in (STARTER, "..")
        or name.startswith(".")
        or any(sign in name for sign in '/\\:*?"<>|')
    ):
        raise StarlingError(
            "model.bad_name", f"{name!r} cannot be a model's name.", "Use letters, digits, dots and dashes."
        )
    target = models_dir() / name
    if any((source / file).is_file() for file in (SINGLE_FILE, INDEX_FILE)):
        return convert(source, target, short_context=short_context, licence=licence, on_progress=on_progress)
    card = _card_of(source, short_context, licence)
    with whole_folder(target, card.size_bytes) as part:
        for done, file in enumerate(card.files, 1):
            shutil.copyfile(source / file, part / file)
            if on_progress:
                on_progress(done / len(card.files))
        card = replace(card, name=name, files=folder_records(part, card.files))
        card.write(part)
    return card


def _card_of(source: Path, short_context: bool, licence: str) -> ModelCard:
    """The source's own card after a check of its files, or a new one."""
    if (source / CARD_FILE).is_file():
        verified_paths(source)
        return ModelCard.read(source)
    files = recognise(source).files
    info = info_of(source)
    return ModelCard(
        name=info.name,
        kind=info.kind,
        short_context=short_context,
        multilingual=info.multilingual,
        licence=licence,
        origin=f"copied from {info.path.name}",
        files=folder_records(source, files),
    )
