"""Where the system's own files are: below ``/``, or below ``STARLING_SYSROOT``, so that a machine can be faked."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

READ_LIMIT = 1 << 20
"""Bytes read of one file: what the kernel tells fits many times over, and a faked file may be endless."""


@dataclass(frozen=True)
class Sysroot:
    """Turns the absolute paths that the unprivileged side reads or executes into real ones."""

    root: Path = Path("/")

    @classmethod
    def current(cls) -> Sysroot:
        """``STARLING_SYSROOT``, or the real root."""
        return cls(Path(os.environ.get("STARLING_SYSROOT") or "/"))

    @property
    def faked(self) -> bool:
        """Whether this is another folder than the real root."""
        return self.root != Path("/")

    def path(self, absolute: str | Path) -> Path:
        """The real place of an absolute path."""
        if not self.faked:
            return Path(absolute)  # also one with a drive
        return self.root / Path(absolute).relative_to("/")

    def text(self, absolute: str | Path) -> str:
        """A file's text without surrounding white space; empty when it cannot be read. Never raises."""
        try:
            with self.path(absolute).open("rb") as file:
                return file.read(READ_LIMIT).decode("utf-8", "replace").strip("\0 \t\r\n")
        except (OSError, ValueError):
            return ""

    def number(self, absolute: str | Path, base: int = 16) -> int | None:
        """A file's number; None when there is none."""
        try:
            return int(self.text(absolute), base)
        except ValueError:
            return None
