"""Hash before load: flipped bytes in a model load silently, so nothing unverified reaches a library.

A folder with a card is held to its card. A folder without one is held to what it was at its first load.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE, FileRecord, ModelCard
from starling.models.hashing import file_record
from starling.models.pins import forget_pins, pin_path, read_pins, write_pins
from starling.models.recognise import recognise

_COPY_AGAIN = "Install or copy the model again."

OnRead = Callable[[int], None]
"""Called with the bytes hashed so far, of all files."""


def verified_files(folder: Path) -> dict[str, bytes]:
    """Every file of a model, by name: exactly the bytes that were hashed, so nothing is read twice.

    Raises:
        StarlingError: ``model.missing_file``, ``model.truncated``, ``model.altered``, ``model.unreadable``,
            ``model.not_a_model`` and the other findings of `recognise` and `ModelCard.read`.
    """
    names, expected = _expected(folder)
    contents: dict[str, bytes] = {}
    for name in names:
        data = _read(_checked_path(folder, name, expected))
        if expected:
            _compare(folder, name, FileRecord(hashlib.sha256(data).hexdigest(), len(data)), expected)
        contents[name] = data
    if expected is None:
        write_pins(
            folder, {name: FileRecord(hashlib.sha256(data).hexdigest(), len(data)) for name, data in contents.items()}
        )
    return contents


def verified_paths(folder: Path, on_read: OnRead | None = None) -> dict[str, Path]:
    """Every file of a model, by name, hashed in a stream: for libraries that open files themselves.

    Raises:
        StarlingError: as `verified_files`.
    """
    names, expected = _expected(folder)
    paths: dict[str, Path] = {}
    records: dict[str, FileRecord] = {}
    for name in names:
        paths[name] = _checked_path(folder, name, expected)
        before = sum(record.size for record in records.values())
        try:
            records[name] = file_record(paths[name], _beyond(before, on_read))
        except OSError as error:
            raise _unreadable(paths[name], error) from None
        if expected:
            _compare(folder, name, records[name], expected)
    if expected is None:
        write_pins(folder, records)
    return paths


def _beyond(before: int, on_read: OnRead | None) -> OnRead | None:
    return None if on_read is None else lambda count: on_read(before + count)


def load_failed(folder: Path, detail: str) -> StarlingError:
    """The error to raise when a library refuses a verified model.

    A folder without a card was pinned as it was, broken; its pins are forgotten, so that a good copy is welcome.

    Args:
        folder: the model.
        detail: the library's own message.
    """
    if not (folder / CARD_FILE).is_file():
        forget_pins(folder)
    reason = detail.strip().rstrip(".")
    if "incomplete" in detail or "payload size" in detail:
        return StarlingError("model.truncated", f"The model in {folder} breaks off ({reason}).", _COPY_AGAIN)
    return StarlingError("model.not_loadable", f"The model in {folder} cannot be loaded ({reason}).", _COPY_AGAIN)


def _expected(folder: Path) -> tuple[tuple[str, ...], Mapping[str, FileRecord] | None]:
    """The files to load and what they have to be; None for a folder that is loaded for the first time."""
    try:
        card = ModelCard.read(folder)
    except (FileNotFoundError, NotADirectoryError):
        names = recognise(folder).files
        pins = read_pins(folder)
        if pins is not None:
            _check_names(folder, names, pins)
        return names, pins
    return tuple(sorted(card.files)), card.files


def _check_names(folder: Path, names: tuple[str, ...], pins: Mapping[str, FileRecord]) -> None:
    for name in sorted(set(pins) - set(names)):
        raise _missing(folder, name)
    for name in sorted(set(names) - set(pins)):
        raise _altered(folder, name, "was added")


def _checked_path(folder: Path, name: str, expected: Mapping[str, FileRecord] | None) -> Path:
    """The file's path, after a look at its kind and size that spares hashing what cannot be right."""
    path = folder / name
    try:
        status = path.stat()
        escaped = (folder / CARD_FILE).is_file() and not path.resolve().is_relative_to(folder.resolve())
    except FileNotFoundError:
        raise _missing(folder, name) from None
    except (OSError, RuntimeError) as error:
        raise _unreadable(path, error) from None
    if escaped or not stat.S_ISREG(status.st_mode):
        raise StarlingError("model.altered", f"{path} is not a file of this folder.", _COPY_AGAIN)
    if expected and status.st_size < expected[name].size:
        raise StarlingError(
            "model.truncated",
            f"{path} is truncated: {status.st_size} of {expected[name].size} bytes.",
            _COPY_AGAIN,
        )
    if expected and status.st_size > expected[name].size:
        raise _altered(folder, name, "has grown")
    return path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _compare(folder: Path, name: str, record: FileRecord, expected: Mapping[str, FileRecord]) -> None:
    if record != expected[name]:
        raise _altered(folder, name, "was altered")


def _missing(folder: Path, name: str) -> StarlingError:
    return StarlingError("model.missing_file", f"{name} is missing from {folder}.", _COPY_AGAIN)


def _altered(folder: Path, name: str, what: str) -> StarlingError:
    if (folder / CARD_FILE).is_file():
        return StarlingError("model.altered", f"{folder / name} {what} since it was installed.", _COPY_AGAIN)
    return StarlingError(
        "model.altered",
        f"{folder / name} {what} since it was first used.",
        f"Restore it, or forget its pin to accept it as it is: delete {pin_path(folder)}",
    )


def _unreadable(path: Path, error: Exception) -> StarlingError:
    reason = getattr(error, "strerror", None) or str(error)
    return StarlingError("model.unreadable", f"{path} cannot be read: {reason}.", "Check its permissions and the disk.")
