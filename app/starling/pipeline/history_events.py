"""What the pipeline tells about the history. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PrivateChanged:
    """Private mode is on or off from now on: while it is on, nothing that is said is stored."""

    on: bool


@dataclass(frozen=True)
class HistoryEntry:
    """One entry, as a page shows it; times are Unix time, ``replies`` have their text, tier and voice.

    ``state`` is ``pending``, ``done``, ``failed`` or ``inserted``; ``error_code`` and ``reason`` say why it failed or,
    of one that is done, why its text was not inserted; ``way`` and ``application`` how and where it was.
    """

    number: int
    turn: str
    at: float
    mode: str
    state: str
    delivered: bool
    text: str
    replies: tuple[tuple[str, str, str], ...] = ()
    tier: str = ""
    model: str = ""
    audio_s: float = 0.0
    processing_s: float | None = None
    replayable: bool = False
    error_code: str = ""
    reason: str = ""
    way: str = ""
    application: str = ""


@dataclass(frozen=True)
class HistoryFound:
    """The numbers of what was looked for, newest first. ``token``: of the question; ``indexed``: by an index."""

    token: int
    numbers: Sequence[int] = ()
    took_ms: float = 0.0
    indexed: bool = True
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class HistoryRead:
    """Entries by their numbers; one that was asked for and is missing is gone."""

    asked: Sequence[int]
    entries: tuple[HistoryEntry, ...]


@dataclass(frozen=True)
class HistoryChanged:
    """This turn was stored, or stored anew."""

    turn: str


@dataclass(frozen=True)
class HistoryTaken:
    """The entries of these numbers are shown no more, or, ``back``, again."""

    numbers: tuple[int, ...]
    back: bool = False


@dataclass(frozen=True)
class HistoryExported:
    """So many entries stand in this file; or ``error``."""

    path: str
    count: int = 0
    error: dict[str, str] | None = None


HistoryEvent = PrivateChanged | HistoryFound | HistoryRead | HistoryChanged | HistoryTaken | HistoryExported
