"""The ``cpu`` tier of speech: Kokoro by kokoro-onnx, in a session of our own.

kokoro-onnx imports phonemizer and espeak-ng, both GPL-3.0-or-later, so this engine runs in an engine process only;
:func:`create` is what loads them.
"""

from __future__ import annotations

import difflib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.clauses import ClauseSplitter
from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Samples
from starling.speech.tts.ahead import Ahead
from starling.speech.tts.voices import kokoro_voice, phonemizer_language

RATE = 24_000
SPEED_LIMITS = (0.5, 2.0)
DEFAULT_VOICE = "af_heart"
PAUSE_S = 0.15
"""Silence between the clauses of one call: kokoro-onnx trims what the model left there."""


def create(config: Mapping[str, Any]) -> KokoroEngine:
    """Make the engine.

    Config: ``model`` (folder, or the .onnx file in it), ``voices`` (file in that folder; found when not given),
    ``voice`` (default ``af_heart``), ``threads`` (0: physical cores, four at most), ``seed`` (0 or none: off;
    else the noise that the model draws is the same from every start of the process on), ``fixed_noise`` (see
    :func:`kokoro_files.open_session`), ``tuned`` (true: the edited graph that was measured to be better here, if there
    is one; see :mod:`starling.speech.tts.tuning`), ``name``.

    Raises:
        StarlingError: what ``models.verify`` finds, ``tts.bad_voices``, ``tts.bad_model``, ``tts.unknown_voice``.
    """
    from starling.speech.tts import kokoro_files
    from starling.speech.tts.graph import store

    model, voices_path = kokoro_files.locate(config)
    voices = kokoro_files.read_voices(voices_path)
    place = kokoro_files.made_place(model)
    tuned = store.tuned_model(place) if config.get("tuned", True) else None
    session = kokoro_files.open_session(
        tuned or model,
        int(config.get("threads") or 0),
        int(config.get("seed") or 0),
        fixed_noise=bool(config.get("fixed_noise")),
    )
    about = {"edits": store.edits_of(place)} if tuned else {}
    # With a seed the noise has an order, which two at a time would not keep.
    free = not config.get("seed") and not config.get("fixed_noise")
    at_once = store.at_once(place) if free else 1
    return engine_around(session, config, model, voices_path, voices, about=about, at_once=at_once)


def engine_around(
    session: Any,
    config: Mapping[str, Any],
    model: Path,
    voices_path: Path,
    voices: dict[str, NDArray[np.float32]],
    *,
    tier: str = "cpu",
    about: Mapping[str, Any] | None = None,
    at_once: int = 1,
) -> KokoroEngine:
    """The engine around a session; ``about`` is added to what it tells of itself."""
    return KokoroEngine(
        session,
        str(voices_path),
        voices,
        name=str(config.get("name") or model.parent.name),
        voice=str(config.get("voice") or ""),
        about={"tier": tier, **(about or {})},
        at_once=at_once,
    )


@dataclass(frozen=True)
class _How:
    """How a text is spoken."""

    voice: str
    speed: float
    trim: bool


