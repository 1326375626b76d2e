"""The two Protocols of sound: where it comes from and where it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from starling.audio.events import SinkEvent, SourceEvent
from starling.core.results import Samples


@dataclass(frozen=True)
class SourceStats:
    """What a source has delivered.

    Attributes:
        captured_s: sound delivered, by the device's own clock.
        lost_s: sound missing against the wall clock, outages included.
        overruns: device frames that found the capture ring full.
        wall_s: time since the first sample.
        callback_age_s: time since the device last delivered; 0 for files.
    """

    captured_s: float
    lost_s: float
    overruns: int
    wall_s: float
    callback_age_s: float


class AudioSource(Protocol):
    """A microphone or a file: 16 kHz mono float32."""

    @property
    def live(self) -> bool:
        """Whether sound comes by itself, in real time, and without end."""
        ...

    def read(self, timeout_s: float) -> Samples | None:
        """All samples that have arrived, (n,); waits up to ``timeout_s`` for the first, then (0,). None at the end."""
        ...

    def events(self) -> list[SourceEvent]:
        """What happened since the last call."""
        ...

    def stats(self) -> SourceStats:
        """What was delivered and lost so far."""
        ...

    def close(self) -> None:
        """End. A ``read`` in another thread returns."""
        ...


@dataclass(frozen=True)
class SinkStats:
    """What a sink has played.

    Attributes:
        played_s: sound handed to the device.
        underruns: times the device asked for sound that was queued but not ready.
        latency_s: from hand-over to sound.
    """

    played_s: float
    underruns: int
    latency_s: float


class AudioSink(Protocol):
    """A speaker or a file. No call waits for the device, except ``wait``."""

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        """Queue (n,) float32 at ``rate`` Hz, right after what is queued. A new ``tag`` gives a FirstSound."""
        ...

    def stop(self) -> None:
        """Silence within 100 ms; what is queued is forgotten."""
        ...

    @property
    def drained(self) -> bool:
        """Whether everything queued has been heard."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Wait until drained; False when it took longer."""
        ...

    def events(self) -> list[SinkEvent]:
        """What happened since the last call."""
        ...

    def stats(self) -> SinkStats:
        """What was played so far."""
        ...

    def close(self) -> None:
        """Stop and free the device, or finish the file."""
        ...
