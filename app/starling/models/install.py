"""Puts a model that the user has into Starling's models folder: converted or copied, with a card."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.archive import is_archive, unpacked
from starling.models.card import CARD_FILE, ModelCard
from starling.models.contents import check_contents, check_stays, pickled
from starling.models.convert import ENCODER_FILE, Progress, convert
from starling.models.hashing import folder_records
from starling.models.library import STARTER, info_of, models_dir
from starling.models.place import one_installer, require_folder
from starling.models.recognise import recognise
from starling.models.safetensors_files import INDEX_FILE, SINGLE_FILE
from starling.models.verify import verified_paths
from starling.models.writing import whole_folder

UNPACKING = ".unpacking"
_CHUNK = 1 << 20
_COPY_AGAIN = "Copy or download the model again."
_PICKLES = (".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".npy")
_MODEL_FILES = (".onnx", ".safetensors")
_NAMES = frozenset({"model.bin", "config.json", "tokenizer.json"})


def install(
    source: Path,
    name: str | None = None,
    *,
    short_context: bool = False,
    licence: str = "",
    keep_encoder: bool = False,
    on_progress: Progress | None = None,
    check: Callable[[], None] = lambda: None,
) -> ModelCard:
    """Install one model under a name.

    Args:
        source: a Hugging Face Whisper folder (converted to int8), a CTranslate2 Whisper folder or a Kokoro folder
            (copied); a file of such a folder; or one .zip or .tar archive of it.
        name: what people will type; also the folder's name. None for the source's own name.
        short_context: the weights were trained for less than 30 s of context; a card in the source says so itself.
        licence: SPDX identifier, if known.
        keep_encoder: of weights that are converted, keep the encoder's beside the result; see :func:`convert.convert`.
        on_progress: hears of every tensor, or of copied bytes, as a share 0..1.
        check: called between steps; what it raises ends the import and leaves nothing behind.

    Raises:
        StarlingError: ``model.bad_name``, ``model.busy``, or whatever is wrong with the source or with writing.
    """
    folder = _folder_of(source)
    name = _own_name(source) if name is None else name
    _check_name(name)
    with one_installer():
        require_folder()
        packed = unpacked(source, models_dir() / UNPACKING) if is_archive(folder) else nullcontext(folder)
        with packed as inner:
            return _install(inner, name, short_context, licence, keep_encoder, on_progress, check)


def _install(
    source: Path,
    name: str,
    short_context: bool,
    licence: str,
    keep_encoder: bool,
    on_progress: Progress | None,
    check: Callable[[], None],
) -> ModelCard:
    target = models_dir() / name

    def told(share: float) -> None:
        check()
        if on_progress:
            on_progress(share)

    if any((source / file).is_file() for file in (SINGLE_FILE, INDEX_FILE)):
        for path in source.glob("*.safetensors"):
            check_stays(source, path)
        for file in ("config.json", "generation_config.json", "tokenizer.json"):
            check_stays(source, source / file)
        return convert(
            source,
            target,
            short_context=short_context,
            licence=licence,
            keep_encoder=keep_encoder,
            on_progress=told,
        )
    card = _card_of(source, short_context, licence)
    with whole_folder(target, card.size_bytes) as part:
        _copy(source, part, card, told)
        card = replace(card, name=name, files=folder_records(part, card.files))
        card.write(part)
    return card


def _copy(source: Path, part: Path, card: ModelCard, told: Progress) -> None:
    done = 0
    for file in card.files:
        with (source / file).open("rb") as reader, (part / file).open("wb") as writer:
            while data := reader.read(_CHUNK):
                writer.write(data)
                done += len(data)
                told(min(1.0, done / max(1, card.size_bytes)))
            os.fsync(writer.fileno())


def _card_of(source: Path, short_context: bool, licence: str) -> ModelCard:
    """The source's own card after a check of its files, or a new one after a look into them."""
    if (source / CARD_FILE).is_file():
        card = ModelCard.read(source)
        _check_card(source, card)
        check_contents(source, card.files)
        verified_paths(source)
        # Only a download is held to the catalogue's hashes; anybody can write a card that says so.
        return replace(card, catalogue="", revision="", pinned_at="", pinned_here=())
    files = recognise(source).files
    check_contents(source, files)
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


def _check_card(source: Path, card: ModelCard) -> None:
    """A card names what a folder of its kind holds: all of it, and nothing else."""
    found = recognise(source)
    if found.kind != card.kind:
        raise StarlingError("model.wrong_kind", f"The card of {source} says {card.kind}; it holds {found.kind}.")
    for name in sorted(set(found.files) - set(card.files)):
        raise StarlingError("model.altered", f"{source / name} is not in the model's card.", _COPY_AGAIN)
    for name in sorted(set(card.files) - set(found.files) - {ENCODER_FILE}):
        if not (source / name).is_file():
            raise StarlingError("model.missing_file", f"{name} is missing from {source}.", _COPY_AGAIN)
        raise StarlingError(
            "model.unknown_file", f"{source / name} belongs to no model that Starling knows.", _COPY_AGAIN
        )


def _folder_of(source: Path) -> Path:
    """The folder of a model that was given by one of its files; an archive stays one."""
    if not source.is_file() or is_archive(source):
        return source
    if source.name in _NAMES or source.name.endswith((*_MODEL_FILES, INDEX_FILE)):
        return source.absolute().parent
    if source.suffix.lower() in _PICKLES:
        raise pickled(source)
    if source.suffix.lower() in (".bin", ".npz") and any(source.absolute().parent.glob("*.onnx")):
        return source.absolute().parent
    raise StarlingError(
        "model.not_a_model",
        f"{source} is no file of a model that Starling knows.",
        "Give its folder, or a .zip or .tar of it.",
    )


def _own_name(source: Path) -> str:
    if is_archive(source):
        return source.name.split(".tar")[0].removesuffix(".zip").removesuffix(".tgz")
    return _folder_of(source).resolve().name


def _check_name(name: str) -> None:
    bad = not name.strip() or name in (STARTER, "..") or name.startswith(".")
    if bad or any(sign in name for sign in '/\\:*?"<>|\0'):
        raise StarlingError(
            "model.bad_name", f"{name!r} cannot be a model's name.", "Use letters, digits, dots and dashes."
        )
