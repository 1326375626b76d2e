"""``take a note buy milk``, ``read my notes``, ``delete the last note``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance
from starling.assistant.skills.timers import is_yes
from starling.assistant.store import JsonStore
from starling.core.errors import StarlingError
from starling.core.numbers import parse_number, read_ordinal
from starling.core.text import skip_fillers

SCHEMA = 1
MOST = 1000
_MOST_READ = 10

_TAKE = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"(?:take|make|write|add|create|leave)(?: me)?(?: down)? (?:a |another |this )?(?:new )?(?:note|memo)\b"
        r"(?: (?:that|to|saying|of)\b)?[\s:,.–—-]*(?P<body>.*)",  # noqa: RUF001 (dashes that recognisers write)
        r"(?:note|note down|write down|jot down|remember)(?:,? that)[\s:,]+(?!time\b|day\b|one\b|when\b)(?P<body>.+)",
        r"(?:new note|note to self|note down|write down|jot down)[\s:,.]+(?P<body>.+)",
        r"(?:note|memo)[:,][\s:,]*(?P<body>.+)",
        r"remember to[\s,]+(?P<body>.+)",
        r"add[\s,]+(?P<body>.+) to my notes\W*",
    )
)
_READ = re.compile(
    r"(?:read|list|show|tell|give)(?: me)?(?: out)?(?: all)?(?: of)?(?: my| the) notes(?: out)?(?: loud)?|"
    r"what are my notes|what is (?:on|in) my notes|"
    r"what notes do i have|do i have (?:any )?notes|what did i note|how many notes do i have|"
    r"read notes"
)
_WHICH = r"(?: my| the)? (?:(?P<place>[\w ]+?) note|note(?: number)? (?P<number>[\w ]+))"
_READ_ONE = re.compile(rf"(?:read|what is|show)(?: me)?{_WHICH}")
_DELETE_ONE = re.compile(rf"(?:delete|remove|erase|cancel){_WHICH}")
_DELETE_ALL = re.compile(
    r"(?:delete|remove|erase|clear)(?: all)?(?: of)?(?: my| the)? notes|(?:delete|erase) everything i noted"
)

_CONFIRMED = re.compile(
    rf"(?:yes |yeah )?(?:(?:delete|remove|erase) (?:them|all|all of them|everything)|{_DELETE_ALL.pattern})"
)


@dataclass(frozen=True)
class Note:
    """One note and when it was taken (ISO 8601 with offset)."""

    text: str
    at: str


def _decode(item: object) -> Note:
    if not isinstance(item, dict):
        raise TypeError("a note is an object")
    return Note(str(item["text"]), str(item["at"]))


class Notes:
    """Keeps notes in one file, which is read before every use: another Starling may have written to it.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._store = JsonStore[Note](path, SCHEMA, asdict, _decode)
        self._store.load()
        self.notice = self._store.notice

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        if _READ.fullmatch(said.text):
            return self._read
        if _DELETE_ALL.fullmatch(said.text):
            return self._ask_delete
        if one := _READ_ONE.fullmatch(said.text):
            return self._with_one(one, lambda notes, at: Answer(f"Note {at + 1}: {_sentence(notes[at].text)}", "notes"))
        if one := _DELETE_ONE.fullmatch(said.text):
            return self._with_one(one, self._delete_one)
        body = _body(said.raw)
        return None if body is None else lambda: self.take(body, now)

    def all(self) -> list[Note]:
        """The notes, oldest first."""
        return self._store.load()

    def delete(self, *gone: Note) -> Answer:
        """Delete these notes, wherever they stand by now."""
        kept = self._store.load()
        amount = len(kept)
        for note in gone:
            if note in kept:
                kept.remove(note)
        amount -= len(kept)
        if not amount:
            return Answer("That note is no longer there.", "notes")
        told = f"Deleted: {_sentence(gone[0].text)}" if len(gone) == 1 else f"{spoken.count(amount, 'note')} deleted."
        return Answer(self._save(kept) or told, "notes")

    def take(self, body: str, now: datetime) -> Answer:
        """Write a note down, or ask what to write."""
        if not body:
            return Answer("What should I write down?", "notes", follow_up=lambda said, then: self.take(said.raw, then))
        notes = self._store.load()
        if len(notes) >= MOST:
            return Answer(f"There are already {MOST} notes; delete some first.", "notes")
        failed = self._save([*notes, Note(body, now.isoformat(timespec="seconds"))])
        return Answer((failed and f"I could not keep that note. {failed}") or f"Noted: {_sentence(body)}", "notes")

    def _read(self) -> Answer:
        notes = self._store.load()
        if not notes:
            return Answer("You have no notes.", "notes")
        first = max(0, len(notes) - _MOST_READ)
        intro = f"You have {spoken.count(len(notes), 'note')}{f'; these are the last {_MOST_READ}' if first else ''}."
        told = [f"Note {index + 1}: {_sentence(notes[index].text)}" for index in range(first, len(notes))]
        return Answer(" ".join([intro, *told]), "notes")

    def _with_one(self, asked: re.Match[str], act: Callable[[list[Note], int], Answer]) -> Callable[[], Answer] | None:
        place = asked["place"] or asked["number"]
        notes = self._store.load()
        index = _index(place, len(notes))
        if index is None:
            return None
        if not 0 <= index < len(notes):
            return lambda: Answer(f"You have {spoken.count(len(notes), 'note') if notes else 'no notes'}.", "notes")
        return lambda: act(notes, index)

    def _delete_one(self, notes: list[Note], index: int) -> Answer:
        failed = self._save(notes[:index] + notes[index + 1 :])
        return Answer(failed or f"Deleted: {_sentence(notes[index].text)}", "notes")

    def _ask_delete(self) -> Answer:
        notes = self._store.load()
        if not notes:
            return Answer("You have no notes.", "notes")

        def follow(said: Utterance, _now: datetime) -> Answer | None:
            if not is_yes(said.text) and not _CONFIRMED.fullmatch(said.text):
                return None
            later = [note for note in self._store.load() if note not in notes]
            return Answer(self._save(later) or f"{spoken.count(len(notes), 'note')} deleted.", "notes")

        amount = "your note" if len(notes) == 1 else f"all {len(notes)} notes"
        return Answer(f"Say yes to delete {amount}.", "notes", follow_up=follow)

    def _save(self, notes: list[Note]) -> str:
        """Empty, or why nothing was changed."""
        try:
            self._store.save(notes)
        except StarlingError as error:
            return error.message
        return ""


def _body(raw: str) -> str | None:
    """What is to be noted, as it was said; empty if the request ends there; None if there is no request."""
    request = skip_fillers(raw).strip()
    found = next(filter(None, (pattern.fullmatch(request) for pattern in _TAKE)), None)
    if not found:
        return None
    body = " ".join(found["body"].split())
    return body if any(map(str.isalnum, body)) else ""


def _index(place: str, amount: int) -> int | None:
    """Position of ``last``, ``second`` or ``two``; None if the words name no position."""
    words = place.split()
    if place in {"last", "latest", "newest", "most recent"}:
        return amount - 1
    if (ordinal := read_ordinal(words)) and ordinal[1] == len(words):
        return ordinal[0] - 1
    number = parse_number(words)
    return int(number) - 1 if number is not None and number.denominator == 1 else None


def _sentence(text: str) -> str:
    return text if text[-1:] in ".!?" else f"{text}."
