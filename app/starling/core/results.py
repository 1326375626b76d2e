"""What speech engines return. Plain values, JSON both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.placement import Placement

SAMPLE_RATE = 16_000
"""Hz. Everything between the resampler and the recogniser is 16 kHz mono float32 in [-1, 1]."""

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Word:
    """One recognised word; times in seconds from the start of the clip."""

    text: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True)
class Transcript:
    """The text of one clip of audio.

    Attributes:
        text: what was said; empty when nothing was, or when a filter dropped it.
        language: ISO 639-1 code.
        confidence: 0..1, the geometric mean of the token probabilities; None if the engine has none.
        words: word times and probabilities; empty unless asked for.
        audio_s: length of the clip.
        processing_s: wall time inside the engine.
        dropped: why a filter emptied the text (``no_speech``, ``phantom_phrase`` ...), else "".
        dropped_text: what the filter dropped.
        notes: what the engine had to do: ``full context retry``, ``temperature 0.2`` ...
    """

    text: str
    language: str
    audio_s: float
    processing_s: float
    placement: Placement = field(default_factory=Placement)
    confidence: float | None = None
    no_speech_prob: float | None = None
    avg_logprob: float | None = None
    compression_ratio: float | None = None
    words: tuple[Word, ...] = ()
    dropped: str = ""
    dropped_text: str = ""
    notes: tuple[str, ...] = ()

    @property
    def rtf(self) -> float:
        """Processing time divided by audio time."""
        return self.processing_s / self.audio_s if self.audio_s else 0.0

    def to_json(self) -> dict[str, Any]:
        """The transcript as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Transcript:
        """The inverse of :meth:`to_json`."""
        fields = dict(data)
        fields["placement"] = Placement.from_json(data["placement"])
        fields["words"] = tuple(Word(**word) for word in data["words"])
        fields["notes"] = tuple(data["notes"])
        return cls(**fields)


@dataclass(frozen=True)
class SttOptions:
    """How to transcribe.

    Attributes:
        language: ISO 639-1 code, or None to detect it (multilingual models only).
        beam_size: 1 is greedy.
        words: also compute word times and probabilities.
        prompt: text that biases the spelling, as Whisper's previous context.
        full_context: never use short context, even where the model allows it.
        temperatures: tried in order while the result looks bad.
    """

    language: str | None = None
    beam_size: int = 1
    words: bool = False
    prompt: str = ""
    full_context: bool = False
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

    def to_json(self) -> dict[str, Any]:
        """The options as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SttOptions:
        """The inverse of :meth:`to_json`."""
        fields = dict(data)
        fields["temperatures"] = tuple(data.get("temperatures", cls.temperatures))
        return cls(**fields)
