"""Where models are: ``data_dir()/models``, or the folder that a small file there points to after a move.

A file and not a setting, because this part of the house stands below the settings and every process has to agree.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.locate import data_dir

POINTER = ".folder.json"
LOCK = ".install.lock"


@dataclass(frozen=True)
class Place:
    """The folder in use, and folders elsewhere that a move has copied and not deleted yet."""

    folder: Path
    leftover: tuple[Path, ...] = ()


def home() -> Path:
    """The folder that always is there: pins, the lock and the pointer."""
    return data_dir() / "models"


def models_dir() -> Path:
    """Where models are installed."""
    return place().folder


def place() -> Place:
    """What the pointer says; without one, or with one that cannot be read, the usual folder."""
    try:
        data: Any = json.loads((home() / POINTER).read_bytes())
        folder = Path(data["folder"])
        leftover = tuple(Path(path) for path in data.get("leftover", ()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Place(home())
    return Place(folder if folder.is_absolute() else home(), leftover)


def use(folder: Path, leftover: Sequence[Path] = ()) -> None:
    """Point to a folder from now on, in one atomic step.

    Raises:
        StarlingError: ``model.write_failed``.
    """
    pointer = home() / POINTER
    draft = pointer.with_name(f"{POINTER}.{os.getpid()}.new")
    try:
        home().mkdir(parents=True, exist_ok=True)
        if folder == home() and not leftover:
            pointer.unlink(missing_ok=True)
            return
        data = {"folder": str(folder), "leftover": [str(path) for path in leftover]}
        draft.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
        os.replace(draft, pointer)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StarlingError(
            "model.write_failed", f"{pointer} cannot be written: {error.strerror}.", f"Make {home()} writable."
        ) from None


def require_folder() -> None:
    """Refuse to write where a disk with the models is missing: it would land below its empty mount point.

    Raises:
        StarlingError: ``model.folder_missing``.
    """
    folder = models_dir()
    if folder != home() and not folder.is_dir():
        raise StarlingError(
            "model.folder_missing",
            f"The folder of the models, {folder}, is not there.",
            f"Attach its disk, or go back with: starling models move {home()}",
        )


@contextmanager
def one_installer() -> Iterator[None]:
    """Held by whoever changes the models folder; the system lets go of it when a process is killed.

    Raises:
        StarlingError: ``model.busy``, ``model.write_failed``.
    """
    from filelock import FileLock, Timeout  # slow to import, and only a change needs it

    try:
        home().mkdir(parents=True, exist_ok=True)
        lock = FileLock(home() / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise StarlingError(
            "model.busy", "Another download or import is at work on the models.", "Wait until it is done."
        ) from None
    except OSError as error:
        raise StarlingError(
            "model.write_failed", f"{home()} cannot be written: {error.strerror}.", "Check who owns that folder."
        ) from None
    try:
        yield
    finally:
        lock.release()
