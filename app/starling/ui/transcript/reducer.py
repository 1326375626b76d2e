"""From pipeline events to the rows of a transcript: pure, one function, tables as its test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from starling.pipeline import events
from starling.ui.transcript.turns import (
    IN_PROGRESS,
    Figures,
    Inserted,
    Problem,
    Recogniser,
    State,
    Turn,
    Who,
    figures_of,
    past_rows,
    problem_of,
    reply_figures,
)


@dataclass(frozen=True)
class Transcript:
    """All rows, oldest first. ``made`` counts the rows ever made, for their keys."""

    rows: tuple[Turn, ...] = ()
    made: int = 0

    @property
    def waits(self) -> bool:
        """Whether a question waits for its answer."""
        return any(row.state is State.ANSWERING for row in self.rows)

    def row(self, key: str) -> Turn | None:
        """The row of this key."""
        return next((row for row in self.rows if row.key == key), None)


def after(transcript: Transcript, event: events.Event, now: float) -> Transcript:
    """The transcript after one event; ``now``, in Unix time, dates rows whose event does not say when."""
    match event:
        case events.SpeechBegan():
            return _opened(_without_nothing(transcript), State.HEARING, now)
        case events.SpeechEnded():
            return _speech_ended(transcript, now)
        case events.SpeechDropped(held=held):
            return _dropped(transcript, held, now)
        case events.Partial(text=text):
            return _partial(transcript, text)
        case events.Heard(utterance=utterance):
            return _heard(_without_nothing(transcript), utterance, now)
        case events.Asked(turn=turn, text=text, at=at):
            row = Turn("", Who.TYPED, at, State.ANSWERING, turn, text)
            return _added(_without_nothing(transcript), row)
        case events.ReplyBegan(text=text, turn=turn):
            return _reply_began(transcript, turn, text, now)
        case events.ReplyGrew(text=text, turn=turn):
            return _changed(transcript, lambda row: _speaks(row, turn), lambda row: replace(row, text=text))
        case events.ReplyEnded(reply=reply, turn=turn):
            return _reply_ended(transcript, turn, reply, now)
        case events.ReplayBegan(turn=turn, of_reply=of_reply, text=text):
            begun = partial(replace, replaying=True, problem=None)
            return _heard_again(transcript, turn, of_reply, lambda row: row.text == text, begun)
        case events.ReplayEnded(turn=turn, error=error, of_reply=of_reply):
            ended = partial(replace, replaying=False, problem=problem_of(error))
            return _heard_again(transcript, turn, of_reply, lambda row: row.replaying, ended)
        case events.RecordingsGone(turns=turns):
            return _changed(
                transcript,
                lambda row: row.turn in turns and not row.kept,
                lambda row: replace(row, replayable=False),
            )
        case events.RetryBegan(turn=turn, model=model):
            return _said(transcript, turn, lambda row: replace(row, retrying=model, problem=None))
        case events.Retried():
            return _said(transcript, event.turn, lambda row: _retried(row, event))
        case events.Inserted(turn=turn):
            where = Inserted(event.way == "paste", event.application, event.verified is not False)
            return _said(transcript, turn, lambda row: replace(row, inserted=where, problem=None))
        case events.NotInserted(turn=turn, reason=reason, fix=fix, scratchpad=scratchpad):
            problem = Problem(reason, fix, scratchpad, untyped=True)
            return _said(transcript, turn, lambda row: replace(row, inserted=None, problem=problem))
        case events.TakenBack(turn=turn):
            return _said(transcript, turn, _taken_back)
        case events.TurnDeleted(turn=turn):
            return _kept(transcript, lambda row: bool(turn and row.turn != turn) or row.state in IN_PROGRESS)
        case events.Recovered():
            return _recovered(transcript, event)
        case events.PastTurns(turns=turns):
            return _with_past(transcript, turns)
        case events.Listening(mode=mode, muted=muted) if muted or mode == "off":
            return _kept(transcript, lambda row: row.state is not State.HEARING)
        case events.Stopped():
            return _stopped(transcript)
    return transcript


def without_waiting(transcript: Transcript) -> Transcript:
    """The transcript once no question is answered any more."""
    return _none_waits(transcript) if transcript.waits else transcript


def without(transcript: Transcript, key: str) -> Transcript:
    """The transcript without one row."""
    return _kept(transcript, lambda row: row.key != key)


# -- rows ------------------------------------------------------------------------------------------------------


def _added(transcript: Transcript, row: Turn, place: int | None = None) -> Transcript:
    """With a row more, before those in progress unless a place is given."""
    rows, made = transcript.rows, transcript.made + 1
    if place is None:
        place = len(rows)
        while row.state not in IN_PROGRESS and place and rows[place - 1].state in IN_PROGRESS:
            place -= 1
    return Transcript((*rows[:place], replace(row, key=f"row-{made}"), *rows[place:]), made)


def _opened(transcript: Transcript, state: State, now: float) -> Transcript:
    return _added(transcript, Turn("", Who.YOU, now, state))


def _kept(transcript: Transcript, keep: Callable[[Turn], bool]) -> Transcript:
    rows = tuple(row for row in transcript.rows if keep(row))
    return transcript if len(rows) == len(transcript.rows) else replace(transcript, rows=rows)


def _without_nothing(transcript: Transcript) -> Transcript:
    return _kept(transcript, lambda row: row.state is not State.NOTHING)


def _with(transcript: Transcript, place: int, row: Turn) -> Transcript:
    rows = transcript.rows
    return replace(transcript, rows=(*rows[:place], row, *rows[place + 1 :]))


def _changed(transcript: Transcript, which: Callable[[Turn], bool], change: Callable[[Turn], Turn]) -> Transcript:
    return replace(transcript, rows=tuple(change(row) if which(row) else row for row in transcript.rows))


def _said(transcript: Transcript, turn: str, change: Callable[[Turn], Turn]) -> Transcript:
    """With the words of this turn changed, not its replies."""
    return _changed(transcript, lambda row: bool(turn) and row.turn == turn and not row.is_reply, change)


def _place(transcript: Transcript, which: Callable[[Turn], bool], *, last: bool = False) -> int | None:
    """Where the first or last such row is."""
    places = range(len(transcript.rows))
    order = reversed(places) if last else places
    return next((place for place in order if which(transcript.rows[place])), None)


# -- speech ----------------------------------------------------------------------------------------------------


def _speech_ended(transcript: Transcript, now: float) -> Transcript:
    place = _place(transcript, lambda row: row.state is State.HEARING)
    if place is None:
        return _opened(transcript, State.TRANSCRIBING, now)
    return _with(transcript, place, replace(transcript.rows[place], state=State.TRANSCRIBING))


def _dropped(transcript: Transcript, held: bool, now: float) -> Transcript:
    place = _place(transcript, lambda row: row.state is State.HEARING, last=True)
    if place is None and not held:
        return transcript
    if place is None:
        return _opened(_without_nothing(transcript), State.NOTHING, now)
    row = transcript.rows[place]
    if held:
        return _with(transcript, place, replace(row, state=State.NOTHING, text=""))
    return _kept(transcript, lambda other: other is not row)


def _partial(transcript: Transcript, text: str) -> Transcript:
    place = _place(transcript, lambda row: row.state in (State.HEARING, State.TRANSCRIBING), last=True)
    return transcript if place is None else _with(transcript, place, replace(transcript.rows[place], text=text))


def _heard(transcript: Transcript, utterance: events.Utterance, now: float) -> Transcript:
    place = _place(transcript, lambda row: row.state is State.TRANSCRIBING)
    if place is None:
        place = _place(transcript, lambda row: row.state is State.HEARING)
    if place is None:
        transcript = _opened(transcript, State.TRANSCRIBING, now)
        place = len(transcript.rows) - 1
    row = transcript.rows[place]
    heard = _heard_row(row, utterance)
    if heard is None:
        return _kept(transcript, lambda other: other is not row)
    return _with(_none_waits(transcript) if utterance.verdict == "stop" else transcript, place, heard)


def _heard_row(row: Turn, utterance: events.Utterance) -> Turn | None:
    """The row once its text is there; None for what is not shown."""
    row = replace(row, turn=utterance.turn, at=utterance.at or row.at, text=utterance.text)
    row = replace(row, figures=figures_of(utterance), replayable=utterance.replayable)
    if utterance.error is not None:
        return replace(row, state=State.FAILED, problem=problem_of(utterance.error))
    if utterance.commands and not utterance.text:
        return None
    if utterance.verdict == "empty" or not utterance.text:
        return replace(row, turn="", state=State.NOTHING, text="") if utterance.held else None
    if utterance.verdict == "echo":
        return None
    unheeded = utterance.verdict == "not_addressed" and utterance.mode == "assistant"
    overheard = unheeded or utterance.verdict == "paused"
    state = State.ANSWERING if utterance.verdict == "answer" else State.DONE
    return replace(row, who=Who.OVERHEARD if overheard else Who.YOU, state=state)


# -- replies ---------------------------------------------------------------------------------------------------


def _answered(transcript: Transcript, turn: str) -> Transcript:
    """Questions are answered in order: one that still waits when a later one is answered got no answer."""
    place = _place(transcript, lambda row: row.state is State.ANSWERING and row.turn == turn)
    answered = transcript.rows[: place + 1] if place is not None else ()
    return _none_waits(transcript, {row.key for row in answered})


def _none_waits(transcript: Transcript, keys: set[str] | None = None) -> Transcript:
    """No question waits for an answer, or none of these."""
    return _changed(
        transcript,
        lambda row: row.state is State.ANSWERING and (keys is None or row.key in keys),
        lambda row: replace(row, state=State.DONE),
    )


def _reply_began(transcript: Transcript, turn: str, text: str, now: float) -> Transcript:
    transcript = _answered(transcript, turn)
    place = _place(transcript, lambda row: _speaks(row, turn), last=True)
    if place is None:
        who = Who.STARLING if turn else Who.TIMER
        return _added(transcript, Turn("", who, now, State.SPEAKING, turn, text), _answer_place(transcript, turn))
    row = transcript.rows[place]
    return _with(transcript, place, replace(row, state=State.SPEAKING, text=text, problem=None))


def _speaks(row: Turn, turn: str) -> bool:
    return row.is_reply and row.turn == turn and row.state is State.SPEAKING


def _answer_place(transcript: Transcript, turn: str) -> int | None:
    """After the question and its earlier replies."""
    place = _place(transcript, lambda row: bool(turn) and row.turn == turn, last=True)
    return None if place is None else place + 1


def _reply_ended(transcript: Transcript, turn: str, reply: events.Reply, now: float) -> Transcript:
    transcript = _none_waits(transcript) if reply.stopped else _answered(transcript, turn)
    place = _place(transcript, lambda row: _speaks(row, turn), last=True)
    if place is None:
        if not reply.text and reply.error is None:
            return transcript  # there was nothing to say
        who = Who.STARLING if turn else Who.TIMER
        transcript = _added(transcript, Turn("", who, now, State.SPEAKING, turn), _answer_place(transcript, turn))
        place = _place(transcript, lambda row: _speaks(row, turn), last=True)
    assert place is not None
    return _with(transcript, place, _ended_row(transcript.rows[place], reply))


def _ended_row(row: Turn, reply: events.Reply) -> Turn:
    """A reply that failed to sound keeps the text it was to have."""
    state = State.FAILED if reply.error else State.STOPPED if reply.stopped else State.DONE
    figures = reply_figures(reply)
    if figures == Figures():
        figures = row.figures
    return replace(row, state=state, text=reply.text or row.text, figures=figures, problem=problem_of(reply.error))


# -- what happens to turns later -------------------------------------------------------------------------------


def _heard_again(
    transcript: Transcript, turn: str, of_reply: bool, which: Callable[[Turn], bool], change: Callable[[Turn], Turn]
) -> Transcript:
    """With the row changed that sounds again: what was said, or that reply of several, or else the last one."""
    if not of_reply:
        return _said(transcript, turn, change)

    def replies(row: Turn) -> bool:
        return bool(turn) and row.turn == turn and row.is_reply

    place = _place(transcript, lambda row: replies(row) and which(row), last=True)
    if place is None:
        place = _place(transcript, replies, last=True)
    return transcript if place is None else _with(transcript, place, change(transcript.rows[place]))


def _retried(row: Turn, event: events.Retried) -> Turn:
    """With the new text and figures; an error or an empty text leaves the old ones."""
    utterance = event.utterance
    if utterance is None or utterance.error is not None:
        error = event.error if utterance is None else utterance.error
        return replace(row, retrying="", problem=problem_of(error) or row.problem)
    silent = not utterance.text.strip()
    row = replace(
        row,
        state=State.DONE if row.state is State.FAILED else row.state,
        retrying="",
        retried=Recogniser(utterance.tier, utterance.model),
        silent=silent,
        problem=None,
    )
    return row if silent else replace(row, before=row.text, text=utterance.text, figures=figures_of(utterance))


def _taken_back(row: Turn) -> Turn:
    return row if row.inserted is None else replace(row, inserted=replace(row.inserted, taken_back=True))


def _recovered(transcript: Transcript, event: events.Recovered) -> Transcript:
    if event.turn and (place := _place(transcript, lambda row: row.turn == event.turn)) is not None:
        row = replace(transcript.rows[place], who=Who.RECOVERED, state=State.DONE, text=event.text, problem=None)
        return _with(transcript, place, row)
    later = _place_at(transcript, event.started_at)
    row = Turn("", Who.RECOVERED, event.started_at, State.DONE, event.turn, event.text, Figures(tier=event.tier))
    return _added(transcript, row, later)


def _with_past(transcript: Transcript, turns: tuple[events.PastTurn, ...]) -> Transcript:
    """Each turn where it belongs in time; one that is there already stays as it is."""
    known = {row.turn for row in transcript.rows}
    for past in turns:
        if past.turn not in known:
            known.add(past.turn)
            place = _place_at(transcript, past.at)
            for number, row in enumerate(past_rows(past)):
                transcript = _added(transcript, row, place + number)
    return transcript


def _place_at(transcript: Transcript, at: float) -> int:
    """Before what was said later or is in progress; a reply stays with what it answers."""
    rows = transcript.rows
    for place, row in enumerate(rows):
        answers = place > 0 and row.is_reply and bool(row.turn) and rows[place - 1].turn == row.turn
        if not answers and (row.at > at or row.state in IN_PROGRESS):
            return place
    return len(rows)


def _stopped(transcript: Transcript) -> Transcript:
    """Nothing goes on any more."""
    transcript = _kept(transcript, lambda row: row.state not in IN_PROGRESS)
    ends = {State.SPEAKING: State.STOPPED, State.ANSWERING: State.DONE}
    return _changed(
        transcript,
        lambda row: row.state in ends or row.replaying or bool(row.retrying),
        lambda row: replace(row, state=ends.get(row.state, row.state), replaying=False, retrying=""),
    )
