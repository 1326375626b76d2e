"""What the overlay shows, computed from events: pure, tables as its test.

It is there while somebody dictates, and a moment longer for what came of it. In other modes it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from starling.pipeline import events

Kind = Literal["listening", "transcribing", "paused", "recognised", "typed", "taken_back", "nothing", "ended", "error"]

BRIEF_S = 1.5
"""How long what came of a dictation is seen."""
LONG_S = 4.0
"""How long what has to be read is seen."""
_LASTS_S: dict[Kind, float] = {"paused": LONG_S, "error": LONG_S}
_FOR_TALKERS = frozenset(("listen.muted",))
"""Troubles that answer a press of the talk key."""


@dataclass(frozen=True)
class Look:
    """What is seen.

    Attributes:
        kind: its shape and word.
        text: what was said so far, or why it went wrong.
        application: where the text goes; empty where nobody tells.
        lasts_s: it goes by itself after this long; 0: with the next event.
        live: sound is heard, so a level means something.
    """

    kind: Kind
    text: str = ""
    application: str = ""
    lasts_s: float = 0.0
    live: bool = False


@dataclass(frozen=True)
class Dictation:
    """What is known of the dictation that goes on; ``outcome``: what came of the last text, until it has been seen."""

    mode: events.Mode = "off"
    held: bool = False
    hearing: bool = False
    transcribing: int = 0
    paused: bool = False
    partial: str = ""
    application: str = ""
    outcome: Look | None = None


def look(now: Dictation) -> Look | None:
    """What the overlay shows; None: nothing."""
    if now.outcome is not None and (now.outcome.kind == "error" or not now.hearing):
        return now.outcome
    if now.mode != "dictation":
        return None
    if now.held or (now.hearing and not now.paused):
        return Look("listening", now.partial, now.application, live=True)
    if now.paused and (now.hearing or now.transcribing):
        return Look("paused", live=now.hearing)
    if now.transcribing:
        return Look("transcribing", now.partial, now.application)
    return None


def faded(now: Dictation) -> Dictation:
    """What came of the last text has been seen long enough."""
    return replace(now, outcome=None)


def after(now: Dictation, event: events.Event) -> Dictation:
    """The dictation after one event."""
    match event:
        case events.Listening():
            return _listening(now, event)
        case events.Stopped(error=error):
            return Dictation(outcome=_outcome("error", error.message) if error and _active(now) else None)
        case events.DictationSaid():
            return _steered(now, event)
        case _ if now.mode != "dictation":
            return now
        case events.SpeechBegan():
            return replace(now, hearing=True, partial="", outcome=None)
        case events.SpeechEnded():
            return replace(now, hearing=False, transcribing=now.transcribing + 1)
        case events.SpeechDropped(held=held):
            outcome = _outcome("nothing") if held and not now.held else now.outcome
            return replace(now, hearing=False, partial="", outcome=outcome)
        case events.Partial(text=text):
            return replace(now, partial=text)
        case events.Heard(utterance=utterance):
            return _heard(now, utterance)
        case events.Aimed(application=application, own=own):
            return replace(now, application="" if own else application)
        case events.Inserted(application=application):
            return _came(now, _outcome("typed", _said(now), application or now.application))
        case events.TakenBack():
            return _came(now, _outcome("taken_back", "", now.application))
        case events.NotInserted(reason=reason):
            return replace(now, outcome=_outcome("error", reason))
        case events.MicrophoneChanged(state="lost", message=message):
            return replace(now, hearing=False, outcome=_outcome("error", message))
        case events.Trouble(error=error) if error.code in _FOR_TALKERS:
            return replace(now, outcome=_outcome("error", error.message))
    return now


def _listening(now: Dictation, event: events.Listening) -> Dictation:
    if event.mode != "dictation":
        kept = now.outcome if now.outcome is not None and now.outcome.kind == "ended" else None
        return Dictation(event.mode, outcome=kept)
    if now.mode != "dictation":
        now = replace(Dictation(event.mode), outcome=now.outcome)
    pressed = event.held and not now.held
    now = replace(now, held=event.held, hearing=now.hearing and not event.muted)
    return replace(now, outcome=None, partial="" if not now.hearing else now.partial) if pressed else now


def _steered(now: Dictation, event: events.DictationSaid) -> Dictation:
    now = replace(now, paused=event.paused)
    match event.command:
        case "pause":
            return replace(now, outcome=_outcome("paused"))
        case "stop":
            return replace(now, outcome=_outcome("ended"))
    return replace(now, outcome=replace(_outcome("listening"), live=True))


def _heard(now: Dictation, utterance: events.Utterance) -> Dictation:
    now = replace(now, transcribing=max(0, now.transcribing - 1))
    if utterance.error is not None:
        return replace(now, outcome=_outcome("error", utterance.error["message"]))
    if not utterance.text or utterance.verdict in ("paused", "command"):
        nothing = utterance.held and utterance.verdict == "empty"
        return replace(now, partial="", outcome=_outcome("nothing") if nothing else now.outcome)
    return _came(replace(now, partial=""), _outcome("recognised", utterance.text, now.application))


def _came(now: Dictation, outcome: Look) -> Dictation:
    """Something came of it, unless something worse is still to be read or the next sentence is being said."""
    if now.hearing or (now.outcome is not None and now.outcome.kind in ("error", "paused", "ended")):
        return now
    return replace(now, outcome=outcome)


def _said(now: Dictation) -> str:
    return now.outcome.text if now.outcome is not None and now.outcome.kind == "recognised" else ""


def _active(now: Dictation) -> bool:
    return now.mode == "dictation" and (now.held or now.hearing or now.transcribing > 0)


def _outcome(kind: Kind, text: str = "", application: str = "") -> Look:
    return Look(kind, text, application, _LASTS_S.get(kind, BRIEF_S))
