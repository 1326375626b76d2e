"""What the pipeline tells for showing only: meters, engines, devices, earlier turns. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from starling.core.placement import Placement
from starling.npu.report import Fault, Finding
from starling.pipeline.voice_events import VoiceShown


@dataclass(frozen=True)
class Sound:
    """What the microphone hears, for meters.

    Attributes:
        level_dbfs: RMS of the block in decibels below full scale, -100 for digital silence.
        probability: the detector's latest probability of speech, 0..1.
        threshold: the probability from which a frame is speech.
        peaks: the block's waveform as pairs (lowest, highest) of consecutive pieces, each in [-1, 1].
        seconds: length of the block.
    """

    level_dbfs: float
    probability: float
    threshold: float
    peaks: tuple[tuple[float, float], ...]
    seconds: float


@dataclass(frozen=True)
class EngineShown:
    """What a panel shows of an engine family; sent whenever it changes.

    Attributes:
        family: ``stt`` or ``tts``.
        status: ``unloaded``, ``loading``, ``ready``, ``busy``, ``restarting``, ``failed``, ``closed``.
        tier: ``advanced``, ``legacy``, ``demo``; ``mlir-aie``, ``npu``, ``cpu``, ``demo`` for voices.
        model: empty if the tier has none.
        placement: where the loaded engine says it runs; device ``unknown`` while none is loaded.
        why_not_better: why no better tier is used; empty on the best.
        reason: of the last restart or failure; empty while all is well.
        memory_bytes: resident memory of the engine's process; None while it has none or it cannot be read.
        provider: how the accelerator is reached: ``vitisai``, ``xrt``, ``server``; empty on the CPU.
    """

    family: Literal["stt", "tts"]
    status: str
    tier: str
    model: str
    placement: Placement = field(default_factory=Placement)
    why_not_better: str = ""
    reason: str = ""
    memory_bytes: int | None = None
    provider: str = ""


@dataclass(frozen=True)
class ContextsShown:
    """Hardware contexts of the NPU in use, as the driver counts them; sent whenever an engine came or went.

    Attributes:
        ours: held by Starling's engines.
        others: held by other programs.
        most: of all programs together; None where the driver does not tell.
        holders: who holds them, one line each.
    """

    ours: int
    others: int
    most: int | None = None
    holders: tuple[str, ...] = ()


@dataclass(frozen=True)
class NpuShown:
    """What is known of the NPU; fields as in ``doctor --json``. An empty ``power_mode`` was not read.

    ``contexts`` is None where the driver does not tell them.
    """

    present: bool
    usable: bool
    product: str = ""
    generation: str = ""
    firmware: str = ""
    driver: str = ""
    power_mode: str = ""
    reasons: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()
    contexts: ContextsShown | None = None


@dataclass(frozen=True)
class Device:
    """A microphone or speaker that can be chosen: ``name`` is what the setting stores, ``label`` what people read."""

    name: str
    label: str
    is_default: bool = False


@dataclass(frozen=True)
class DevicesFound:
    """The answer to a question for devices; ``error`` when they could not be listed."""

    microphones: tuple[Device, ...] = ()
    speakers: tuple[Device, ...] = ()
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class ModelsFound:
    """The Whisper models that can be named: installed ones, and the starter; ``kokoro``: those of the voice."""

    names: tuple[str, ...]
    kokoro: tuple[str, ...] = ()


@dataclass(frozen=True)
class VoicesFound:
    """The voices of the tier in use, as (id, language, gender), and in ``shown`` with all that is known of them."""

    tier: str
    voices: tuple[tuple[str, str, str], ...]
    error: dict[str, str] | None = None
    shown: tuple[VoiceShown, ...] = ()


@dataclass(frozen=True)
class PastTurn:
    """One turn from the history."""

    turn: str
    at: float
    mode: str
    text: str
    tier: str
    model: str
    audio_s: float
    processing_s: float | None
    placement: Placement
    replayable: bool
    error_code: str = ""
    replies: tuple[tuple[str, str, str], ...] = ()
    """(text, tier, voice)"""


@dataclass(frozen=True)
class PastTurns:
    """The newest turns of earlier runs, oldest first."""

    turns: tuple[PastTurn, ...]
