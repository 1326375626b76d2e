"""What the pipeline tells the window, the command line and the tests. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from starling.core.errors import StarlingError
from starling.core.results import Placement


@dataclass(frozen=True)
class Utterance:
    """One thing somebody said, and what it cost to understand.

    Times ``*_s`` are seconds of the input stream. ``endpoint_to_text_ms`` is wall time from the decision that speech
    had ended to the text; ``speech_end_to_text_ms`` the same from the last speech frame, hangover included. Of a
    recording that is read faster than real time both are what they come to at the pace of speech: the measured
    recognition time, less the stream time by which the early transcription was ahead.
    """

    start_s: float
    end_s: float
    tier: str
    model: str
    audio_s: float
    endpoint_to_text_ms: float
    speech_end_to_text_ms: float
    text: str = ""
    placement: Placement = field(default_factory=Placement)
    processing_s: float | None = None
    confidence: float | None = None
    verdict: str = ""
    dropped: str = ""
    notes: tuple[str, ...] = ()
    attempts: int = 1
    error: dict[str, str] | None = None

    @property
    def rtf(self) -> float | None:
        """Processing time divided by audio time; None when nothing was recognised."""
        return self.processing_s / self.audio_s if self.audio_s and self.processing_s is not None else None


@dataclass(frozen=True)
class Reply:
    """One reply, and what it cost to speak. Figures are None when nothing was spoken.

    Attributes:
        time_to_first_audio_ms: from the known text to the first sample handed to the device.
        stopped: the user cut it short.
        wav: the file it was written to, if any.
        played: whether it went to a speaker.
    """

    text: str
    tier: str = ""
    voice: str = ""
    placement: Placement = field(default_factory=Placement)
    audio_s: float | None = None
    synthesis_s: float | None = None
    time_to_first_audio_ms: float | None = None
    stopped: bool = False
    played: bool = False
    wav: str = ""
    error: dict[str, str] | None = None

    @property
    def rtf(self) -> float | None:
        """Synthesis time divided by audio time; None for a stopped reply, more of which was made than is counted."""
        if self.stopped or not self.audio_s or self.synthesis_s is None:
            return None
        return self.synthesis_s / self.audio_s


@dataclass(frozen=True)
class Heard:
    """An utterance is finished."""

    utterance: Utterance


@dataclass(frozen=True)
class SpeechBegan:
    """Somebody started to speak at this stream time."""

    start_s: float


@dataclass(frozen=True)
class ReplyBegan:
    """Starling starts to answer; the text may still grow."""

    text: str


@dataclass(frozen=True)
class ReplyEnded:
    """A reply was spoken, stopped or could not be spoken."""

    reply: Reply


@dataclass(frozen=True)
class MicrophoneChanged:
    """The microphone was opened, lost, came back, or lost samples."""

    state: str
    device: str = ""
    message: str = ""
    fix: str = ""
    gap_s: float = 0.0


@dataclass(frozen=True)
class SpeakerChanged:
    """The speaker was opened, lost, came back, or speech was given up."""

    state: str
    device: str = ""
    message: str = ""
    fix: str = ""


@dataclass(frozen=True)
class EngineChanged:
    """An engine started, was restarted or demoted; ``kind`` is the event's name in :mod:`starling.engine.events`."""

    family: str
    kind: str
    name: str
    message: str

    @property
    def routine(self) -> bool:
        """Whether nothing went wrong."""
        return self.kind in ("EngineStarted", "EngineUnloaded")


@dataclass(frozen=True)
class Notice:
    """A sentence the user should read once."""

    text: str


@dataclass(frozen=True)
class Trouble:
    """Something went wrong that did not stop the pipeline."""

    error: StarlingError


@dataclass(frozen=True)
class Recovered:
    """The text of an utterance that an earlier, crashed run had recorded."""

    text: str
    started_at: float
    tier: str


@dataclass(frozen=True)
class Ready:
    """The recogniser is loaded and sound arrives."""

    stt: str
    microphone: str


Event = (
    Heard
    | SpeechBegan
    | ReplyBegan
    | ReplyEnded
    | MicrophoneChanged
    | SpeakerChanged
    | EngineChanged
    | Notice
    | Trouble
    | Recovered
    | Ready
)
