"""Which voices are listed, and below which headings: pure, without Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starling.pipeline.events import VoiceShown

CROWDED = 2.0
"""Voices a language has on average, below which regions of a language share a heading."""


@dataclass(frozen=True)
class Filter:
    """What the user wants to see. ``language`` is a heading's key; empty texts mean everything."""

    words: str = ""
    language: str = ""
    gender: str = ""
    favourites: bool = False


@dataclass(frozen=True)
class Heading:
    """Stands above the voices of one language; the favourites' has no key."""

    key: str
    text: str
    count: int


@dataclass(frozen=True)
class Row:
    """One voice. ``named``: its language's name says more than its id."""

    voice: VoiceShown
    favourite: bool = False
    in_use: bool = False
    playing: bool = False
    named: bool = False

    @property
    def title(self) -> str:
        """What it is called."""
        return self.voice.language_name if self.named else self.voice.id


Line = Heading | Row


@dataclass(frozen=True)
class Marks:
    """What is true of some voices: ids of the favourites, of the one in use and of the one that is heard."""

    favourites: Sequence[str] = ()
    in_use: str = ""
    playing: str = ""


def by_region(voices: Sequence[VoiceShown]) -> bool:
    """Whether every region of a language has voices enough for a heading of its own."""
    return len(voices) >= CROWDED * len({voice.language for voice in voices})


def key_of(voice: VoiceShown, regions: bool) -> str:
    """The key of a voice's heading."""
    return voice.language if regions else voice.language.partition("-")[0]


def languages(voices: Sequence[VoiceShown], name: Callable[[str], str]) -> list[tuple[str, str]]:
    """The headings there can be, as (key, text), in the order of their texts."""
    regions = by_region(voices)
    found = {key: name(key) for key in (key_of(voice, regions) for voice in voices)}
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def lines(
    voices: Sequence[VoiceShown], wanted: Filter, marks: Marks, name: Callable[[str], str], favourites: str
) -> list[Line]:
    """What is listed: favourites first, then the other voices by language, in the order that they come in.

    Args:
        voices: of one tier.
        wanted: what is to be seen.
        marks: what is true of some.
        name: of a language, by its heading's key.
        favourites: the text above the favourites.
    """
    regions = by_region(voices)
    shown = [voice for voice in voices if _is_wanted(voice, wanted, marks, key_of(voice, regions))]
    loved = [voice for voice in shown if voice.id in marks.favourites]
    listed = _below("", favourites, loved, marks, not regions)
    if wanted.favourites:
        return listed
    for key, text in languages(voices, name):
        group = [voice for voice in shown if key_of(voice, regions) == key and voice.id not in marks.favourites]
        listed += _below(key, text, group, marks, not regions)
    return listed


def matches(voice: VoiceShown, words: str) -> bool:
    """Whether every word is part of its id or language, or begins its gender; ``male`` does not find women."""
    text = f"{voice.id} {voice.language} {voice.language_name}".casefold()
    return all(
        word in text or (bool(voice.gender) and voice.gender.startswith(word)) for word in words.casefold().split()
    )


def _is_wanted(voice: VoiceShown, wanted: Filter, marks: Marks, key: str) -> bool:
    return (
        (not wanted.language or key == wanted.language)
        and (not wanted.gender or voice.gender == wanted.gender)
        and (not wanted.favourites or voice.id in marks.favourites)
        and matches(voice, wanted.words)
    )


def _below(key: str, text: str, voices: Sequence[VoiceShown], marks: Marks, named: bool) -> list[Line]:
    if not voices:
        return []
    rows = [
        Row(voice, voice.id in marks.favourites, voice.id == marks.in_use, voice.id == marks.playing, named)
        for voice in voices
    ]
    return [Heading(key, text, len(rows)), *rows]
