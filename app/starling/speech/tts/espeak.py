"""The ``demo`` tier of speech: espeak-ng, which needs no model.

espeak-ng is GPL-3.0-or-later, so this engine runs in an engine process only; :func:`create` is what loads it.
"""

from __future__ import annotations

import contextlib
import difflib
import math
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Samples

if TYPE_CHECKING:
    from starling.speech.tts.espeak_library import EspeakVoice, Library

DEFAULT_VOICE = "en-us"
RATE_NORMAL_WPM = 175
RATE_LIMITS_WPM = (80, 450)
NORMAL_VOLUME = 100
NORMAL_PITCH = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""espeak reads control characters as commands, and NUL as the end."""


def create(config: Mapping[str, Any]) -> EspeakEngine:
    """Make the engine.

    Config: ``voice`` (default ``en-us``), ``volume`` (100), ``pitch`` (50, of 0-100), ``seed`` (of breath noise),
    ``stand_in`` (false; true when
    this tier takes over from one whose voices it has not: those are then spoken by the default voice, and the last
    reply's ``voice`` names it).

    Raises:
        StarlingError: ``tts.espeak_missing``, ``tts.unknown_voice``.
    """
    from starling.speech.tts.espeak_library import NOISE_SEED, Library

    return EspeakEngine(
        Library(int(config.get("seed") or NOISE_SEED)),
        voice=str(config.get("voice") or DEFAULT_VOICE),
        volume=int(config.get("volume", NORMAL_VOLUME)),
        pitch=int(config.get("pitch", NORMAL_PITCH)),
        stand_in=bool(config.get("stand_in", False)),
    )


class EspeakEngine:
    """espeak-ng as an engine (see :class:`starling.core.engine_api.Engine`); one call at a time."""

    def __init__(self, library: Library, voice: str, volume: int, pitch: int, stand_in: bool) -> None:
        self._library = library
        self._voices = library.voices()
        self._variants = library.variants()
        self._default = voice
        self._volume = volume
        self._pitch = pitch
        self._stand_in = stand_in
        self._placement = Placement("cpu", (f"libespeak-ng {library.version} in the engine process",))
        resolve(voice, self._voices, self._variants)

    def describe(self) -> dict[str, Any]:
        """Tier, default voice, rate in Hz, placement and versions."""
        return {
            "tier": "demo",
            "model": "",
            "voice": self._default,
            "voices": len(self._voices),
            "rate": self._library.rate,
            "placement": asdict(self._placement),
            "versions": {"espeak-ng": self._library.version},
        }

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``synthesize`` or ``voices``.

        Raises:
            StarlingError: ``tts.unknown_voice``, ``tts.bad_speed``, ``engine.unknown_op``.
        """
        if op == "synthesize":
            return self._synthesize(args["text"], args.get("voice", ""), float(args.get("speed", 1.0)))
        if op == "voices":
            return iter([Reply(self._list_voices())])
        raise StarlingError("engine.unknown_op", f"espeak-ng has no operation {op!r}.")

    def _synthesize(self, text: str, voice: str, speed: float) -> Iterator[Reply]:
        voice, identifier = self._choose(voice or self._default)
        rate_wpm = words_per_minute(speed)
        if not self._library.set_voice(identifier):
            raise unknown_voice(voice, ())
        self._library.set_delivery(rate_wpm, self._volume, self._pitch)
        plain = speakable(text)
        yield from self._replies(self._library.synthesize(plain), voice)

    def _choose(self, voice: str) -> tuple[str, str]:
        """The voice to use and its file."""
        try:
            return voice, resolve(voice, self._voices, self._variants)
        except StarlingError:
            if not self._stand_in:
                raise
            return self._default, resolve(self._default, self._voices, self._variants)

    def _replies(self, chunks: Generator[Samples, None, None], voice: str) -> Iterator[Reply]:
        """One reply a chunk; one chunk is held back so that the last one can carry the totals."""
        rate = self._library.rate
        samples = 0
        held: Samples | None = None
        with contextlib.closing(chunks):
            for chunk in chunks:
                if held is not None:
                    yield Reply({"rate": rate}, {"audio": held})
                held = chunk
                samples += chunk.size
        totals = {
            "rate": rate,
            "audio_s": samples / rate,
            "synthesis_s": self._library.synthesis_s,
            "voice": voice,
            "placement": asdict(self._placement),
        }
        yield Reply(totals, {"audio": np.zeros(0, np.float32) if held is None else held})

    def _list_voices(self) -> dict[str, Any]:
        seen: set[str] = set()
        voices = []
        for voice in self._voices:
            name = voice.identifier if voice.language in seen else voice.language
            seen.add(name)
            about = {"language": voice.language, "gender": voice.gender, "name": voice.name}
            voices.append({"id": name, **about})
        variants = [
            {"id": _variant_id(variant), "language": "", "gender": variant.gender, "name": variant.name}
            for variant in self._variants
        ]
        return {"voices": voices, "variants": variants}


def speakable(text: str) -> str:
    """The text without what espeak would take for commands; empty when nothing can be said."""
    return _CONTROL.sub(" ", text).strip()


def words_per_minute(speed: float) -> int:
    """The rate for a speed: 175 words a minute times ``speed``, within espeak's limits.

    Raises:
        StarlingError: ``tts.bad_speed`` for a speed that is not a positive number.
    """
    if not math.isfinite(speed) or speed <= 0:
        raise StarlingError(
            "tts.bad_speed", f"{speed} is not a speaking speed.", "Choose a speed from 0.5 to 2.0; 1.0 is normal."
        )
    lowest, highest = RATE_LIMITS_WPM
    return min(max(round(RATE_NORMAL_WPM * speed), lowest), highest)


def resolve(voice: str, voices: Iterable[EspeakVoice], variants: Iterable[EspeakVoice]) -> str:
    """The voice file for ``voice``: a language code, file or name, with ``+variant`` or without (``en-gb+f5``).

    espeak itself takes an unknown variant for none and does not know every code it lists, so names are looked up here.

    Raises:
        StarlingError: ``tts.unknown_voice``, with near misses.
    """
    base, plus, variant = voice.partition("+")
    bases: dict[str, str] = {}
    for known in voices:
        for name in (known.language, known.identifier, known.identifier.rpartition("/")[2], known.name):
            bases.setdefault(name.casefold(), known.identifier)
    files: dict[str, str] = {}
    for known in variants:
        for name in (_variant_id(known), known.name):
            files.setdefault(name.casefold(), _variant_id(known))
    identifier = bases.get(base.strip().casefold())
    if identifier is None:
        raise unknown_voice(voice, difflib.get_close_matches(base.casefold(), bases))
    if not plus:
        return identifier
    file = files.get(variant.strip().casefold())
    if file is None:
        near = difflib.get_close_matches(variant.casefold(), files)
        raise unknown_voice(voice, [f"{base}+{name}" for name in near])
    return f"{identifier}+{file}"


def unknown_voice(voice: str, near: Iterable[str]) -> StarlingError:
    """The error for a voice that this tier has not, naming what may have been meant."""
    names = ", ".join(near)
    hint = f"Did you mean {names}? " if names else ""
    return StarlingError(
        "tts.unknown_voice", f"There is no voice {voice!r}.", f"{hint}List the voices with: starling say --voices"
    )


def _variant_id(variant: EspeakVoice) -> str:
    return variant.identifier.removeprefix("!v/")
