"""The doctor's section about the history: where it is, how much it holds, and how it is searched."""

from __future__ import annotations

import sqlite3
from typing import Any

from starling import locate
from starling.history import fulltext
from starling.history.store import History
from starling.history.wanted import Wanted

NO_INDEX = f"SQLite {sqlite3.sqlite_version} has no FTS5 with trigrams: the history is searched text by text."
FIX = "It works, but slowly with tens of thousands of entries. A Python with SQLite 3.34 or newer has it."


def section() -> dict[str, Any]:
    """Opens the history only where there is one."""
    folder = locate.data_dir() / "history"
    found: dict[str, Any] = {"folder": str(folder), "entries": 0, "recordings": 0, "bytes": 0}
    if (folder / "history.db").exists():
        history = History(folder)
        try:
            reader = history.reader()
            found["entries"] = len(reader.find(Wanted()))
            reader.close()
        finally:
            history.close()
        files = [path for path in folder.rglob("*") if path.is_file()]
        found["recordings"] = sum(path.suffix == ".wav" for path in files)
        found["bytes"] = sum(path.stat().st_size for path in files)
    indexed = _indexed()
    found |= {"full_text_search": indexed, "sqlite": sqlite3.sqlite_version}
    return found | {"reasons": [] if indexed else [NO_INDEX], "fixes": [] if indexed else [FIX]}


def lines(section: dict[str, Any]) -> list[str]:
    """For people."""
    how = "full-text search" if section["full_text_search"] else "searched text by text"
    size = f"{section['bytes'] / 1e6:.1f} MB"
    return [f"{section['entries']} entries, {section['recordings']} recordings, {size}, {how}: {section['folder']}"]


def _indexed() -> bool:
    connection = sqlite3.connect(":memory:")
    try:
        return fulltext.supported(connection)
    finally:
        connection.close()
