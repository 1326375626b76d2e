"""What tests of models measured, kept between runs; a model that has changed since is not measured."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starling.pipeline.shown_models import Measurement

FILE_NAME = "model-tests.json"


class Measured:
    """The last measurement of every model, by name and size.

    Args:
        folder: where the file is; what cannot be read there counts as not measured, what cannot be written is kept in
            memory.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._all = self._read()

    def of(self, name: str, size_bytes: int) -> Measurement | None:
        """The measurement of a model that is still of that size."""
        with self._lock:
            entry = self._all.get(name)
        if entry is None or entry.get("size_bytes") != size_bytes:
            return None
        try:
            return Measurement(**{key: value for key, value in entry.items() if key != "size_bytes"})
        except TypeError:
            return None

    def keep(self, name: str, size_bytes: int, measured: Measurement) -> None:
        """Remember a measurement."""
        with self._lock:
            self._all[name] = {"size_bytes": size_bytes, **asdict(measured)}
            self._write()

    def forget(self, name: str) -> None:
        """The model is gone."""
        with self._lock:
            if self._all.pop(name, None) is not None:
                self._write()

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            data = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return {name: entry for name, entry in data.items() if isinstance(entry, dict)} if type(data) is dict else {}

    def _write(self) -> None:
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._all, indent=1), encoding="utf-8")
            os.replace(part, self._path)
        except OSError:
            return  # it can be measured again
