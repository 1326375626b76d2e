"""Hashes of catalogue files that had none: kept from their first download on, also when the model is removed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.models.pins import keep
from starling.models.place import home


@dataclass(frozen=True)
class FirstPin:
    """What a file was when it was first downloaded here: hash, bytes, ISO date and where it came from."""

    sha256: str
    size: int
    date: str
    url: str


def _path(entry: str) -> Path:
    return home() / ".pins" / "first" / f"{entry}.json"


def read_first_pins(entry: str) -> dict[str, FirstPin]:
    """The pins of an entry, by file name; empty before its first download.

    Raises:
        StarlingError: ``model.bad_pin``.
    """
    try:
        data: Any = json.loads(_path(entry).read_bytes())
        return {
            str(name): FirstPin(str(pin["sha256"]), int(pin["size"]), str(pin["date"]), str(pin["url"]))
            for name, pin in data["files"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StarlingError(
            "model.bad_pin", f"The remembered hashes of {entry} cannot be read.", f"Delete {_path(entry)}."
        ) from None


def write_first_pins(entry: str, pins: Mapping[str, FirstPin]) -> None:
    """Remember the pins of an entry, in one atomic step.

    Raises:
        StarlingError: ``model.pin_failed``.
    """
    keep(_path(entry), {"files": {name: asdict(pin) for name, pin in pins.items()}}, entry)


def forget_first_pins(entry: str) -> None:
    """Accept whatever the next download brings."""
    _path(entry).unlink(missing_ok=True)
