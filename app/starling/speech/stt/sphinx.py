"""The ``demo`` tier: pocketsphinx with the US English model it carries, for when there is no Whisper."""

from __future__ import annotations

import importlib.metadata
import math
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SAMPLE_RATE, Samples, SttOptions, Transcript, Word
from starling.speech.stt.clips import check_clip

_FULL_SCALE = 32767
_FAINTEST = 4
"""Steps of 16 bits. Normalised over a clip that never gets louder, rounding noise becomes a word."""
_VARIANT = re.compile(r"\(\d+\)$")
"""A dictionary's second pronunciation: ``the(2)``."""
_NOT_WORDS = re.compile(r"<.*>|\[.*\]|\+\+.*\+\+")
_LEAST_PROBABILITY = 1e-6


def create(config: Mapping[str, Any]) -> SphinxEngine:
    """Load the recogniser; ``config`` has no keys that matter to it."""
    return SphinxEngine()


class SphinxEngine:
    """One decoder; clips are decoded one by one, each normalised over its whole length."""

    def __init__(self) -> None:
        import pocketsphinx

        self._decoder: Any = pocketsphinx.Decoder(loglevel="FATAL")
        self._version = importlib.metadata.version("pocketsphinx")
        self._model = Path(str(self._decoder.config["hmm"])).name
        self._frames_per_s = int(self._decoder.config["frate"])
        self._placement = Placement("cpu", (f"pocketsphinx {self._version}: acoustic model {self._model}, CPU only",))

    def describe(self) -> dict[str, Any]:
        """Tier, model, placement, versions."""
        return {
            "tier": "demo",
            "model": self._model,
            "multilingual": False,
            "placement": {"device": self._placement.device, "evidence": list(self._placement.evidence)},
            "pocketsphinx": self._version,
            "threads": 1,
        }

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``transcribe``: see :class:`starling.core.engine_api.Engine`."""
        if op != "transcribe":
            raise StarlingError("engine.unknown_operation", f"A recogniser cannot do {op!r}.")
        options = SttOptions.from_json(args)
        if options.language not in (None, "en"):
            raise StarlingError(
                "stt.language",
                "The small recogniser that comes with Starling knows only English.",
                "Install a multilingual Whisper model, or choose English.",
            )
        transcripts = [self._transcribe(arrays[str(index)], options) for index in range(len(arrays))]
        yield Reply({"transcripts": [transcript.to_json() for transcript in transcripts]})

    def _transcribe(self, clip: Samples, options: SttOptions) -> Transcript:
        started = time.perf_counter()
        samples, notes = check_clip(clip)
        audio_s = len(samples) / SAMPLE_RATE
        words = self._decode(samples) if len(samples) else ()
        return Transcript(
            text=" ".join(word.text for word in words),
            language="en",
            audio_s=audio_s,
            processing_s=time.perf_counter() - started,
            placement=self._placement,
            confidence=_geometric_mean([word.probability for word in words]),
            words=words if options.words else (),
            dropped="no_speech" if len(samples) and not words else "",
            notes=tuple(notes) if len(samples) else ("no audio",),
        )

    def _decode(self, samples: Samples) -> tuple[Word, ...]:
        pcm = (np.clip(samples, -1.0, 1.0) * _FULL_SCALE).astype("<i2")
        if np.abs(pcm).max() < _FAINTEST:
            return ()
        self._decoder.start_utt()
        try:
            self._decoder.process_raw(pcm.tobytes(), full_utt=True)
        finally:
            self._decoder.end_utt()
        if self._decoder.hyp() is None:
            return ()
        segments = [segment for segment in self._decoder.seg() if not _NOT_WORDS.fullmatch(segment.word)]
        return tuple(self._word(segment, len(samples) / SAMPLE_RATE) for segment in segments)

    def _word(self, segment: Any, end_of_clip: float) -> Word:
        start, end = segment.start_frame / self._frames_per_s, (segment.end_frame + 1) / self._frames_per_s
        # The posterior is linear in 5.0.4 and 5.1.1 alike; rounding lifts it above 1 now and then.
        probability = min(1.0, max(0.0, float(segment.prob)))
        return Word(_VARIANT.sub("", segment.word).lower(), start, min(end, end_of_clip), probability)


def _geometric_mean(probabilities: list[float]) -> float | None:
    if not probabilities:
        return None
    logs = [math.log(max(_LEAST_PROBABILITY, probability)) for probability in probabilities]
    return math.exp(sum(logs) / len(logs))
