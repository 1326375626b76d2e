"""What microphones, speakers and files tell: plain values, collected with ``events()``."""

from __future__ import annotations

from dataclasses import dataclass

from starling.core.errors import StarlingError


@dataclass(frozen=True)
class MicrophoneOpened:
    """The first sound arrived from the microphone. ``rate`` (Hz) and ``channels`` are the device's own."""

    device: str
    rate: int
    channels: int


@dataclass(frozen=True)
class MicrophoneLost:
    """No sound arrives any more, or none could be had at all; Starling keeps trying."""

    reason: StarlingError


@dataclass(frozen=True)
class MicrophoneBack:
    """Sound arrives again. ``gap_s``: from the last sample before to the first one after."""

    device: str
    gap_s: float


@dataclass(frozen=True)
class SamplesLost:
    """So much sound is missing from what ``read`` returned, measured against the wall clock."""

    seconds: float
    why: str


@dataclass(frozen=True)
class SpeakerOpened:
    """The output stream is open. ``latency_s``: from a sample's hand-over to its sound."""

    device: str
    rate: int
    channels: int
    latency_s: float


@dataclass(frozen=True)
class SpeakerLost:
    """Sound cannot be played; what is queued waits for the speaker for a while."""

    reason: StarlingError


@dataclass(frozen=True)
class SpeakerBack:
    """The output stream is open again after ``gap_s``; what was not played yet goes on."""

    device: str
    gap_s: float


@dataclass(frozen=True)
class SoundDropped:
    """The speaker stayed away too long: so many seconds of queued sound were given up."""

    seconds: float


@dataclass(frozen=True)
class FirstSound:
    """The first sample of what was queued under ``tag`` went to the device at ``at_s`` (monotonic seconds).

    It is heard ``latency_s`` later.
    """

    tag: str
    at_s: float
    latency_s: float


@dataclass(frozen=True)
class FileTruncated:
    """An audio file ended early: ``decoded_s`` of ``expected_s`` (0 when unknown) could be read."""

    path: str
    decoded_s: float
    expected_s: float


SourceEvent = MicrophoneOpened | MicrophoneLost | MicrophoneBack | SamplesLost | FileTruncated
SinkEvent = SpeakerOpened | SpeakerLost | SpeakerBack | SoundDropped | FirstSound
