"""Whether the first steps are shown at this start: once, to somebody who has set nothing yet. Free of Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "STARLING_FIRST_RUN"
"""``skip`` keeps them away, ``show`` shows them at this start; anything else leaves it to the files."""
MARKER = "first-run.done"


def due(settings_file: Path, data: Path, env: Mapping[str, str]) -> bool:
    """Whether they are due.

    Args:
        settings_file: who has one has been here before.
        data: the folder with the mark that :func:`mark_done` leaves.
        env: the environment.
    """
    wish = env.get(VARIABLE, "")
    if wish in ("skip", "show"):
        return wish == "show"
    return not (settings_file.exists() or (data / MARKER).exists())


def mark_done(data: Path) -> None:
    """Remember that they were gone through, or left. Touches the disk; where it cannot be written they come again."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        (data / MARKER).touch()
    except OSError:
        return
