"""Where the window was, kept between runs; it can be made again, so what cannot be read or written is let go."""

from __future__ import annotations

import base64
import json
import logging
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starling import locate

FILE_NAME = "window.state"
MOST_BYTES = 100_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remembered:
    """The place as Qt describes it, in base64, and whether the status panel is wanted in a wide and a narrow window."""

    geometry: str = ""
    panel_wide: bool = True
    panel_narrow: bool = False


def path() -> Path:
    """The file."""
    return locate.cache_dir() / FILE_NAME


def load(file: Path) -> Remembered:
    """What was remembered; the beginning when there is nothing that can be used."""
    try:
        with file.open("rb") as opened:
            facts = json.loads(opened.read(MOST_BYTES))
        return Remembered(**_usable(facts))
    except FileNotFoundError:
        return Remembered()
    except (OSError, ValueError, RecursionError) as error:
        _log.info("window.state is not used: %s", type(error).__name__)
        return Remembered()


def _usable(facts: object) -> dict[str, Any]:
    """What has a known name and its type; for the rest the defaults hold."""
    if not isinstance(facts, dict):
        return {}
    defaults = asdict(Remembered())
    usable = {key: value for key, value in facts.items() if key in defaults and type(value) is type(defaults[key])}
    base64.b64decode(str(usable.get("geometry", "")), validate=True)
    return usable


def save(file: Path, remembered: Remembered) -> threading.Thread:
    """Write it on a thread of its own, which is returned; the end of the process waits for it."""
    thread = threading.Thread(target=_write, args=(file, remembered), name="window-state")
    thread.start()
    return thread


def _write(file: Path, remembered: Remembered) -> None:
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(asdict(remembered)), "utf-8")
        part.replace(file)
    except OSError as error:
        _log.info("window.state is not written: %s", type(error).__name__)
