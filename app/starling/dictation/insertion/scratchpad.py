"""Where texts go that could not be inserted: one plain text on disk that only the user reads, never lost.

The window edits it while a dictation, or another process, may add to it; so an edit says what it started from, and what
was added since then stays at the end.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from starling.core.errors import StarlingError
from starling.dictation.insertion.memory import write_private

LOCK_S = 2.0


@dataclass(frozen=True)
class Page:
    """What is in it.

    Attributes:
        text: all of it.
        reason: why the last text came here; empty when nothing came since it was cleared.
        at: when, in seconds since 1970.
    """

    text: str = ""
    reason: str = ""
    at: float = 0.0


def added(page: Page, text: str, reason: str, at: float) -> Page:
    """The page with one more text, on a line of its own. Pure."""
    start = page.text if not page.text or page.text.endswith("\n") else page.text + "\n"
    return Page(start + text.rstrip("\n") + "\n", reason, at)


def edited(page: Page, base: str, text: str) -> Page:
    """The page after an edit that began with ``base``: what came since stays at the end. Pure."""
    came = page.text[len(base) :] if page.text.startswith(base) else ""
    if not page.text.startswith(base) and page.text != text:
        came = page.text  # somebody else edited it too: both are kept
    joint = "\n" if came and text and not text.endswith("\n") and not came.startswith("\n") else ""
    joined = text + joint + came
    return Page(joined, page.reason, page.at) if joined else Page()


class Scratchpad:
    """The page and its file.

    Args:
        path: of the file.
        clock: seconds since 1970.
    """

    name = "scratchpad"

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._unsaved: Page | None = None
        self._private = False
        self._listeners: list[Callable[[Page], None]] = []

    def read(self) -> Page:
        """What is in it now."""
        with self._lock:
            return self._unsaved or _read(self._path)

    def add(self, text: str, reason: str, *, keep: bool = True) -> None:
        """Add a text.

        Args:
            text: that could not be inserted.
            reason: why, for people.
            keep: on disk; False in private mode, then it is here until Starling ends.

        Raises:
            StarlingError: ``insert.scratchpad``: it could not be saved; the text is here until Starling ends.
        """
        self._change(lambda page: added(page, text, reason, self._clock()), keep)

    def edit(self, base: str, text: str) -> Page:
        """Keep what the user made of ``base``; returns what is in it then."""
        # What was edited may be a private text: it stays off the disk until the page is cleared.
        return self._change(lambda page: edited(page, base, text), True, private_stays=False)

    def on_change(self, listener: Callable[[Page], None]) -> None:
        """Call this with every new page, from whatever thread changed it."""
        self._listeners.append(listener)

    def off_change(self, listener: Callable[[Page], None]) -> None:
        """No more."""
        with contextlib.suppress(ValueError):
            self._listeners.remove(listener)

    def _change(self, change: Callable[[Page], Page], keep: bool, private_stays: bool = True) -> Page:
        trouble: StarlingError | None = None
        with self._lock:
            try:
                with self._locked():
                    page = self._changed(change, keep, private_stays)
            except (OSError, Timeout) as error:
                page = self._unsaved = change(self._unsaved or _read(self._path))
                trouble = _unsaved(error)
        for listener in list(self._listeners):
            listener(page)
        if trouble is not None:
            raise trouble
        return page

    def _changed(self, change: Callable[[Page], Page], keep: bool, private_stays: bool) -> Page:
        """Change the page; while it has private texts, only what is not private is written."""
        before = _read(self._path)
        page = change(self._unsaved or before)
        self._private = bool(page.text) and (self._private or not keep)
        if not self._private:
            self._write(page)
        elif keep and private_stays:
            self._write(change(before))
        self._unsaved = page if self._private else None
        return page

    def _write(self, page: Page) -> None:
        write_private(self._path, json.dumps(asdict(page), ensure_ascii=False))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
        with FileLock(f"{self._path}.lock", timeout=LOCK_S):
            yield


def _read(path: Path) -> Page:
    try:
        raw = path.read_text("utf-8", errors="surrogatepass")
    except (OSError, UnicodeDecodeError):
        return Page()
    try:
        data: Any = json.loads(raw)
        return Page(str(data["text"]), str(data.get("reason", "")), float(data.get("at", 0)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Page(raw)  # damaged, or somebody's own edit: it is text all the same


def _unsaved(error: Exception) -> StarlingError:
    why = getattr(error, "strerror", None) or "the file is in use"
    return StarlingError(
        "insert.scratchpad",
        f"The scratchpad could not be saved ({why}).",
        "Copy the text out of it before Starling ends.",
    )
