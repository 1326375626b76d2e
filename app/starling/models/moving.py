"""Moves every model to another folder or disk: copied, checked, switched in one step, deleted last."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE
from starling.models.disk import disk_errors
from starling.models.hashing import file_record
from starling.models.installing import DOWNLOADS, SPARE_BYTES, tidy
from starling.models.pins import read_pins, write_pins
from starling.models.place import home, models_dir, one_installer, use

_CHUNK = 1 << 20


def move_models(folder: Path, on_progress: Callable[[float], None], check: Callable[[], None]) -> Path:
    """Move all models, and unfinished downloads, and use that folder from now on.

    A kill before the switch leaves everything where it was, a kill after it only copies that the next install deletes.

    Args:
        folder: made if absent; models of the same name and contents may be there already.
        on_progress: hears the share 0..1.
        check: called between steps; what it raises ends the move with nothing changed.

    Returns:
        The folder in use.

    Raises:
        StarlingError: ``model.bad_folder``, ``model.target_exists``, ``model.disk_full``, ``model.write_failed``,
            ``model.altered``, ``model.busy``.
    """
    target = folder.expanduser().absolute()
    with one_installer():
        tidy()
        source = models_dir()
        if target == source or (target.exists() and source.exists() and target.samefile(source)):
            return source
        _check_place(source, target)
        moving = _moving(source)
        with disk_errors(target):
            target.mkdir(parents=True, exist_ok=True)
            _check_disk(moving, target)
            _copy_all(moving, source, target, on_progress, check)
        use(target, moving)
        tidy()
        return target


def _check_place(source: Path, target: Path) -> None:
    inside = target.is_relative_to(source) or source.is_relative_to(target) or target.is_relative_to(home())
    if target.exists() and not target.is_dir():
        raise StarlingError("model.bad_folder", f"{target} is not a folder.", "Give a folder.")
    if inside and target != home():
        raise StarlingError(
            "model.bad_folder", f"{target} and {source} lie in one another.", "Give a folder somewhere else."
        )


def _moving(source: Path) -> list[Path]:
    """Models, and unfinished downloads; not the lock, the pins or what else begins with a dot."""
    if not source.is_dir():
        return []
    found = [path for path in sorted(source.iterdir()) if path.is_dir() and not path.name.startswith(".")]
    downloads = source / DOWNLOADS
    return [*found, downloads] if _files(downloads) else found


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _check_disk(moving: list[Path], target: Path) -> None:
    needed = sum(file.stat().st_size for folder in moving for file in _files(folder)) + SPARE_BYTES
    free = shutil.disk_usage(target).free
    if free < needed:
        raise StarlingError(
            "model.disk_full",
            f"The models need {needed / 1e6:.0f} MB; {free / 1e6:.0f} MB are free in {target}.",
            "Choose another disk, or remove models first.",
        )


def _copy_all(
    moving: list[Path], source: Path, target: Path, on_progress: Callable[[float], None], check: Callable[[], None]
) -> None:
    total = max(1, sum(file.stat().st_size for folder in moving for file in _files(folder)))
    done = 0

    def copied(count: int) -> None:
        nonlocal done
        check()
        done += count
        on_progress(min(1.0, done / total))

    for folder in moving:
        there = target / folder.name
        if there.exists() and folder.name != DOWNLOADS:
            if not _same(folder, there):
                raise StarlingError(
                    "model.target_exists", f"{there} holds another model of that name.", "Move or delete it first."
                )
            continue
        draft = target / f".{folder.name.lstrip('.')}.part"
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            for file in _files(folder):
                _copy(file, draft / file.relative_to(folder), copied)
            if there.exists():
                shutil.rmtree(there)
            draft.rename(there)
            if (pins := read_pins(folder)) is not None:
                write_pins(there, pins)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _copy(source: Path, target: Path, copied: Callable[[int], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reader, target.open("wb") as writer:
        while data := reader.read(_CHUNK):
            writer.write(data)
            copied(len(data))
    if file_record(source) != file_record(target):
        raise StarlingError("model.altered", f"{target} is not what was written to it.", "Check that disk.")


def _same(one: Path, other: Path) -> bool:
    """Both have the same card, or the same files of the same sizes."""
    if (one / CARD_FILE).is_file():
        return (other / CARD_FILE).is_file() and (one / CARD_FILE).read_bytes() == (other / CARD_FILE).read_bytes()
    sizes = [{file.name: file.stat().st_size for file in _files(folder)} for folder in (one, other)]
    return sizes[0] == sizes[1]
