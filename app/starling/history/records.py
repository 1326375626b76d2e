"""What the history gives back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from starling.core.results import Transcript

State = Literal["pending", "done", "failed", "inserted"]
"""``inserted``: the text was typed or pasted where the cursor was. ``done`` has a text too."""


@dataclass(frozen=True)
class SpokenReply:
    """One reply of a turn."""

    text: str
    tier: str
    voice: str


@dataclass(frozen=True)
class Utterance:
    """One utterance and what followed.

    Attributes:
        id: its name in the history.
        started_at: Unix time at which speech began.
        mode: ``assistant``, ``dictation`` ...
        audio_s: length of the recording; a guess from the file's size when it was found without its row.
        state: ``pending`` until there is a text or every engine failed.
        delivered: whether the text reached the user.
        text: what was said.
        transcript: the whole result; None unless done.
        tier: who recognised it.
        model: with which model.
        error_code: why it failed; of one that is done, why its text was not inserted.
        replies: in order.
        reason: the same in a sentence.
        way: how it was inserted.
        application: into which.
        number: in the order in which they were stored; it never changes.
    """

    id: str
    started_at: float
    mode: str
    audio_s: float
    state: State
    delivered: bool
    text: str = ""
    transcript: Transcript | None = None
    tier: str = ""
    model: str = ""
    error_code: str = ""
    replies: tuple[SpokenReply, ...] = ()
    reason: str = ""
    way: str = ""
    application: str = ""
    number: int = 0


COLUMNS = (
    "id, started_at, mode, audio_s, state, delivered, text, transcript, tier, model, error_code,"
    " reason, way, application, number"
)


def from_row(row: tuple[Any, ...], replies: tuple[SpokenReply, ...] = ()) -> Utterance:
    """Build from a row of ``COLUMNS``."""
    utterance, started_at, mode, audio_s, state, delivered, text, transcript, tier, model, error_code, *more = row
    whole = Transcript.from_json(json.loads(transcript)) if transcript else None
    first = (utterance, started_at, mode, audio_s, state, bool(delivered), text, whole, tier, model, error_code)
    return Utterance(*first, replies, *more)
