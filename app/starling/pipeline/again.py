"""Turns that have been: heard again, recognised again with another model, forgotten. Its methods block."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace

from starling.core.errors import StarlingError, internal_error
from starling.core.results import SAMPLE_RATE, Samples
from starling.dictation.text.rules import Before
from starling.engine.clients import SttClient
from starling.pipeline import engines, events
from starling.pipeline.choice import Choice
from starling.pipeline.recognition import Recognised
from starling.pipeline.session import Session
from starling.pipeline.utterances import facts


class Again:
    """What a window does with earlier turns of a session."""

    def __init__(self, session: Session, emit: Callable[[events.Event], None]) -> None:
        self._session = session
        self._emit = emit
        self._lock = threading.Lock()
        self._other: SttClient | None = None
        self._aborted = False

    def replay(self, turn: str) -> None:
        """Play the turn's recording, after what is being said now."""
        try:
            samples = self._session.recording(turn)
        except StarlingError as error:
            self._emit(events.ReplayEnded(turn, error.to_json()))
            return
        said = self._session.book.said(turn) if self._session.book else ""
        self._session.replies.replay(turn, said, samples)

    def say_again(self, turn: str, text: str = "") -> None:
        """Speak a reply of the turn again: that with this text, or else the last one."""
        if not text and self._session.book is not None:
            text = self._session.book.reply(turn)
        if not text and self._session.history is not None:
            text = self._session.history.last_reply(turn)
        if text:
            self._session.replies.replay(turn, text)
        else:
            error = StarlingError("history.no_reply", "There is no reply to repeat.", "Ask again.")
            self._emit(events.ReplayEnded(turn, error.to_json(), of_reply=True))

    def retry(self, turn: str, model: str, choice: Choice) -> None:
        """Recognise the turn's recording with this model; the history takes the new text."""
        self._emit(events.RetryBegan(turn, model))
        try:
            samples = self._session.recording(turn)
            recognised = self._recognise(samples, replace(choice, stt_tier="legacy", stt_model=model))
        except StarlingError as error:
            self._emit(events.Retried(turn, error=error.to_json()))
            return
        except Exception as error:  # noqa: BLE001 - who waits for the end must be told one
            self._emit(events.Retried(turn, error=internal_error(error).to_json()))
            return
        history, transcript = self._session.history, recognised.transcript
        said = _utterance(turn, samples, recognised)
        if transcript is not None and self._dictated(turn):  # written as it would have been inserted
            shaped = self._session.text.shape(transcript.text, transcript.language, before=Before())
            said = replace(said, text=shaped.text)
        self._emit(events.Retried(turn, said))
        if history is not None and transcript is not None and transcript.text:
            history.done(turn, transcript, recognised.tier, recognised.model)
            if said.text != transcript.text:
                history.shaped(turn, said.text)
            history.delivered(turn)
            self._emit(events.HistoryChanged(turn))

    def _dictated(self, turn: str) -> bool:
        """Whether the history has it as a dictation."""
        if self._session.history is None:
            return False
        try:
            with contextlib.closing(self._session.history.reader()) as reader:
                return any(entry.mode == "dictation" for entry in reader.named([turn]))
        except StarlingError:
            return False

    def forget(self, turn: str) -> None:
        """Forget a turn, its text and its recording; an empty name means all of them."""
        if self._session.history is not None:
            if turn:
                self._session.history.forget([turn])
            else:
                self._session.history.clear()
        if self._session.book is not None:
            self._session.book.forget(turn)
        self._emit(events.TurnDeleted(turn))

    def abort(self) -> None:
        """End an engine that was started for a retry."""
        with self._lock:
            self._aborted, other = True, self._other
        if other is not None:
            other.supervisor.close()

    def _recognise(self, samples: Samples, choice: Choice) -> Recognised:
        """With the engine in use where it has the model, else with one for the moment."""
        if self._session.engines.stt.supervisor.state().rung.spec.model == choice.stt_model:
            return self._session.recogniser(samples)
        client = engines.start_stt(choice, lambda event: None)
        with self._lock:
            self._other, aborted = client, self._aborted
        try:
            if aborted:
                client.supervisor.close()
            return engines.recognise(client, choice.stt_options)(samples)
        finally:
            client.supervisor.close()
            with self._lock:
                self._other = None


def _utterance(turn: str, samples: Samples, recognised: Recognised) -> events.Utterance:
    """Times of the stream are over: only what the retry itself measured is there."""
    audio_s = len(samples) / SAMPLE_RATE
    return events.Utterance(
        start_s=0.0,
        end_s=round(audio_s, 3),
        tier=recognised.tier,
        model=recognised.model,
        audio_s=round(audio_s, 3),
        endpoint_to_text_ms=None,
        speech_end_to_text_ms=None,
        attempts=recognised.attempts,
        provider=recognised.provider,
        changes=recognised.changes,
        why_not_better=recognised.why_not_better,
        turn=turn,
        replayable=True,
        **({} if recognised.transcript is None else facts(recognised.transcript)),
    )
