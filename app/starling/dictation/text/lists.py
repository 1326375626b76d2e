"""The user's lists as the command line and the window change them.

Every change reads the list anew under the lock that other programs take too, so what they did meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.dictation.text import entries, exchange, store
from starling.dictation.text.exchange import Imported
from starling.dictation.text.rules import Replacement
from starling.dictation.text.tokens import folded

Entry = str | Replacement


@dataclass(frozen=True)
class List:
    """What one list is made of.

    Attributes:
        name: of the file, the command and in reports.
        entry: what one of its entries is called.
        words: what is given to add one.
        read: the list as it is.
        write: keep another.
        check: an entry from its words; raises StarlingError.
        of_file: entries of a file.
        to_file: a file of entries.
    """

    name: str
    entry: str
    words: tuple[str, ...]
    read: Callable[[Path, store.Tell], list[Any]]
    write: Callable[[Path, Sequence[Any]], None]
    check: Callable[..., Entry]
    of_file: Callable[[bytes, exchange.Format], Imported[Any]]
    to_file: Callable[[Sequence[Any], exchange.Format], str]


VOCABULARY = List(
    "vocabulary",
    "word",
    ("word",),
    store.read_vocabulary,
    store.write_vocabulary,
    entries.checked_word,
    exchange.read_words,
    exchange.write_words,
)
REPLACEMENTS = List(
    "replacements",
    "replacement",
    ("heard", "written"),
    store.read_replacements,
    store.write_replacements,
    entries.checked_replacement,
    exchange.read_replacements,
    exchange.write_replacements,
)
BLOCKLIST = List(
    "blocklist",
    "phrase",
    ("phrase",),
    store.read_blocklist,
    store.write_blocklist,
    entries.checked_phrase,
    exchange.read_phrases,
    exchange.write_words,
)
LISTS = (VOCABULARY, REPLACEMENTS, BLOCKLIST)


@dataclass(frozen=True)
class Merged:
    """What became of entries that were to be added.

    Attributes:
        new: were not there.
        changed: take the place of one with the same words.
        there: were there as they are.
    """

    new: tuple[Entry, ...] = ()
    changed: tuple[Entry, ...] = ()
    there: tuple[Entry, ...] = ()

    @property
    def added(self) -> tuple[Entry, ...]:
        """New and changed ones."""
        return self.new + self.changed


@dataclass(frozen=True)
class Brought:
    """What a file brought.

    Attributes:
        merged: its entries.
        notes: what was repaired and refused, with the reasons.
        refused: how many were.
    """

    merged: Merged
    notes: tuple[str, ...] = ()
    refused: int = 0


def key_of(entry: Entry) -> str:
    """By what entries are told from each other."""
    return folded(entry.heard if isinstance(entry, Replacement) else entry)


def add(
    of: List, place: Path, new: Iterable[Entry], *, instead: bool = False, tell: store.Tell = store.no_tell
) -> Merged:
    """Add entries, or have them ``instead`` of the list. Same words take the place of what is there.

    Raises:
        StarlingError: ``dictation.too_many``, ``dictation.unwritable``, ``dictation.busy``.
    """
    with store.changing(place):
        found = [] if instead else of.read(place, tell)
        places = {key_of(entry): at for at, entry in enumerate(found)}
        added: list[Entry] = []
        changed: list[Entry] = []
        there: list[Entry] = []
        for entry in new:
            at = places.setdefault(key_of(entry), len(found))
            if at == len(found):
                found.append(entry)
                added.append(entry)
            elif found[at] == entry:
                there.append(entry)
            else:
                found[at] = entry
                changed.append(entry)
        of.write(place, found)
    return Merged(tuple(added), tuple(changed), tuple(there))


def change(of: List, place: Path, old: Entry, new: Entry, *, at: int = 0) -> None:
    """Put an entry in the place of another.

    Args:
        of: the list.
        place: its folder.
        old: as it was shown.
        new: as it is to be.
        at: which of several equal ones it was, by its place in the list.

    Raises:
        StarlingError: ``dictation.gone``: another program has changed or removed it; as :func:`add`.
    """
    with store.changing(place):
        found = of.read(place, store.no_tell)
        here = _place_of(found, old, at)
        if here is None:
            raise StarlingError(
                "dictation.gone",
                f"{entries.shown(_words(old))} was changed or removed by another program meanwhile.",
                "The list shows how it is now.",
            )
        found[here] = new
        of.write(place, found)


def remove(of: List, place: Path, gone: Sequence[tuple[int, Entry]]) -> list[tuple[int, Entry]]:
    """Remove entries; what somebody else has removed meanwhile is no fault. Raises as :func:`add`.

    Args:
        of: the list.
        place: its folder.
        gone: the entries with their places in the list.

    Returns:
        What was removed, with its place, for :func:`bring_back`.
    """
    with store.changing(place):
        found = of.read(place, store.no_tell)
        places = {here for at, entry in gone if (here := _place_of(found, entry, at)) is not None}
        removed = [(at, found[at]) for at in sorted(places)]
        of.write(place, [entry for at, entry in enumerate(found) if at not in places])
    return removed


def bring_back(of: List, place: Path, removed: Iterable[tuple[int, Entry]]) -> None:
    """Undo :func:`remove`: entries come back where they were; one that is there again stays once. Raises as it."""
    with store.changing(place):
        found = of.read(place, store.no_tell)
        for at, entry in removed:
            if isinstance(entry, Replacement) or entry not in found:
                found.insert(min(at, len(found)), entry)
        of.write(place, found)


def bring(of: List, place: Path, data: bytes, kind: exchange.Format, *, instead: bool = False) -> Brought:
    """Add what a file holds.

    Raises:
        StarlingError: ``dictation.nothing_found``, ``dictation.not_a_list``; as :func:`add`.
    """
    read = of.of_file(data, kind)
    if not read.found:
        raise StarlingError(
            "dictation.nothing_found",
            " ".join((f"The file holds no {of.entry}.", *read.notes)),
            "Give a TXT file with one entry a line, a CSV or a JSON file.",
        )
    return Brought(add(of, place, read.found, instead=instead), read.notes, read.left_out)


def _place_of(found: Sequence[Entry], entry: Entry, at: int) -> int | None:
    """Where it is: the equal one nearest to where it was."""
    if at < len(found) and found[at] == entry:
        return at
    equal = [here for here, other in enumerate(found) if other == entry]
    return min(equal, key=lambda here: abs(here - at), default=None)


def _words(entry: Entry) -> str:
    return entry.heard if isinstance(entry, Replacement) else entry
