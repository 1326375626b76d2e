"""What the user chose about texts, and what comes of shaping one. Plain values."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

CONTINUE_S = 120.0
"""A text that was inserted longer ago than this is not continued: the field has probably changed."""

Newline = Literal["keep", "space", "enter"]
"""``keep``: line breaks stand in the text; ``space``: they become spaces; ``enter``: those at its end are commands."""
NEWLINES: tuple[Newline, ...] = ("keep", "space", "enter")


class Command(Enum):
    """What a text cannot hold. ``UNDO`` comes before the text, ``NEW_LINE`` after it; the rest stand alone."""

    UNDO = "undo"
    NEW_LINE = "new_line"
    STOP = "stop"
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class Before:
    """What was inserted last in this field, or nothing.

    Attributes:
        text: all of it, or its end.
        age_s: how long ago.
    """

    text: str = ""
    age_s: float = 0.0

    @property
    def tail(self) -> str:
        """What the next text goes on from; empty when it begins afresh."""
        return self.text if self.age_s <= CONTINUE_S else ""


@dataclass(frozen=True)
class Shaped:
    """What is to be inserted and done.

    Attributes:
        text: may be empty.
        commands: in their order, see :class:`Command`.
        dropped: ``blocklist`` when nothing else was said, else "".
    """

    text: str
    commands: tuple[Command, ...] = ()
    dropped: str = ""


@dataclass(frozen=True)
class SttHint:
    """What a recogniser is told beforehand: previous text for Whisper, and the words themselves."""

    prompt: str = ""
    hotwords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replacement:
    """``written`` instead of ``heard``. A ``*`` in ``heard`` is any one word and goes where ``written`` has a ``*``."""

    heard: str
    written: str


@dataclass(frozen=True)
class Profile:
    """What differs in applications whose class or id fits a pattern; None leaves it as it is everywhere.

    Attributes:
        application: a pattern such as ``xterm`` or ``*terminal*``; case does not matter, and the last part of an id
            such as ``org.gnome.gedit`` is a name too.
        replacements: tried before the user's others.
        way: by which texts are inserted; empty as everywhere.
        chord: what pastes; empty for what is known of the application.
        never: it is not typed into.
    """

    application: str
    formatting: bool | None = None
    numbers: bool | None = None
    capitals: bool | None = None
    trailing_space: bool | None = None
    newline: Newline | None = None
    replacements: tuple[Replacement, ...] = ()
    way: str = ""
    chord: str = ""
    never: bool = False

    def fits(self, application: str) -> bool:
        """Whether this is for that application."""
        name, pattern = application.casefold(), self.application.casefold()
        return any(fnmatch.fnmatchcase(each, pattern) for each in (name, name.rpartition(".")[2]) if each)


def profile_for(profiles: Sequence[Profile], application: str) -> Profile | None:
    """The profile that counts in an application: the first that fits."""
    return next((one for one in profiles if one.fits(application)), None) if application else None


def no_word(word: str, language: str) -> bool:
    """For want of a dictionary: nothing is known."""
    return False


@dataclass(frozen=True)
class Switches:
    """The settings of the page Dictation that concern texts.

    Attributes:
        formatting: spoken marks, line breaks and capitals are written.
        numbers: spoken numbers are written in digits.
        capitals: the first letter of a text and of a sentence that was ended by a spoken mark is a capital.
        commands: ``scratch that`` takes the last dictation back.
        trailing_space: a text ends with a space.
        hint: the recogniser is told the vocabulary.
        match: words that nearly are one of the vocabulary become it.
    """

    formatting: bool = True
    numbers: bool = True
    capitals: bool = True
    commands: bool = True
    trailing_space: bool = False
    hint: bool = True
    match: bool = True


@dataclass(frozen=True)
class TextRules:
    """Everything that steers how a text is written.

    Attributes:
        switches: see :class:`Switches`.
        newline: see :data:`Newline`.
        replacements: in the order in which they are tried; the first that fits a place wins.
        vocabulary: the user's words as they are to be written.
        blocklist: sentences that are never delivered.
        profiles: the first that fits an application counts.
        known: whether a word is in the language's dictionary, so that it was probably meant.
    """

    switches: Switches = field(default_factory=Switches)
    newline: Newline = "keep"
    replacements: tuple[Replacement, ...] = ()
    vocabulary: tuple[str, ...] = ()
    blocklist: frozenset[str] = frozenset()
    profiles: tuple[Profile, ...] = ()
    known: Callable[[str, str], bool] = no_word

    def for_application(self, application: str) -> TextRules:
        """The rules that hold in an application, by its class or id; "" where it is not known."""
        profile = profile_for(self.profiles, application)
        if profile is None:
            return self
        names = ("formatting", "numbers", "capitals", "trailing_space")
        chosen = {name: value for name in names if (value := getattr(profile, name)) is not None}
        return replace(
            self,
            switches=replace(self.switches, **chosen),
            newline=self.newline if profile.newline is None else profile.newline,
            replacements=profile.replacements + self.replacements,
        )
