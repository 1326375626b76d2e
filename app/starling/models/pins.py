"""Hashes of the models that came without a card, kept from their first load on.

One small file for each folder, so that two engines that load at once cannot lose each other's pins.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.models.card import FileRecord


def pin_path(folder: Path) -> Path:
    """Where a folder's pins are."""
    from starling.locate import data_dir  # here, because models with cards load where platformdirs is absent

    real = str(folder.resolve())
    digest = hashlib.sha256(real.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return data_dir() / "models" / ".pins" / f"{digest}.json"


def read_pins(folder: Path) -> dict[str, FileRecord] | None:
    """The pinned files, or None when the folder was never loaded.

    Raises:
        StarlingError: ``model.bad_pin`` when they cannot be read.
    """
    path = pin_path(folder)
    try:
        data = json.loads(path.read_bytes())
        return {
            str(name): FileRecord(str(entry["sha256"]), int(entry["size"])) for name, entry in data["files"].items()
        }
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StarlingError(
            "model.bad_pin", f"The remembered hashes of {folder} cannot be read.", f"Delete {path} to start afresh."
        ) from None


def write_pins(folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Remember the files of a folder, in one atomic step.

    Raises:
        StarlingError: ``model.pin_failed``.
    """
    path = pin_path(folder)
    data = {"folder": str(folder.resolve()), "files": {name: asdict(record) for name, record in files.items()}}
    keep(path, data, str(folder))


def keep(path: Path, data: Mapping[str, Any], of: str) -> None:
    """Write a file of pins in one atomic step; ``of`` says what is pinned.

    Raises:
        StarlingError: ``model.pin_failed``.
    """
    part = path.with_suffix(f".{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(data, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StarlingError(
            "model.pin_failed",
            f"The hashes of {of} cannot be remembered: {error.strerror}.",
            f"Make {path.parent} writable.",
        ) from None


def forget_pins(folder: Path) -> None:
    """Let the next load accept the folder as it then is."""
    pin_path(folder).unlink(missing_ok=True)
