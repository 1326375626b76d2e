"""What the pipeline tells the window, the command line and the tests. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from starling.core.changes import Change
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.pipeline.device_events import MicrophoneChanged as MicrophoneChanged
from starling.pipeline.device_events import SpeakerChanged as SpeakerChanged
from starling.pipeline.history_events import HistoryChanged as HistoryChanged
from starling.pipeline.history_events import HistoryEntry as HistoryEntry
from starling.pipeline.history_events import HistoryEvent as HistoryEvent
from starling.pipeline.history_events import HistoryExported as HistoryExported
from starling.pipeline.history_events import HistoryFound as HistoryFound
from starling.pipeline.history_events import HistoryRead as HistoryRead
from starling.pipeline.history_events import HistoryTaken as HistoryTaken
from starling.pipeline.history_events import PrivateChanged as PrivateChanged
from starling.pipeline.insertion_events import Aimed as Aimed
from starling.pipeline.insertion_events import Inserted as Inserted
from starling.pipeline.insertion_events import InsertionEvent as InsertionEvent
from starling.pipeline.insertion_events import NotInserted as NotInserted
from starling.pipeline.insertion_events import TakenBack as TakenBack
from starling.pipeline.keys_events import DictationSaid as DictationSaid
from starling.pipeline.keys_events import KeysShown as KeysShown
from starling.pipeline.power_events import PowerShown as PowerShown
from starling.pipeline.proof_events import ProofEntry as ProofEntry
from starling.pipeline.proof_events import ProofFigure as ProofFigure
from starling.pipeline.proof_events import ProofShown as ProofShown
from starling.pipeline.shown import ContextsShown as ContextsShown
from starling.pipeline.shown import Device as Device
from starling.pipeline.shown import DevicesFound as DevicesFound
from starling.pipeline.shown import EngineShown as EngineShown
from starling.pipeline.shown import ModelsFound as ModelsFound
from starling.pipeline.shown import NpuShown as NpuShown
from starling.pipeline.shown import PastTurn as PastTurn
from starling.pipeline.shown import PastTurns as PastTurns
from starling.pipeline.shown import Sound as Sound
from starling.pipeline.shown import VoicesFound as VoicesFound
from starling.pipeline.shown_models import MachineShown as MachineShown
from starling.pipeline.shown_models import Measurement as Measurement
from starling.pipeline.shown_models import ModelMeasured as ModelMeasured
from starling.pipeline.shown_models import ModelShown as ModelShown
from starling.pipeline.shown_models import ModelsShown as ModelsShown
from starling.pipeline.shown_models import ModelWork as ModelWork
from starling.pipeline.talk_events import ConfirmAsked as ConfirmAsked
from starling.pipeline.talk_events import ConfirmEnded as ConfirmEnded
from starling.pipeline.talk_events import ConnectionShown as ConnectionShown
from starling.pipeline.talk_events import ConnectionTested as ConnectionTested
from starling.pipeline.talk_events import ConversationForgotten as ConversationForgotten
from starling.pipeline.talk_events import KeyShown as KeyShown
from starling.pipeline.talk_events import ReplyGrew as ReplyGrew
from starling.pipeline.talk_events import Server as Server
from starling.pipeline.talk_events import ServersFound as ServersFound
from starling.pipeline.voice_events import FavouritesChanged as FavouritesChanged
from starling.pipeline.voice_events import Preview as Preview
from starling.pipeline.voice_events import PreviewBegan as PreviewBegan
from starling.pipeline.voice_events import PreviewEnded as PreviewEnded
from starling.pipeline.voice_events import PreviewExported as PreviewExported
from starling.pipeline.voice_events import PreviewLoading as PreviewLoading
from starling.pipeline.voice_events import PreviewProgress as PreviewProgress
from starling.pipeline.voice_events import VoiceCatalogue as VoiceCatalogue
from starling.pipeline.voice_events import VoiceShown as VoiceShown
from starling.pipeline.voice_events import VoiceTier as VoiceTier

Mode = Literal["assistant", "dictation", "off"]
"""What happens to speech: it may be answered, it is only written down, or nothing is heard at all."""
Activation = Literal["always", "hold"]
"""When speech is heard: all the time, or while the talk key is held."""


@dataclass(frozen=True)
class Utterance:
    """One thing somebody said, and what it cost to understand.

    ``turn`` names it from its recognition on; every command about it takes that name. ``at`` is the Unix time at
    which it began, ``mode`` what was listened for, ``held`` whether the talk key was down. ``replayable``: its
    recording is there to be played or recognised again. ``provider``: how the accelerator was reached, empty on the
    CPU; ``changes``: the better engines that did not deliver this text, each with its reason; ``why_not_better``: why
    no better tier could be tried. ``language``: of the text; ``commands``: what was said to the dictation (``undo``).

    Times ``*_s`` are seconds of the input stream. ``endpoint_to_text_ms`` is wall time from the decision that speech
    had ended to the text; ``speech_end_to_text_ms`` the same from the last speech frame, hangover included. Of a
    recording that is read faster than real time both are what they come to at the pace of speech: the measured
    recognition time, less the stream time by which the early transcription was ahead. What is recognised again later
    has neither.
    """

    start_s: float
    end_s: float
    tier: str
    model: str
    audio_s: float
    endpoint_to_text_ms: float | None
    speech_end_to_text_ms: float | None
    text: str = ""
    placement: Placement = field(default_factory=Placement)
    processing_s: float | None = None
    confidence: float | None = None
    verdict: str = ""
    dropped: str = ""
    notes: tuple[str, ...] = ()
    attempts: int = 1
    error: dict[str, str] | None = None
    turn: str = ""
    at: float = 0.0
    mode: Mode = "assistant"
    held: bool = False
    replayable: bool = False
    provider: str = ""
    changes: tuple[Change, ...] = ()
    why_not_better: str = ""
    language: str = ""
    commands: tuple[str, ...] = ()

    @property
    def rtf(self) -> float | None:
        """Processing time divided by audio time; None when nothing was recognised."""
        return self.processing_s / self.audio_s if self.audio_s and self.processing_s is not None else None


@dataclass(frozen=True)
class Reply:
    """One reply, and what it cost to speak. Figures are None when nothing was spoken.

    Attributes:
        time_to_first_audio_ms: from the text, or its first clause if it streams, to the first sample played.
        stopped: the user cut it short.
        wav: the file it was written to, if any.
        played: whether it went to a speaker.
        notes: what a listener should know: letters that the voice does not read.
        said: of a reply that was cut short, what began to sound; None for one that was not.
        model: that spoke; empty if the tier has none.
        provider: how the accelerator was reached; empty on the CPU.
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
    notes: tuple[str, ...] = ()
    said: str | None = None
    model: str = ""
    provider: str = ""

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
class SpeechEnded:
    """The speaker has finished; the text follows with :class:`Heard`."""


