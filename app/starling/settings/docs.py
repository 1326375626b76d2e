"""The settings as a page of documentation, from their declarations."""

from __future__ import annotations

from collections.abc import Sequence

from starling.settings.checks import allowed, shown
from starling.settings.schema import SETTINGS, Setting


def docs(declared: Sequence[Setting] = SETTINGS) -> str:
    """A Markdown table, one row for each setting in the order of declaration."""
    rows = ["| Setting | Default | Takes | What it does |", "|---|---|---|---|"]
    for setting in declared:
        cells = (f"`{setting.key}`", f"`{shown(setting.default)}`", allowed(setting), _meaning(setting))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _meaning(setting: Setting) -> str:
    return " ".join(part for part in (f"{setting.title}.", setting.description, setting.in_file) if part)
