"""What the pipeline tells of dictated texts on their way to other applications. Plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Aimed:
    """A dictation begins: this had the focus then, and its text goes there unless the focus moves.

    Attributes:
        application: as of :class:`Inserted`; empty where the desktop does not tell.
        own: a window of Starling, where a text stands in the transcript.
    """

    application: str = ""
    own: bool = False


@dataclass(frozen=True)
class Inserted:
    """The text of a turn stands where the cursor was.

    Attributes:
        turn: whose text it is; a name that the history has, or one that only the window knows.
        way: ``xtest``, ``wtype``, ``portal``, ``ydotool`` or ``paste``.
        application: that has it; empty where the desktop does not tell.
        verified: True when the application took it, False when the focus moved meanwhile, None when nobody can tell.
        took_ms: from the text to the last key.
    """

    turn: str
    way: str
    application: str = ""
    verified: bool | None = None
    took_ms: float = 0.0


@dataclass(frozen=True)
class NotInserted:
    """It could not be inserted, or not wholly.

    Attributes:
        turn: as of :class:`Inserted`.
        code: of the error.
        reason: in a sentence.
        fix: what to do; may be empty.
        scratchpad: whether the text is in the scratchpad now.
    """

    turn: str
    code: str
    reason: str
    fix: str = ""
    scratchpad: bool = False


@dataclass(frozen=True)
class TakenBack:
    """The text of this turn was taken back out of the application, as somebody said."""

    turn: str


InsertionEvent = Aimed | Inserted | NotInserted | TakenBack
