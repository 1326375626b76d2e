"""What a transcript shows, as plain values without Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from starling.pipeline import events


class Who(Enum):
    """Whose words a row holds."""

    YOU = "you"
    OVERHEARD = "overheard"
    """Heard, and not said to Starling."""
    TYPED = "typed"
    RECOVERED = "recovered"
    """Said in an earlier run that ended before the text was there."""
    STARLING = "starling"
    TIMER = "timer"
    """Starling speaks without having been asked."""


class State(Enum):
    """How far a row is."""

    HEARING = "hearing"
    TRANSCRIBING = "transcribing"
    NOTHING = "nothing"
    """The talk key was held and nothing was heard."""
    ANSWERING = "answering"
    SPEAKING = "speaking"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


IN_PROGRESS = frozenset({State.HEARING, State.TRANSCRIBING, State.NOTHING})
"""Rows that are no turn yet; nothing can be done with them."""


@dataclass(frozen=True)
class Figures:
    """What was measured about a row. None and empty: not measured, not known."""

    tier: str = ""
    model: str = ""
    voice: str = ""
    device: str = ""
    evidence: tuple[str, ...] = ()
    rtf: float | None = None
    text_ms: float | None = None
    """From the decision that speech had ended to its text."""
    first_sound_ms: float | None = None
    """From the reply's text to its first sample."""
    confidence: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """What went wrong, and what to do."""

    message: str
    fix: str = ""
    scratchpad: bool = False
    """It kept a text from being inserted, which is in the scratchpad now."""
    untyped: bool = False
    """It kept a text from being inserted."""


@dataclass(frozen=True)
class Recogniser:
    """What recognised a recording again; ``model`` is empty if the tier has none."""

    tier: str
    model: str = ""


@dataclass(frozen=True)
class Inserted:
    """Where a dictation went; ``application`` is empty where that is not known."""

    pasted: bool
    application: str = ""
    sure: bool = True
    """The focus stayed where it was."""
    taken_back: bool = False


@dataclass(frozen=True)
class Turn:
    """One row.

    Attributes:
        key: names the row; it stays while a row goes from hearing to text.
        turn: the service's name of the turn, that of the question for a reply; empty while there is none.
        at: Unix time.
        text: said or heard so far.
        replayable: its recording is there.
        kept: by the history, which does not make room for newer ones.
        replaying: the recording is being played; of a reply: it is spoken again.
        retrying: the model that is to recognise it again right now.
        retried: what did so last.
        silent: that heard nothing in it, and the text is still that of before.
        before: the text before the last retry that brought one.
        inserted: where a dictation was typed; None: nowhere.
    """

    key: str
    who: Who
    at: float
    state: State
    turn: str = ""
    text: str = ""
    figures: Figures = field(default_factory=Figures)
    problem: Problem | None = None
    replayable: bool = False
    kept: bool = False
    replaying: bool = False
    retrying: str = ""
    retried: Recogniser | None = None
    silent: bool = False
    before: str = ""
    inserted: Inserted | None = None

    @property
    def is_reply(self) -> bool:
        """Whether Starling said it."""
        return self.who in (Who.STARLING, Who.TIMER)

    @property
    def settled(self) -> bool:
        """Whether it can be copied and deleted."""
        return self.state not in IN_PROGRESS

    @property
    def can_retry(self) -> bool:
        """Whether its recording can be recognised again."""
        return self.settled and self.replayable and bool(self.turn) and not self.is_reply and not self.retrying

    @property
    def can_say_again(self) -> bool:
        """Whether Starling can repeat it."""
        return self.is_reply and bool(self.turn) and bool(self.text) and self.state is not State.SPEAKING


def problem_of(error: dict[str, str] | None) -> Problem | None:
    """The error of an event as a row shows it."""
    if not error:
        return None
    untyped = str(error.get("code", "")).startswith("insert.")
    return Problem(error.get("message", ""), error.get("fix", ""), untyped=untyped)


def figures_of(utterance: events.Utterance) -> Figures:
    """What was measured about an utterance; times only where something was recognised."""
    recognised = utterance.rtf is not None
    return Figures(
        tier=utterance.tier,
        model=utterance.model,
        device=utterance.placement.device if recognised else "",
        evidence=utterance.placement.evidence,
        rtf=utterance.rtf,
        text_ms=utterance.endpoint_to_text_ms if recognised else None,
        confidence=utterance.confidence,
        notes=utterance.notes,
    )


def reply_figures(reply: events.Reply) -> Figures:
    """What was measured about a reply."""
    spoken = reply.audio_s is not None
    return Figures(
        tier=reply.tier,
        voice=reply.voice,
        device=reply.placement.device if spoken else "",
        evidence=reply.placement.evidence,
        rtf=reply.rtf,
        first_sound_ms=reply.time_to_first_audio_ms,
    )


def past_rows(past: events.PastTurn) -> tuple[Turn, ...]:
    """A turn of the history: what was said, and its replies; without keys."""
    rtf = past.processing_s / past.audio_s if past.processing_s is not None and past.audio_s else None
    figures = Figures(
        tier=past.tier,
        model=past.model,
        device=past.placement.device if rtf is not None else "",
        evidence=past.placement.evidence,
        rtf=rtf,
    )
    said = Turn(
        key="",
        who=_past_who(past),
        at=past.at,
        state=State.FAILED if past.error_code else State.DONE,
        turn=past.turn,
        text=past.text,
        figures=figures,
        replayable=past.replayable,
        kept=past.replayable,
    )
    replies = (
        Turn("", Who.STARLING, past.at, State.DONE, past.turn, text, Figures(tier=tier, voice=voice))
        for text, tier, voice in past.replies
    )
    return said, *replies


def _past_who(past: events.PastTurn) -> Who:
    """The history does not keep the verdict: in assistant mode, what has a reply was addressed."""
    if not past.audio_s:
        return Who.TYPED
    if past.mode == "assistant" and not past.replies and not past.error_code:
        return Who.OVERHEARD
    return Who.YOU
