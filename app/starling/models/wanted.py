"""A file that a download shall bring, and where it lies until it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PART = ".part"
NOTE = ".part.json"


@dataclass(frozen=True)
class Wanted:
    """A file to get: where from, and what it has to be as far as that is known.

    Attributes:
        name: in the folder.
        url: before a mirror is applied.
        size: exact; None when unknown.
        about: an estimate where ``size`` is None.
        sha256: empty when this is its first download.
        pinned: where the hash comes from, for the message when it does not fit.
    """

    name: str
    url: str
    size: int | None = None
    about: int = 0
    sha256: str = ""
    pinned: str = "the catalogue"


Report = Callable[[int, str], None]
"""Called with the bytes of this file that are here, and why it waits (empty while it does not)."""
