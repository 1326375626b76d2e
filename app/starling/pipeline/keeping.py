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
PASSWORD = "insert.password"
UNSURE = StarlingError(
    "insert.unsure", "Starling ended while this was on its way: it may stand there, whole or in part, or not."
)


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

    Attributes:
        keep_audio_days: older recordings are deleted, their texts stay; 0 keeps them as long as their texts.
        private: store nothing of what comes from now on, neither text nor sound; may be changed at any time.
        changed: called with the name of what has changed in the history, on several threads.
    """

    def __init__(self, history: History | None, mode: str, keep_days: int, emit: Emit) -> None:
        self._history = history
        self.mode = mode
        self.keep_days = keep_days
        self.keep_audio_days = 0
        self.private = False
        self.changed: Callable[[str], None] = lambda utterance: None
        self._swept_at = 0.0
        self._emit = emit
        self._told: set[str] = set()

    def pending(self, samples: Samples, name: str = "") -> str:
        """Store the audio, under a name if it has one; empty when that failed or must not be."""
        if self._history is None or self.private:
            return ""
        now = time.time()
        self._sweep(now)
        try:
            stored = self._history.add_pending(samples, now - len(samples) / SAMPLE_RATE, self.mode, name)
        except StarlingError as error:
            self._tell(error)
            return ""
        self.changed(stored)
        return stored

    def grow(self, utterance: str, samples: Samples, started_at: float) -> None:
        """More of what is being said; what is private from the middle on is private as a whole."""
        if self.private:
            self.grown(utterance)
        else:
            self._do(lambda history: history.grow(utterance, samples, started_at, self.mode))

    def grown(self, utterance: str) -> None:
        """It is stored as a whole, or not wanted."""
        self._do(lambda history: history.grown(utterance))

    def name(self, at: float) -> str:
        """A name for what begins now; empty when it is not to be stored."""
        return "" if self._history is None or self.private else self._history.name(at)

    def typed(self, name: str, at: float, text: str) -> None:
        """Store a typed question."""
        if not self.private:
            self._do(lambda history: history.add_typed(name, at, text, self.mode), name)

    def finished(self, utterance: str, recognised: Recognised) -> None:
        """Store the text or the failure; one that only the end of the app cut short stays pending."""
        if self._history is None or not utterance:
            return
        try:
            if recognised.transcript is not None:
                self._history.done(utterance, recognised.transcript, recognised.tier, recognised.model)
            elif recognised.error is not None and recognised.error.code != CLOSED:
                self._history.failed(utterance, recognised.error.code, recognised.error.message)
        except StarlingError as error:
            self._tell(error)
        self.changed(utterance)

    def delivered(self, utterance: str) -> None:
        """The text was shown: the audio may go."""
        self._do(lambda history: history.delivered(utterance), utterance)

    def shaped(self, utterance: str, text: str) -> None:
        """A dictation's text as it is written, in the place of what was recognised; the transcript stays."""
        self._do(lambda history: history.shaped(utterance, text), utterance)

    def begun(self, utterance: str) -> None:
        """A dictation is on its way; only who finds this after an unexpected end sees it."""
        self._do(lambda history: history.not_inserted(utterance, UNSURE.code, UNSURE.message))

    def inserted(self, utterance: str, text: str, way: str, application: str) -> None:
        """A dictation's text, as it was shaped, stands where the cursor was."""

        def store(history: History) -> None:
            history.shaped(utterance, text)
            history.inserted(utterance, way, application)

        self._do(store, utterance)

    def not_inserted(self, utterance: str, text: str, error: StarlingError) -> None:
        """It could not be inserted; the text is kept with the reason, unless it was meant for a password field."""

        def store(history: History) -> None:
            if error.code == PASSWORD:
                history.discard(utterance)
                return
            history.shaped(utterance, text)
            history.not_inserted(utterance, error.code, error.message)

        self._do(store, utterance)

    def replied(self, utterance: str, reply: events.Reply) -> None:
        """Store what was answered."""
        self._do(lambda history: history.add_reply(utterance, reply.text, reply.tier, reply.voice), utterance)

    def discarded(self, utterance: str) -> None:
        """Part of a longer utterance: forget it."""
        self._do(lambda history: history.discard(utterance), utterance)

    def _sweep(self, now: float) -> None:
        if now - self._swept_at > SWEEP_EVERY_S:
            self._swept_at = now
            self._do(lambda history: history.sweep(self.keep_days, now))
            self._do(lambda history: history.sweep_audio(self.keep_audio_days, now))

    def _do(self, action: Callable[[History], object], changes: str = "") -> None:
        if self._history is None:
            return
        try:
            action(self._history)
        except StarlingError as error:
            self._tell(error)
        if changes:
            self.changed(changes)

    def _tell(self, error: StarlingError) -> None:
        if error.code not in self._told:
            self._told.add(error.code)
            self._emit(events.Trouble(error))


def _recover_one(history: History, orphan: Utterance, transcribe: Callable[[Samples], Recognised], emit: Emit) -> None:
    samples = history.claim(orphan.id)
    if samples is None:  # another Starling took it
        return
    if orphan.state == "inserted":  # it stands where it was wanted; only that was not noted any more
        history.delivered(orphan.id)
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
