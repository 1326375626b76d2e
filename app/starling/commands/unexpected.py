"""A bug that reached the edge of the program: a person gets a sentence, a file says where it happened."""

from __future__ import annotations

import contextlib
import traceback
from pathlib import Path

from starling import locate
from starling.core.errors import StarlingError

REPORT = "last-error.txt"


def unexpected(error: BaseException) -> StarlingError:
    """Write the report, as far as the disk lets us, and say what to tell."""
    report = ""
    with contextlib.suppress(OSError):
        folder: Path = locate.cache_dir()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / REPORT
        # Without the exception's own text, which may quote what was said.
        lines = [*traceback.format_tb(error.__traceback__), type(error).__name__]
        path.write_text("".join(lines), encoding="utf-8")
        report = f"Where it happened is in {path}; please report it."
    return StarlingError("internal.bug", f"Something unexpected went wrong: {type(error).__name__}.", report)
