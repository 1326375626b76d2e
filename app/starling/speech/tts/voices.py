"""What is known of the voices: languages, genders, published grades, and what the phonemiser here can do with them.

Pure but for :func:`kokoro_voices`, which reads the table that ships with Starling.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from starling.core.errors import StarlingError
from starling.locate import shipped

GRADES = tuple(f"{letter}{sign}" for letter in "ABCDF" for sign in ("+", "", "-"))
"""Best first."""
_GENDERS = {"f": "female", "m": "male"}


@dataclass(frozen=True)
class Language:
    """A language that Kokoro has voices for.

    Attributes:
        code: as voices name it, and as espeak-ng knows it.
        name: in English.
        missing: the phonemiser that Kokoro learned this language with, where espeak-ng cannot stand in; empty where
            the installed phonemiser serves.
    """

    code: str
    name: str
    missing: str = ""


LANGUAGES: Mapping[str, Language] = {
    "a": Language("en-us", "American English"),
    "b": Language("en-gb", "British English"),
    "e": Language("es", "Spanish"),
    "f": Language("fr-fr", "French"),
    "h": Language("hi", "Hindi"),
    "i": Language("it", "Italian"),
    "j": Language("ja", "Japanese", "misaki[ja]"),
    "p": Language("pt-br", "Brazilian Portuguese"),
    "z": Language("cmn", "Mandarin Chinese", "misaki[zh]"),
}
"""By the first letter of a Kokoro voice's name; the second letter is the gender."""


@dataclass(frozen=True)
class VoiceInfo:
    """A voice of any tier.

    Attributes:
        id: what ``tts.voice`` stores.
        language: espeak-ng's code of the language it speaks.
        language_name: in English.
        gender: ``female``, ``male``, or empty where nobody says.
        grade: as its makers published it, ``A`` to ``F-``; empty where they did not.
        usable: whether it can be spoken with here.
        note: why not, or what else to know; empty for nothing.
    """

    id: str
    language: str
    language_name: str
    gender: str = ""
    grade: str = ""
    usable: bool = True
    note: str = ""


@dataclass(frozen=True)
class Table:
    """The published table: voices by id, and where the grades were read."""

    voices: Mapping[str, VoiceInfo]
    source: str


@functools.cache
def kokoro_voices() -> Table:
    """The 54 voices of Kokoro v1.0, from ``resources/voices/kokoro.toml``."""
    text = shipped("resources", "voices", "kokoro.toml").read_text(encoding="utf-8")
    return parse(tomllib.loads(text))


def parse(document: Mapping[str, Any]) -> Table:
    """The table in a parsed file. Raises KeyError or ValueError for one that is wrong."""
    voices = {}
    for entry in document["voices"]:
        name, grade = str(entry["id"]), str(entry["grade"])
        language = LANGUAGES[name[0]]
        if (entry["language"], entry["gender"]) != (language.code, _GENDERS[name[1]]) or name in voices:
            raise ValueError(f"{name} is there twice, or its name and its language or gender differ")
        if grade and grade not in GRADES:
            raise ValueError(f"{name} has the grade {grade}")
        voices[name] = _info(name, language, grade)
    return Table(voices, str(document["source"]))


def kokoro_voice(name: str) -> VoiceInfo:
    """A Kokoro voice by its id; one that the table does not hold is known by the letters of its name alone."""
    known = kokoro_voices().voices.get(name)
    if known is not None:
        return known
    language = LANGUAGES.get(name[:1])
    if language is None:
        return VoiceInfo(name, "", "", usable=False, note="Its name does not say which language it speaks.")
    return _info(name, language, "")


def espeak_voice(name: str, language: str, language_name: str, gender: str = "") -> VoiceInfo:
    """A voice of the demo tier."""
    return VoiceInfo(name, language, language_name.strip() or language, gender)


def phonemizer_language(voice: str) -> str:
    """The espeak-ng language that makes a Kokoro voice's phonemes.

    Raises:
        StarlingError: ``tts.no_phonemizer`` for a language whose phonemes cannot be made here.
    """
    known = kokoro_voice(voice)
    if known.usable:
        return known.language
    raise StarlingError(
        "tts.no_phonemizer",
        f"The voice {voice!r} cannot be used. {known.note}",
        "Choose a voice whose name starts with a, b, e, f, h, i or p, or use --tts demo with an espeak voice.",
    )


def voice_language(tier: str, voice: str) -> str:
    """The language that a voice of a tier speaks, as espeak-ng's code; empty when its name does not tell."""
    if tier == "demo":
        return voice.partition("+")[0].rpartition("/")[2].casefold()
    return kokoro_voice(voice).language


def ranked(voices: Iterable[VoiceInfo]) -> list[VoiceInfo]:
    """By language, then usable before not, best grade first, women before men, and by name."""
    return sorted(
        voices,
        key=lambda voice: (
            voice.language_name.casefold(),
            not voice.usable,
            GRADES.index(voice.grade) if voice.grade in GRADES else len(GRADES),
            voice.gender or "~",
            voice.id.casefold(),
        ),
    )


def search(voices: Iterable[VoiceInfo], words: str = "", *, language: str = "", gender: str = "") -> list[VoiceInfo]:
    """The voices that have every word in their id, language or gender, in their order.

    Args:
        voices: to search.
        words: separated by spaces; any part of a word is enough, but ``male`` does not find women.
        language: this code, or any region of it (``en`` finds ``en-us``).
        gender: exactly this one.
    """
    wanted = words.casefold().split()
    return [
        voice
        for voice in voices
        if (not gender or voice.gender == gender)
        and (not language or voice.language == language or voice.language.startswith(f"{language}-"))
        and all(_has(voice, word) for word in wanted)
    ]


def _has(voice: VoiceInfo, word: str) -> bool:
    if word == voice.gender:
        return True
    text = f"{voice.id} {voice.language} {voice.language_name}".casefold()
    return word in text or (bool(voice.gender) and voice.gender.startswith(word))


def _info(name: str, language: Language, grade: str) -> VoiceInfo:
    note = ""
    if language.missing:
        note = (
            f"{language.name} needs the phonemiser {language.missing}, which Starling does not have; with espeak-ng's "
            "phonemes this voice would speak nonsense."
        )
    gender = _GENDERS.get(name[1:2], "")
    return VoiceInfo(name, language.code, language.name, gender, grade, not language.missing, note)
