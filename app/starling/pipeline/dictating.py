"""Dictated texts on their way to where the cursor is: one after the other, on a thread of their own."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from starling.core.errors import StarlingError, internal_error
from starling.dictation.insertion.base import Elsewhere, Inserted
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.surroundings import Target
from starling.dictation.text.rules import Before, Command, Profile, Shaped
from starling.pipeline import events
from starling.pipeline.tasks import Tasks

KEPT_CHARACTERS = 200
"""Of what stands before the cursor: enough for its last sentence."""
OWN_APPLICATIONS = frozenset(("starling", "io.github.starling.starling"))
"""Starling's own windows, as X11 and as Wayland name them, where nobody tells whose process they are."""
SANDBOXED = os.path.exists("/.flatpak-info")
"""Then a process has another number inside than outside."""
MOST_UNDONE = 20
"""Dictations that can be taken back, one after the other."""
CLOSE_S = 1.0
"""For an insertion that goes on when the end comes."""
MOST_MOVES = 3
"""Windows that a text follows the focus to."""
PARTLY = "insert.partly"
EXCLUDED = "insert.excluded"
NOT_INSERTED = "insert.not_inserted"
TAKEN_BACK = StarlingError("insert.taken_back", "It was taken back.")


class Hand(Protocol):
    """Puts texts where the cursor is, as :class:`starling.dictation.insertion.inserter.Inserter`."""

    def insert(self, text: str, place: Target | None = None) -> Inserted:
        """Insert a text into what has the focus, as somebody has just seen it."""
        ...

    def undo(self) -> int:
        """Take the last one back."""
        ...

    def use(self, wishes: Wishes) -> None:
        """Follow what the user chose since."""
        ...

    def hurry(self) -> None:
        """Wait for no application any more; from any thread."""
        ...

    def close(self) -> None:
        """Let go of clipboards and sessions."""
        ...


class Kept(Protocol):
    """The history; called after what was stored before."""

    def begun(self, utterance: str) -> None:
        """It is on its way there: whoever ends now leaves nobody who knows what stands there."""
        ...

    def inserted(self, utterance: str, text: str, way: str, application: str) -> None:
        """It stands where the cursor was."""
        ...

    def not_inserted(self, utterance: str, text: str, error: StarlingError) -> None:
        """It does not, and why."""
        ...


@dataclass(frozen=True)
class _Text:
    turn: str
    raw: str
    language: str
    private: bool
    came_s: float


@dataclass(frozen=True)
class _Field:
    """Where a text was inserted last, and what stands before the cursor there."""

    place: Target
    text: str
    at_s: float


@dataclass(frozen=True)
class _Last:
    turn: str
    text: str
    field: _Field
    """As it was before."""


