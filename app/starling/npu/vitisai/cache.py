"""Compiled models: a folder for each model, configuration, provider version and driver, made by one process at a time.

AMD: a cache "should not be reused across different versions of the Vitis AI EP or across different version of the NPU
drivers". A folder without its mark is one whose compilation was ended; it is removed and made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError

DONE = "compiled.json"
_WORKING = "compiling.json"
_LOCK_SUFFIX = ".lock"
_KEY_CHARACTERS = 24
KEPT = 2
"""Compiled versions of a model that stay: a driver that is taken back finds its own again."""


@dataclass(frozen=True)
class Compiling:
    """A compilation that is under way. There is no percentage: the compiler tells none.

    Attributes:
        model: whose.
        elapsed_s: since it began, by the wall clock.
        cache_bytes: what its folder holds so far.
    """

    model: str
    elapsed_s: float
    cache_bytes: int


def root() -> Path:
    """Where the compiled models are."""
    from starling.locate import cache_dir

    return cache_dir() / "vitisai"


def key(model: str, hashes: Mapping[str, str], config: str, versions: Iterable[tuple[str, str]]) -> str:
    """The folder's name.

    Args:
        model: its name, for people.
        hashes: SHA-256 of every file of the model, by name.
        config: the configuration file's text.
        versions: of provider, driver and firmware.
    """
    parts = json.dumps([sorted(hashes.items()), config, sorted(versions)], ensure_ascii=True)
    digest = hashlib.sha256(parts.encode()).hexdigest()[:_KEY_CHARACTERS]
    shown = "".join(character if character.isalnum() or character in "-." else "-" for character in model)
    return f"{shown[:40].strip('.') or 'model'}-{digest}"


def is_compiled(folder: Path) -> bool:
    """Whether a compilation into the folder came to its end."""
    return _mark(folder, DONE).is_file() and folder.is_dir()


@contextlib.contextmanager
def compiling(folder: Path, model: str) -> Iterator[None]:
    """Have the folder alone; when it is left without an error the model counts as compiled.

    Waits while another process compiles the same.

    Raises:
        StarlingError: ``npu.cache`` when the folder cannot be written.
    """
    from filelock import FileLock

    with _written(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(folder) + _LOCK_SUFFIX)
        lock.acquire()
    try:
        fresh = not is_compiled(folder)
        began = time.time()
        if fresh:
            with _written(folder):
                forget(folder)
                _write(_mark(folder, _WORKING), {"model": model, "began": began})
        yield
        if fresh:
            with _written(folder):
                folder.mkdir(exist_ok=True)
                _write(_mark(folder, DONE), {"model": model, "seconds": round(time.time() - began, 3)})
                _mark(folder, _WORKING).unlink(missing_ok=True)
    finally:
        lock.release()


def prune(folder: Path) -> None:
    """Remove compiled models that this one has taken the place of: all but the newest of the same model."""
    from filelock import FileLock, Timeout

    stem = folder.name[: -_KEY_CHARACTERS - 1]
    kin = [
        mark.with_name(mark.name.removesuffix(f".{DONE}"))
        for mark in folder.parent.glob(f"*.{DONE}")
        if mark.name.removesuffix(f".{DONE}")[: -_KEY_CHARACTERS - 1] == stem
    ]
    for old in sorted(kin, key=_when, reverse=True)[KEPT:]:
        with contextlib.suppress(OSError, Timeout), FileLock(str(old) + _LOCK_SUFFIX, timeout=0):
            if old != folder:
                forget(old)


def _when(folder: Path) -> float:
    try:
        return _mark(folder, DONE).stat().st_mtime
    except OSError:
        return 0.0


def under_way(where: Path | None = None) -> tuple[Compiling, ...]:
    """The compilations of all processes, the longest first. Never raises."""
    from filelock import FileLock, Timeout

    found: list[Compiling] = []
    for mark in sorted((where or root()).glob(f"*.{_WORKING}")):
        folder = mark.with_name(mark.name.removesuffix(f".{_WORKING}"))
        try:
            with FileLock(str(folder) + _LOCK_SUFFIX, timeout=0):
                continue  # nobody holds it: that compilation was ended
        except Timeout:
            pass
        except OSError:
            continue
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(mark.read_bytes())
            elapsed_s = max(0.0, time.time() - float(data["began"]))
            found.append(Compiling(str(data["model"]), elapsed_s, folder_bytes(folder)))
    return tuple(sorted(found, key=lambda one: -one.elapsed_s))


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder, which may change meanwhile."""
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(base, name)).st_size
    return total


def forget(folder: Path) -> None:
    """Remove a compiled model, and what is left of one."""
    for name in (DONE, _WORKING):
        _mark(folder, name).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)


def _mark(folder: Path, name: str) -> Path:
    """Beside the folder: what is inside belongs to the provider."""
    return folder.with_name(f"{folder.name}.{name}")


def _write(path: Path, data: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StarlingError(
            "npu.cache",
            f"The compiled model cannot be kept in {folder}: {error.strerror or error}.",
            "Make room on that disk, or make the folder writable.",
        ) from error
