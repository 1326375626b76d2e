"""The sentence that the user wrote for previews, kept between runs; what cannot be read or written is let go."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

from starling import locate

FILE_NAME = "voices.state"
LONGEST_TEXT = 2000
"""Characters; a preview takes no more."""
_MOST_BYTES = 100_000
_log = logging.getLogger(__name__)


def path() -> Path:
    """The file."""
    return locate.cache_dir() / FILE_NAME


def load(file: Path) -> str:
    """The user's own sentence; empty for none."""
    try:
        with file.open("rb") as opened:
            text = json.loads(opened.read(_MOST_BYTES))["sentence"]
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, TypeError, KeyError) as error:
        _log.info("voices.state is not used: %s", type(error).__name__)
        return ""
    return text[:LONGEST_TEXT] if isinstance(text, str) else ""


def save(file: Path, text: str) -> threading.Thread:
    """Write it on a thread of its own, which is returned; the end of the process waits for it."""
    thread = threading.Thread(target=_write, args=(file, text), name="voices-state")
    thread.start()
    return thread


def _write(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({"sentence": text}), "utf-8")
        part.replace(file)
    except OSError as error:
        _log.info("voices.state is not written: %s", type(error).__name__)