@dataclass(frozen=True)
class SpeechDropped:
    """What began as speech was none; ``held``: the talk key was down, so somebody waits for a text."""

    reason: str
    held: bool = False


@dataclass(frozen=True)
class Partial:
    """What the utterance in progress says so far. The final text may differ."""

    text: str


@dataclass(frozen=True)
class Asked:
    """A question was typed."""

    turn: str
    text: str
    at: float


@dataclass(frozen=True)
class ReplyBegan:
    """Starling starts to answer; the text may still grow. ``turn`` is what is answered, empty for a timer."""

    text: str
    turn: str = ""


@dataclass(frozen=True)
class ReplyEnded:
    """A reply was spoken, stopped or could not be spoken."""

    reply: Reply
    turn: str = ""


@dataclass(frozen=True)
class ReplayBegan:
    """The recording of a turn is played, or its reply spoken again (``of_reply``); no turn: a test sound.

    ``text`` is what it says.
    """

    turn: str
    of_reply: bool = False
    text: str = ""


@dataclass(frozen=True)
class ReplayEnded:
    """It was played, stopped, or could not be."""

    turn: str
    error: dict[str, str] | None = None
    of_reply: bool = False


@dataclass(frozen=True)
class RecordingsGone:
    """The recordings of these turns made room for newer ones: they can no longer be played or recognised again."""

    turns: tuple[str, ...]


@dataclass(frozen=True)
class RetryBegan:
    """A turn is recognised again with another model."""

    turn: str
    model: str


@dataclass(frozen=True)
class Retried:
    """What came of it: text and figures, or ``error``. The turn keeps its old text when there is an error."""

    turn: str
    utterance: Utterance | None = None
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class TurnDeleted:
    """A turn is gone from the window, the history and memory; an empty name means all of them."""

    turn: str


@dataclass(frozen=True)
class Listening:
    """What is listened to, from now on; ``held``: the talk key is down or was tapped."""

    mode: Mode
    activation: Activation
    muted: bool
    held: bool = False


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
    turn: str = ""


@dataclass(frozen=True)
class Stopped:
    """The pipeline has ended; ``error`` when it could not begin or broke."""

    error: StarlingError | None = None


@dataclass(frozen=True)
class Ready:
    """The recogniser is loaded and sound arrives."""

    stt: str
    microphone: str


Event = (
    Heard
    | SpeechBegan
    | SpeechEnded
    | SpeechDropped
    | Partial
    | Asked
    | ReplyBegan
    | ReplyGrew
    | ReplyEnded
    | ConfirmAsked
    | ConfirmEnded
    | ServersFound
    | ConnectionTested
    | ConnectionShown
    | KeyShown
    | ConversationForgotten
    | ReplayBegan
    | ProofShown
    | ReplayEnded
    | RecordingsGone
    | RetryBegan
    | Retried
    | TurnDeleted
    | Listening
    | Sound
    | MicrophoneChanged
    | SpeakerChanged
    | EngineChanged
    | EngineShown
    | NpuShown
    | ContextsShown
    | PowerShown
    | KeysShown
    | DictationSaid
    | InsertionEvent
    | DevicesFound
    | ModelsFound
    | VoicesFound
    | ModelsShown
    | ModelWork
    | ModelMeasured
    | MachineShown
    | VoiceCatalogue
    | FavouritesChanged
    | PreviewLoading
    | PreviewBegan
    | PreviewProgress
    | PreviewEnded
    | PreviewExported
    | PastTurns
    | HistoryEvent
    | Notice
    | Trouble
    | Recovered
    | Ready
    | Stopped
)