class Dictating:
    """Inserts what is dictated. :meth:`hear` and :meth:`use` return at once, from any thread.

    Args:
        shape: what was recognised, language, application and what stands before: what is to be written.
        make: the hand, made on the thread of the insertions at its first use.
        look: tells what has the focus.
        keep: the history.
        emit: hears of ``Aimed``, ``Inserted``, ``NotInserted``, ``TakenBack`` and ``Trouble``.
        profiles: what differs in applications now.
    """

    def __init__(
        self,
        shape: Callable[[str, str, str, Before], Shaped],
        make: Callable[[], Hand],
        look: Callable[[], Target],
        keep: Kept,
        emit: Callable[[events.Event], None],
        profiles: Callable[[], tuple[Profile, ...]] = tuple,
    ) -> None:
        self._profiles = profiles
        self._shape, self._make, self._look, self._keep, self._emit = shape, make, look, keep, emit
        self._on = self._closing = False
        self._wishes = Wishes()
        self._used: Wishes | None = None
        self._hand: Hand | None = None
        self._field: _Field | None = None
        self._last: list[_Last] = []  # the newest at the end
        self._gone = threading.Event()
        self._tasks = Tasks("dictating", lambda error: emit(events.Trouble(error)))

    def use(self, on: bool, wishes: Wishes) -> None:
        """Insert from now on, this way; or no more: what waits is inserted all the same."""
        began = on and not self._on
        self._on, self._wishes = on, wishes
        if began:
            self._tasks.put(self._prepare)

    def hear(self, utterance: events.Utterance, *, private: bool) -> None:
        """Insert what was dictated, if that is wanted.

        Args:
            utterance: with the text as it was recognised.
            private: nothing of it may be written to disk.
        """
        if self._on:
            text = _Text(utterance.turn, utterance.text, utterance.language, private, time.monotonic())
            self._tasks.put(lambda: self._take(text))

    def aim(self) -> None:
        """Somebody begins to dictate: tell where that would go."""
        if self._on:
            self._tasks.put(self._aim)

    def close(self) -> None:
        """Insert no more, and let go of clipboards. What was not inserted is in the history."""
        self._on, self._closing = False, True
        self._tasks.put(self._let_go)
        if (hand := self._hand) is not None:
            hand.hurry()
        self._gone.wait(CLOSE_S)
        self._tasks.close(0.0)

    # -- on the thread of the insertions -------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """What is slow the first time is done before somebody waits for it."""
        if not self._closing:
            self._look()
            self._ready(private=False)

    def _aim(self) -> None:
        if not self._closing:
            place = self._look()
            self._emit(events.Aimed(place.application, is_own(place)))

    def _ready(self, *, private: bool) -> Hand:
        if self._hand is None:
            self._hand = self._make()
        wanted = replace(self._wishes, private=private, profiles=self._profiles())
        if wanted != self._used:
            self._hand.use(wanted)
            self._used = wanted
        return self._hand

    def _let_go(self) -> None:
        try:
            if self._hand is not None:
                self._hand.close()
        finally:
            self._gone.set()

    def _take(self, text: _Text) -> None:
        if self._closing:
            return
        try:
            self._put(text, self._look())
        except Exception as error:  # noqa: BLE001 - whatever goes wrong around it, somebody waits for the text
            self._missed(text, text.raw, internal_error(error), scratchpad=False)

    def _put(self, text: _Text, place: Target) -> None:
        for undo in (True, *[False] * MOST_MOVES):
            try:
                self._put_into(text, place, undo=undo)
                return
            except Elsewhere as moved:  # it goes where the cursor is, and is written as that window wants it
                place, last = moved.place, moved
        self._missed(text, text.raw, last, scratchpad=False)

    def _put_into(self, text: _Text, place: Target, *, undo: bool) -> None:
        if is_own(place):
            self._last.clear()  # the dictation that would be taken back is the one in the transcript
            return
        shaped = self._shaped(text, place)
        for _ in range(shaped.commands.count(Command.UNDO) if undo else 0):
            self._undo(text)
        if Command.UNDO in shaped.commands and shaped.text:
            shaped = self._shaped(text, place)  # what stands before it is another text now
        written = shaped.text + ("\n" if Command.NEW_LINE in shaped.commands else "")
        if written:
            self._insert(text, written, place)

    def _shaped(self, text: _Text, place: Target) -> Shaped:
        return self._shape(text.raw, text.language, place.application, self._before(place))

    def _before(self, place: Target) -> Before:
        field = self._field
        if field is None or not _same(field.place, place):
            return Before()
        return Before(field.text, time.monotonic() - field.at_s)

    def _insert(self, text: _Text, written: str, place: Target) -> None:
        try:
            hand = self._ready(private=text.private)
            self._keep.begun(text.turn)
            result = hand.insert(written, place)
        except Elsewhere:
            raise
        except StarlingError as error:
            self._missed(text, written, error, scratchpad=error.code == EXCLUDED)
            return
        except Exception as error:  # noqa: BLE001 - the next text must not be lost with this one
            self._missed(text, written, internal_error(error), scratchpad=False)
            return
        if result.way == "scratchpad":
            self._missed(text, written, StarlingError(NOT_INSERTED, result.reason, result.fix), scratchpad=True)
        elif result.reason:
            self._missed(text, written, StarlingError(PARTLY, result.reason, result.fix), scratchpad=True)
        elif result.way:
            self._stands(text, written, result)

    def _stands(self, text: _Text, written: str, result: Inserted) -> None:
        now_s, place = time.monotonic(), result.target
        before = self._field if self._field is not None and _same(self._field.place, place) else None
        before = before or _Field(place, "", now_s)
        if result.verified is False:  # nobody knows what stands where
            self._unknown()
        else:
            self._field = _Field(place, (before.text + written)[-KEPT_CHARACTERS:], now_s)
            self._last = [*self._last[1 - MOST_UNDONE :], _Last(text.turn, written, before)]
        self._keep.inserted(text.turn, _told(written), result.way, place.application)
        took_ms = round((now_s - text.came_s) * 1000, 1)
        self._emit(events.Inserted(text.turn, result.way, place.application, result.verified, took_ms))

    def _missed(self, text: _Text, written: str, error: StarlingError, *, scratchpad: bool) -> None:
        self._unknown()
        self._keep.not_inserted(text.turn, _told(written), error)
        self._emit(events.NotInserted(text.turn, error.code, error.message, error.fix, scratchpad))

    def _unknown(self) -> None:
        self._field = None
        self._last.clear()

    def _undo(self, text: _Text) -> None:
        try:
            if not self._last:
                raise StarlingError("insert.nothing_to_undo", "There is no insertion to take back.")
            self._ready(private=text.private).undo()
        except StarlingError as error:
            self._emit(events.Trouble(error))  # what was said after it is inserted all the same
            return
        last = self._last.pop()
        self._field = replace(last.field, at_s=time.monotonic())
        self._keep.not_inserted(last.turn, _told(last.text), TAKEN_BACK)
        self._emit(events.TakenBack(last.turn))


def is_own(place: Target) -> bool:
    """Whether it is a window of this process: the transcript shows a text already."""
    if place.pid and not SANDBOXED:
        return place.pid == os.getpid()
    return place.application.lower() in OWN_APPLICATIONS


def begins(event: events.Event) -> bool:
    """Whether somebody begins to speak or to hold the talk key."""
    return isinstance(event, events.SpeechBegan) or (isinstance(event, events.Listening) and event.held)


def _same(one: Target, other: Target) -> bool:
    return (one.application, one.window) == (other.application, other.window)


def _told(written: str) -> str:
    """Without the space that only joins it to what stood before."""
    return written.strip() or written
