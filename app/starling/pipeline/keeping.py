"""Keeps utterances in the history. What the disk refuses is told once; listening goes on without it."""

from __future__ import annotations

import time
from collections.abc import Callable

from starling import locate
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples
from starling.engine.failures import CLOSED
from starling.history.records import Utterance
from starling.history.store import History
from starling.pipeline import events
from starling.pipeline.choice import Choice
from starling.pipeline.recognition import Recognised

Emit = Callable[[events.Event], None]
SWEEP_EVERY_S = 86_400.0


def open_history(choice: Choice, emit: Emit) -> History | None:
    """The user's history; None, and told, when it cannot be opened."""
    try:
        history = History(locate.data_dir() / "history", choice.keep_history, choice.keep_audio)
    except StarlingError as error:
        emit(events.Trouble(error))
        return None
    if history.set_aside is not None:
        what = f"The history was damaged; it was moved to {history.set_aside} and a new one was begun."
        emit(events.Trouble(StarlingError("history.damaged", what)))
    return history


def recover(history: History, transcribe: Callable[[Samples], Recognised], emit: Emit, *, failed: bool) -> list[bool]:
    """Give the texts of utterances that a crashed run had recorded; whether each could be given.

    Args:
        history: where they are.
        transcribe: the recogniser.
        emit: hears of texts and troubles.
        failed: also try again what every engine failed on.
    """
    return [_recovered(history, orphan, transcribe, emit) for orphan in history.orphans(failed)]


def _recovered(history: History, orphan: Utterance, transcribe: Callable[[Samples], Recognised], emit: Emit) -> bool:
    try:
        _recover_one(history, orphan, transcribe, emit)
    except StarlingError as error:
        emit(events.Trouble(error))
        return False
    return True


class Keeper:
    """The recognition line's log over a history that may be missing. Called from the line's thread.

    Args:
        history: the store, or None.
        mode: ``assistant`` or ``dictation``; may be changed at any time, as ``keep_days``.
        keep_days: older texts are deleted, now and then; 0 keeps them.
        emit: hears of the first failure of each kind.
    """

    def __init__(self, history: History | None, mode: str, keep_days: int, emit: Emit) -> None:
        self._history = history
        self.mode = mode
        self.keep_days = keep_days
        self._swept_at = 0.0
        self._emit = emit
        self._told: set[str] = set()

    def pending(self, samples: Samples) -> str:
        """Store the audio; empty when that failed."""
        if self._history is None:
            return ""
        now = time.time()
        if now - self._swept_at > SWEEP_EVERY_S:
            self._swept_at = now
            self._do(lambda history: history.sweep(self.keep_days, now))
        try:
            return self._history.add_pending(samples, now - len(samples) / SAMPLE_RATE, self.mode)
        except StarlingError as error:
            self._tell(error)
            return ""

    def name(self, at: float) -> str:
        """A name for a typed question; empty without a history."""
        return "" if self._history is None else self._history.name(at)

    def typed(self, name: str, at: float, text: str) -> None:
        """Store a typed question."""
        self._do(lambda history: history.add_typed(name, at, text, self.mode))

    def finished(self, utterance: str, recognised: Recognised) -> None:
        """Store the text or the failure; one that only the end of the app cut short stays pending."""
        if self._history is None or not utterance:
            return
        try:
            if recognised.transcript is not None:
                self._history.done(utterance, recognised.transcript, recognised.tier, recognised.model)
            elif recognised.error is not None and recognised.error.code != CLOSED:
                self._history.failed(utterance, recognised.error.code)
        except StarlingError as error:
            self._tell(error)

    def delivered(self, utterance: str) -> None:
        """The text was shown: the audio may go."""
        self._do(lambda history: history.delivered(utterance))

    def replied(self, utterance: str, reply: events.Reply) -> None:
        """Store what was answered."""
        self._do(lambda history: history.add_reply(utterance, reply.text, reply.tier, reply.voice))

    def discarded(self, utterance: str) -> None:
        """Part of a longer utterance: forget it."""
        self._do(lambda history: history.discard(utterance))

    def _do(self, action: Callable[[History], object]) -> None:
        if self._history is None:
            return
        try:
            action(self._history)
        except StarlingError as error:
            self._tell(error)

    def _tell(self, error: StarlingError) -> None:
        if error.code not in self._told:
            self._told.add(error.code)
            self._emit(events.Trouble(error))


def _recover_one(history: History, orphan: Utterance, transcribe: Callable[[Samples], Recognised], emit: Emit) -> None:
    samples = history.claim(orphan.id)
    if samples is None:  # another Starling took it
        return
    if orphan.state == "done":  # recognised, not shown
        emit(events.Recovered(orphan.text, orphan.started_at, orphan.tier, orphan.id))
        history.delivered(orphan.id)
        return
    try:
        recognised = transcribe(samples)
    except StarlingError as error:
        if error.code == CLOSED:  # Starling ends; it stays pending for the next start
            return
        history.failed(orphan.id, error.code)
        raise
    if recognised.transcript is not None:
        history.done(orphan.id, recognised.transcript, recognised.tier, recognised.model)
        emit(events.Recovered(recognised.transcript.text, orphan.started_at, recognised.tier, orphan.id))
        history.delivered(orphan.id)
