"""The progress of work on models: a bar on a terminal, a line now and then elsewhere; Ctrl-C ends it in words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from starling.commands.models_table import size
from starling.core.errors import StarlingError
from starling.models.progress import OnProgress, Progress

STEP = 10
"""Per cent between two plain lines."""


def shown(name: str, work: Callable[[OnProgress], None], kept: str, *, byte_counts: bool = False) -> None:
    """Run the work and show how far it is, on stderr.

    Args:
        name: of what is worked on.
        work: blocks until it is done.
        kept: what an interruption has left, for its message.
        byte_counts: the progress counts bytes, worth showing.

    Raises:
        StarlingError: ``cli.interrupted``, or what the work raises.
    """
    view: _Bar | _Lines = _Bar(name, byte_counts) if sys.stderr.isatty() else _Lines(name, byte_counts)
    try:
        work(view)
    except KeyboardInterrupt:
        raise StarlingError("cli.interrupted", "Interrupted.", kept) from None
    finally:
        view.close()


class _Bar:
    def __init__(self, name: str, byte_counts: bool) -> None:
        from tqdm import tqdm

        shape = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}" if byte_counts else None
        self._bar: Any = tqdm(
            total=1, desc=name, file=sys.stderr, leave=False, unit="B", unit_scale=byte_counts, bar_format=shape
        )
        self._bytes = byte_counts

    def __call__(self, progress: Progress) -> None:
        bar = self._bar
        bar.total = max(1, progress.total_bytes) if self._bytes else 100
        bar.n = progress.done_bytes if self._bytes else round(100 * progress.share)
        if self._bytes:
            bar.set_postfix_str(_speed(progress), refresh=False)
        bar.refresh()

    def close(self) -> None:
        self._bar.close()


class _Lines:
    def __init__(self, name: str, byte_counts: bool) -> None:
        self._name = name
        self._bytes = byte_counts
        self._told = 0
        self._note = ""

    def __call__(self, progress: Progress) -> None:
        if progress.note and progress.note != self._note:
            print(f"{self._name}: {progress.note} It is tried again.", file=sys.stderr)
        self._note = progress.note
        step = int(100 * progress.share) // STEP * STEP
        if self._bytes and step > self._told:
            self._told = step
            done = f"{size(progress.done_bytes)} of {size(progress.total_bytes, progress.exact)}"
            print(", ".join(filter(None, (f"{self._name}: {step} %, {done}", _speed(progress)))), file=sys.stderr)

    def close(self) -> None:
        pass


def _speed(progress: Progress) -> str:
    if progress.note:
        return "waiting"
    if progress.phase in ("checking", "converting", "finishing"):
        return progress.phase
    parts = []
    if progress.bytes_per_s is not None:
        parts.append(f"{progress.bytes_per_s / 1e6:.1f} MB/s")
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return ", ".join(parts)
