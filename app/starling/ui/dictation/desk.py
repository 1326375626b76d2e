"""Reads and changes the lists away from the window's thread, and sees when another program changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from starling.core.errors import StarlingError
from starling.dictation.text import exchange, lists, marks, profiles, store
from starling.dictation.text.lists import Entry, List
from starling.dictation.text.rules import Profile
from starling.ui.insertion.background import Background

SETTLE_MS = 60
"""A change comes as several: of the lock, of the temporary file, of the list."""


@dataclass(frozen=True)
class Everything:
    """The lists as they are.

    Attributes:
        entries: by the name of the list.
        marks: by the name of the list, by place.
        profiles: of applications.
        covered: profiles that never count, with the one before them.
        faults: what is wrong with the files, by the name of the list; sentences.
        state: changes when a file does.
    """

    entries: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    marks: dict[str, dict[int, marks.Mark]] = field(default_factory=dict)
    profiles: tuple[Profile, ...] = ()
    covered: dict[int, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    state: object = None


class Desk(QObject):
    """One for the page.

    Attributes:
        read: the lists, after each change by whomever.
        failed: they cannot be changed, or not as was asked; a StarlingError.
        background: where all of it is done.
    """

    read = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.background = Background(self, "dictation-lists")
        self._watcher: QFileSystemWatcher | None = None
        self._wait = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._wait.timeout.connect(self.look)
        self.now = Everything()

    def look(self) -> None:
        """Read the lists, if one has changed."""
        known = self.now.state
        place = store.folder()
        self.background.run(lambda: None if store.state_of(place) == known else everything(place), self._looked)

    def change(self, task: Callable[[Path], Any], done: Callable[[Any], None] = lambda _: None) -> None:
        """Do something with the folder of the lists; ``done`` gets what comes of it, unless it failed."""

        def told(result: Any) -> None:
            if isinstance(result, StarlingError):
                self.failed.emit(result)
            else:
                done(result)
            self.look()

        self.background.run(lambda: task(store.folder()), told)

    def run(self, task: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Do something else in the background."""
        self.background.run(task, done)

    def watch(self) -> None:
        """See changes from now on."""
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.directoryChanged.connect(self._wait.start)

        def folder() -> str:
            store.folder().mkdir(parents=True, exist_ok=True)
            return str(store.folder())

        self.background.run(folder, self._watch)
        self.look()

    def rest(self) -> None:
        """See no changes until the next :meth:`watch`."""
        self._wait.stop()
        if self._watcher is not None and self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())

    def close(self) -> None:
        """Hear no more."""
        self._wait.stop()
        self.background.close()

    def _watch(self, folder: str | StarlingError) -> None:
        if isinstance(folder, str) and self._watcher is not None and folder not in self._watcher.directories():
            self._watcher.addPath(folder)  # where that fails, the lists are read when the page is shown

    def _looked(self, found: Everything | StarlingError | None) -> None:
        if isinstance(found, StarlingError):
            self.failed.emit(found)
        elif found is not None:
            self.now = found
            self.read.emit(found)


def everything(place: Path) -> Everything:
    """Read all lists, and say what is wrong with them."""
    told: dict[str, list[StarlingError]] = {}

    def teller(name: str) -> store.Tell:
        return told.setdefault(name, []).append

    found = {of.name: tuple(of.read(place, teller(of.name))) for of in lists.LISTS}
    apart = tuple(store.read_profiles(place, teller(store.PROFILES)))
    own: Sequence[Any]
    vocabulary, own, blocked = (found[of.name] for of in lists.LISTS)
    return Everything(
        found,
        {
            "vocabulary": marks.of_vocabulary([str(word) for word in vocabulary], own),
            "replacements": marks.of_replacements(own, [str(phrase) for phrase in blocked]),
            "blocklist": marks.of_blocklist([str(phrase) for phrase in blocked]),
        },
        apart,
        profiles.covered(apart),
        {name: fault for name in told if (fault := _fault(place, name, told[name]))},
        store.state_of(place),
    )


def file_into(of: List, path: str) -> Callable[[Path], lists.Brought]:
    """Adds what a file holds."""

    def task(place: Path) -> lists.Brought:
        kind = exchange.format_of(path)
        try:
            with open(path, "rb") as stream:
                data = stream.read(exchange.MOST_BYTES + 1)
        except OSError as error:
            what = f"{path} cannot be read: {error.strerror or error}."
            raise StarlingError("dictation.unreadable", what, "It has to be a file that you may read.") from error
        return lists.bring(of, place, data, kind)

    return task


def into_file(of: List, path: str) -> Callable[[Path], tuple[int, str]]:
    """Writes a list into a file; how many entries, and where."""

    def task(place: Path) -> tuple[int, str]:
        found = of.read(place, store.no_tell)
        text = of.to_file(found, exchange.format_of(path))
        try:
            with open(path, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            what = f"{path} cannot be written: {error.strerror or error}."
            raise StarlingError("dictation.unwritable", what, "Choose another folder, or free some space.") from error
        return len(found), path

    return task


def _fault(place: Path, name: str, told: Sequence[StarlingError]) -> str:
    """What is wrong; a file that was set aside at an earlier time is told as long as it is there."""
    sentences = list(dict.fromkeys(f"{error.message} {error.fix}".strip() for error in told[:3]))
    kept = store.damaged(place, name)
    if kept is not None and not any(error.code == "dictation.damaged" for error in told):
        sentences.append(
            f"{name}.toml was damaged and is kept as {kept}: copy from it what you need, then delete that file."
        )
    return " ".join(sentences)
