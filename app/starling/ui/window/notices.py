"""Which messages stand above the transcript: pure, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from starling.core.errors import StarlingError
from starling.pipeline import events

MOST_SHOWN = 3
Kind = Literal["info", "warning", "error"]

_SPEAKER = "speaker"
_DROPPED = "speaker: dropped"
_GOOD_DEVICE = ("open", "back")


@dataclass(frozen=True)
class Message:
    """One message; two with the same ``code`` are the same message told again."""

    code: str
    kind: Kind
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Notices:
    """The messages, newest last; only the newest :data:`MOST_SHOWN` are shown."""

    all: tuple[Message, ...] = ()

    @property
    def shown(self) -> tuple[Message, ...]:
        """What there is room for."""
        return self.all[-MOST_SHOWN:]

    def plus(self, message: Message) -> Notices:
        """With one more; it takes the place of an older one of its code."""
        codes = [old.code for old in self.all]
        if message.code in codes:
            place = codes.index(message.code)
            return replace(self, all=(*self.all[:place], message, *self.all[place + 1 :]))
        return replace(self, all=(*self.all, message))

    def without(self, code: str) -> Notices:
        """After it was dismissed or has settled."""
        return replace(self, all=tuple(message for message in self.all if message.code != code))


def after(notices: Notices, event: events.Event) -> Notices:
    """The messages after one event."""
    match event:
        case events.Notice(text=text):
            return notices.plus(Message(f"notice: {text}", "info", text))
        case events.Trouble(error=error):
            return notices.plus(trouble(error))
        case events.SpeakerChanged(state="lost", message=message, fix=fix):
            return notices.plus(Message(_SPEAKER, "warning", message, fix))
        case events.SpeakerChanged(state="dropped", message=message, fix=fix):
            return notices.plus(Message(_DROPPED, "warning", message, fix))
        case events.SpeakerChanged(state=state) if state in _GOOD_DEVICE:
            return notices.without(_SPEAKER)
        case events.EngineChanged(kind="Promoted"):
            return notices.plus(Message(f"engine: {event.family}", "info", event.message))
        case events.EngineChanged() if not event.routine:
            return notices.plus(Message(f"engine: {event.family}", "warning", event.message))
    return notices


def trouble(error: StarlingError) -> Message:
    """An error as a message."""
    return Message(error.code, "error", error.message, error.fix)
