"""Voices as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from starling.engine.clients import Voice
from starling.pipeline import voice_lookup
from starling.pipeline.voice_events import VoiceShown
from starling.speech.tts.voices import kokoro_voices

FAVOURITE = "*"
_WIDTH = 100


def shown(tier: str, listed: Sequence[Voice]) -> list[VoiceShown]:
    """The voices of a tier with what is known of them; of Kokoro also those that cannot be used here, with the why."""
    usable = voice_lookup.of_client(tier, listed)
    if tier == "demo":
        return usable
    there = {voice.id for voice in usable}
    others = [voice for voice in voice_lookup.cpu_tier(True).voices if not voice.usable and voice.id not in there]
    return [*usable, *others]


def as_json(
    tier: str, voices: Sequence[VoiceShown], variants: Sequence[Voice], favourites: Sequence[str]
) -> dict[str, Any]:
    """What ``say --voices --json`` prints."""
    return {
        "voices": [asdict(voice) | {"tier": tier, "favourite": voice.id in favourites} for voice in voices],
        "variants": [{"id": each.id, "name": each.name, "gender": each.gender} for each in variants],
        "grades_from": kokoro_voices().source if any(voice.grade for voice in voices) else "",
    }


def lines(
    tier: str, voices: Sequence[VoiceShown], variants: Sequence[Voice], favourites: Sequence[str]
) -> Iterator[str]:
    """Kokoro: a heading for each language, then id, gender, grade, and why not; eSpeak: a line for each language."""
    graded = any(voice.grade for voice in voices)
    yield f"Voices of the tier {tier}" + ("; grades as their makers published them, A is best." if graded else ".")
    chosen = [voice for voice in voices if voice.id in favourites]
    if chosen:
        yield "\nFavourites"
        yield from (f"  {voice.id:<24}{voice.language_name}" for voice in chosen)
    yield from _by_language(voices, favourites) if graded else _one_each(voices, favourites)
    if variants:
        yield "\nAny of them can take on another speaker, as in en-gb+f5:"
        names = ", ".join(f"{each.id} ({each.gender})" if each.gender else each.id for each in variants)
        yield textwrap.fill(names, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _by_language(voices: Sequence[VoiceShown], favourites: Sequence[str]) -> Iterator[str]:
    for language, group in groupby(voices, lambda voice: voice.language_name):
        members = list(group)
        yield f"\n{language} ({members[0].language})"
        for voice in members:
            mark = FAVOURITE if voice.id in favourites else ""
            last = mark if voice.usable else "cannot be used"
            yield f"  {voice.id:<24}{voice.gender:<8}{voice.grade or 'no grade':<10}{last}".rstrip()
        yield from dict.fromkeys(f"  {voice.note}" for voice in members if voice.note)


def _one_each(voices: Sequence[VoiceShown], favourites: Sequence[str]) -> Iterator[str]:
    yield ""
    for voice in voices:
        mark = f" {FAVOURITE}" if voice.id in favourites else ""
        yield f"  {voice.id:<24}{voice.language_name}{mark}"
