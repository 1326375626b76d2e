"""What failed where, on disk: per application, with time and reason. No text of a dictation is in it."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

FORGET_S = 7 * 86_400.0
"""After a week a way is tried again: programs and compositors get updates."""
ANYWHERE = "*"
"""The application of failures that are the desktop's, not an application's."""
MOST = 200
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Failure:
    """One way that failed in one application."""

    application: str
    way: str
    at: float
    code: str
    reason: str


def failed_ways(failures: tuple[Failure, ...], application: str, now: float) -> frozenset[str]:
    """The ways to avoid in an application. Pure."""
    places = (application, ANYWHERE)
    return frozenset(f.way for f in failures if f.application in places and 0 <= now - f.at < FORGET_S)


def with_failure(failures: tuple[Failure, ...], new: Failure) -> tuple[Failure, ...]:
    """The same with one more; one for each application and way, the newest are kept. Pure."""
    return (*without(failures, new.application, new.way), new)[-MOST:]


def without(failures: tuple[Failure, ...], application: str, way: str) -> tuple[Failure, ...]:
    """The same without what a success has disproved. Pure."""
    return tuple(f for f in failures if (f.application, f.way) != (application, way))


class Memory:
    """The file of failures. A damaged one is an empty one: it is only ever advice. Safe from any thread.

    Another process, or the page that lets everything be tried again, may write it: it is read when it has changed.

    Args:
        path: of the file; None keeps nothing on disk.
        clock: seconds since 1970.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()  # guards all below
        self._on_disk: tuple[Failure, ...] = ()
        self._unwritten: tuple[Failure, ...] = ()  # of private mode: never on disk
        self._seen: object = None
        self._look()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All that are remembered, the newest last."""
        with self._lock:
            self._look()
            return tuple(sorted((*self._on_disk, *self._unwritten), key=lambda failure: failure.at))

    def failed(self, application: str) -> frozenset[str]:
        """The ways to avoid in an application now."""
        return failed_ways(self.failures, application, self._clock())

    def remember(self, application: str, way: str, code: str, reason: str, *, keep: bool = True) -> None:
        """A way failed; ``keep`` writes it to disk."""
        new = Failure(application, way, self._clock(), code, reason[:_LONGEST_REASON])
        with self._lock:
            self._look()
            if keep:
                self._write(with_failure(self._on_disk, new))
            else:
                self._unwritten = with_failure(self._unwritten, new)

    def worked(self, application: str, way: str, *, keep: bool = True) -> None:
        """A way worked, whatever was remembered of it."""

        def disproved(failures: tuple[Failure, ...]) -> tuple[Failure, ...]:
            return without(without(failures, application, way), ANYWHERE, way)

        with self._lock:
            self._look()
            self._unwritten = disproved(self._unwritten)
            if keep:
                self._write(disproved(self._on_disk))
            else:
                self._on_disk = disproved(self._on_disk)

    def forget(self) -> None:
        """Try everything again."""
        with self._lock:
            self._unwritten = ()
            self._write(())

    def _look(self) -> None:
        seen = _state(self._path)
        if seen != self._seen:
            self._seen, self._on_disk = seen, _read(self._path)

    def _write(self, failures: tuple[Failure, ...]) -> None:
        if failures == self._on_disk:
            return
        self._on_disk = failures
        if self._path is not None:
            with contextlib.suppress(OSError):  # a full disk: it is remembered until the end
                write_private(self._path, json.dumps([asdict(f) for f in failures], ensure_ascii=False, indent=1))
            self._seen = _state(self._path)


@cache
def shared(path: Path) -> Memory:
    """One for the process, so that what the doctor forgets is forgotten by a dictation."""
    return Memory(path)


def _state(path: Path | None) -> object:
    """Differs after every write."""
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return found and (found.st_ino, found.st_size, found.st_mtime_ns)


def _read(path: Path | None) -> tuple[Failure, ...]:
    if path is None:
        return ()
    try:
        entries: Any = json.loads(path.read_text("utf-8"))
        return tuple(failure for entry in entries if (failure := _failure(entry)) is not None)[-MOST:]
    except (OSError, ValueError, TypeError, RecursionError):
        return ()


def _failure(entry: Any) -> Failure | None:
    try:
        failure = Failure(**entry)
    except TypeError:
        return None
    texts = (failure.application, failure.way, failure.code, failure.reason)
    numbers = isinstance(failure.at, int | float) and not isinstance(failure.at, bool)
    return failure if numbers and all(isinstance(text, str) for text in texts) else None


def write_private(path: Path, text: str) -> None:
    """Write a file that only the user reads, in one step."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # 0600 from the start
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
