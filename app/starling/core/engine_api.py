"""What every engine process offers: the contract between ``speech`` engines and ``engine`` (host and worker)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray


@dataclass(frozen=True)
class Reply:
    """One answer to a call: JSON values and named arrays."""

    data: dict[str, Any]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)


class Engine(Protocol):
    """A loaded model. Made by a factory ``module:function`` that takes the engine's JSON configuration.

    Factories and calls raise :class:`starling.core.errors.StarlingError` for what a person can act on and
    ``MemoryError`` when memory runs out. Anything else is a crash.
    """

    def describe(self) -> dict[str, Any]:
        """Tier, model, placement, versions: JSON values, measured or read, never assumed."""
        ...

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """Run one operation and yield its replies; the last one ends the call.

        ``transcribe`` (STT): args ``SttOptions.to_json()``, arrays ``"0", "1", ...`` each (n,) float32 at 16 kHz; one
        reply, ``{"transcripts": [Transcript.to_json(), ...]}``, in order.
        ``encode`` (STT whose encoder is of Whisper's kind): array ``"0"`` as above; one reply with array ``"states"``,
        (frames, width) float32 of the frames that hold sound.
        ``profile`` (STT): args ``{}``, or ``{"each": bool}`` to measure every operation alone from now on; one reply:
        empty when the encoder does not measure itself, else ``operations`` (name -> count, total_ms, mean_ms, min_ms,
        max_ms, deviation_ms, p95_ms), ``launches`` (kernel -> count), ``total_ms`` and ``shares`` (part -> 0..1).
        ``synthesize`` (TTS): args ``{"text", "voice", "speed"}``, and ``"following"``, the clause that will be asked
        for next, where that is known and may be made meanwhile; one reply or more, each
        ``{"rate": Hz}`` with array ``"audio"`` (n,) float32; the last one also carries
        ``{"audio_s", "synthesis_s", "placement", "voice"}``.
        ``voices`` (TTS): one reply ``{"voices": [{"id", "language", "gender", "name"}, ...]}``, the name being the
        language's; also ``"variants"`` of the same shape where any voice can be combined with them: ``id+variant``.
        """
        ...


@dataclass(frozen=True)
class EngineSpec:
    """How to start one engine process.

    Attributes:
        name: for people and logs: ``legacy:starter``.
        tier: ``advanced``, ``legacy``, ``demo``, ``cpu`` ...
        model: the model's name; empty if the tier has none.
        factory: ``module:function`` inside the engine's environment.
        config: the factory's JSON configuration.
        interpreter: Python executable; empty for the one that runs Starling.
        env: variables set on top of the parent's.
        load_deadline_s: from start of the process to ready.
        provider: how an accelerator is reached (``vitisai``, ``xrt``, ``server``); empty on the CPU.
        proven_rtf: processing time ÷ audio time as it was measured here before; sets the first call's deadline.
    """

    name: str
    tier: str
    model: str
    factory: str
    config: dict[str, Any]
    interpreter: str = ""
    env: dict[str, str] = field(default_factory=dict)
    load_deadline_s: float = 60.0
    provider: str = ""
    proven_rtf: float | None = None


TRIED_FIRST = " is tried first"
"""How the reason of a rung ends that is only second in line: it is untrue once the first was left."""


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: an engine that can be used, and why nothing above it is."""

    spec: EngineSpec
    why_not_better: str = ""