class KokoroEngine:
    """Kokoro as an engine (see :class:`starling.core.engine_api.Engine`); one call at a time.

    Args:
        session: an onnxruntime InferenceSession of the model.
        voices_path: the verified voices file.
        voices: its styles, each (510, 1, 256) float32.
        name: the model's name.
        voice: the default voice; empty for ``af_heart``, or the first one when the file has none of that name.
        about: what else it tells of itself.
        at_once: clauses that are made at a time where the next one is known, see :func:`tuning.at_once`. They share
            the session and its threads.
    """

    def __init__(
        self,
        session: Any,
        voices_path: str,
        voices: dict[str, NDArray[np.float32]],
        name: str,
        voice: str,
        about: Mapping[str, Any] | None = None,
        at_once: int = 1,
    ) -> None:
        from starling.speech.tts import kokoro_files

        self._kokoro, self._data_path = kokoro_files.open_kokoro(session, voices_path)
        self._failures = kokoro_files.session_failures()
        self._versions = kokoro_files.versions()
        self._session = session
        self._voices = voices
        self._name = name
        self._default = voice or (DEFAULT_VOICE if DEFAULT_VOICE in voices else next(iter(voices)))
        self._style(self._default)
        self._about = {"tier": "cpu", **(about or {})}
        self._where = kokoro_files.placement
        self._at_once = at_once
        self._ahead = Ahead()

    @property
    def voice(self) -> str:
        """The default voice."""
        return self._default

    def describe(self) -> dict[str, Any]:
        """Tier, model, voices, rate in Hz, placement, providers and versions, as the session reports them."""
        return {
            **self._about,
            "at_once": self._at_once,
            "model": self._name,
            "voice": self._default,
            "voices": len(self._voices),
            "rate": RATE,
            "durations": bool(self._kokoro.has_timings),
            "providers": list(self._session.get_providers()),
            "placement": asdict(self._where(self._session)),
            "versions": self._versions,
        }

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``synthesize``, or ``voices``.

        Of ``synthesize``, ``trim`` false keeps the silence that the model made, and ``following`` is the clause that
        will be asked for next, which may be made meanwhile.

        Raises:
            StarlingError: ``tts.unknown_voice``, ``tts.no_phonemizer``, ``tts.bad_speed``, ``model.synthesis_failed``,
                ``engine.unknown_op``.
        """
        if op == "synthesize":
            how = _How(args.get("voice") or self._default, float(args.get("speed", 1.0)), bool(args.get("trim", True)))
            return self._synthesize(args["text"], how, str(args.get("following") or ""))
        if op == "voices":
            return iter([Reply({"voices": self._list_voices()})])
        raise StarlingError("engine.unknown_op", f"Kokoro has no operation {op!r}.")

    def _synthesize(self, text: str, how: _How, following: str) -> Iterator[Reply]:
        self._style(how.voice)
        phonemizer_language(how.voice)
        check_speed(how.speed)
        places: list[Placement] = []
        self._make_ahead(following, how)

        def pieces() -> Iterator[tuple[Samples, float]]:
            for clause in clauses(text):
                start = time.perf_counter()
                made = self._ahead.take((clause, how))
                phonemes = "" if made is not None else self._phonemes(clause, how.voice)
                if made is None and not phonemes:
                    continue
                audio = made() if made is not None else self.sound(phonemes, how.voice, how.speed, trim=how.trim)
                places.append(self._where(self._session))
                yield audio, time.perf_counter() - start

        yield from replies(pieces(), how.voice, lambda: together(places) or self._where(self._session))

    def _make_ahead(self, following: str, how: _How) -> None:
        """Begin with the clause that will be asked for next, beside this one."""
        if self._at_once < 2 or len(clauses(following)) != 1:
            return
        (clause,) = clauses(following)
        phonemes = self._phonemes(clause, how.voice)  # here: espeak's state is global
        if phonemes:
            self._ahead.make((clause, how), lambda: self.sound(phonemes, how.voice, how.speed, trim=how.trim))

    def _phonemes(self, clause: str, voice: str) -> str:
        """A clause's phonemes; empty when it has none."""
        phonemes = str(self._kokoro.tokenizer.phonemize(clause, phonemizer_language(voice)))
        return phonemes if any(phoneme.isalpha() for phoneme in phonemes) else ""

    def sound(self, phonemes: str, voice: str, speed: float = 1.0, *, trim: bool = True) -> Samples:
        """The sound of phonemes, (n,) float32; may be called from two threads at once. Raises as :meth:`call`."""
        try:
            audio, _rate = self._kokoro.create(phonemes, self._style(voice), speed, is_phonemes=True, trim=trim)
        except self._failures as error:
            raise synthesis_failed(error) from error
        if not np.isfinite(audio).all():
            raise synthesis_failed("its sound has values that are no numbers")
        return np.asarray(audio, np.float32)

    def _style(self, voice: str) -> NDArray[np.float32]:
        if voice not in self._voices:
            near = ", ".join(difflib.get_close_matches(voice, self._voices))
            hint = f"Did you mean {near}? " if near else ""
            raise StarlingError(
                "tts.unknown_voice",
                f"There is no voice {voice!r}.",
                f"{hint}List the voices with: starling say --voices",
            )
        return self._voices[voice]

    def _list_voices(self) -> list[dict[str, str]]:
        """The voices that can be used: those whose language has a phonemiser here."""
        known = [kokoro_voice(name) for name in self._voices]
        return [
            {"id": voice.id, "language": voice.language, "gender": voice.gender, "name": voice.language_name}
            for voice in known
            if voice.usable
        ]


def clauses(text: str) -> list[str]:
    """The text in clauses: the first sound comes early, and no inference is long."""
    splitter = ClauseSplitter()
    return [clause for clause in splitter.feed(text) + splitter.finish() if clause.strip()]


def together(places: Sequence[Placement]) -> Placement | None:
    """One placement for all clauses of a call: the accelerator's only when every clause was on it."""
    return next((place for place in places if place.device != "npu"), places[-1] if places else None)


def replies(pieces: Iterator[tuple[Samples, float]], voice: str, placement: Callable[[], Placement]) -> Iterator[Reply]:
    """One reply a clause, with a pause before all but the first, and a last one without sound for the totals."""
    samples = 0
    synthesis_s = 0.0
    for audio, took_s in pieces:
        if samples:
            audio = np.concatenate([np.zeros(round(PAUSE_S * RATE), np.float32), audio])
        samples += audio.size
        synthesis_s += took_s
        yield Reply({"rate": RATE}, {"audio": audio})
    totals = {
        "rate": RATE,
        "audio_s": samples / RATE,
        "synthesis_s": synthesis_s,
        "voice": voice,
        "placement": asdict(placement()),
    }
    yield Reply(totals, {"audio": np.zeros(0, np.float32)})


def check_speed(speed: float) -> None:
    """Refuse a speed that Kokoro was not made for.

    Raises:
        StarlingError: ``tts.bad_speed``.
    """
    lowest, highest = SPEED_LIMITS
    if not (math.isfinite(speed) and lowest <= speed <= highest):
        raise StarlingError(
            "tts.bad_speed",
            f"{speed} is not a speaking speed.",
            f"Choose a speed from {lowest} to {highest}; 1.0 is normal.",
        )


def synthesis_failed(why: object) -> StarlingError | MemoryError:
    """The error for an inference that failed; a MemoryError when memory was the reason."""
    text = str(why)
    if any(words in text.lower() for words in ("failed to allocate", "bad_alloc", "out of memory", "bad allocation")):
        return MemoryError(text)
    first_line = text.strip().splitlines()[0] if text.strip() else "unknown reason"
    return StarlingError(
        "model.synthesis_failed",
        f"The voice model failed: {first_line.rstrip('.')}.",
        "Install the model again, or use --tts demo.",
    )
