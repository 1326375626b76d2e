"""What a status panel shows, computed from events: pure, one function, tables as its test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from starling.pipeline import events
from starling.pipeline.speeds import Speed, taken_in

REMEMBERED = 60
"""Values kept of every series."""


class Activity(Enum):
    """What Starling does right now; one word for the whole window."""

    STARTING = "starting"
    NO_MICROPHONE = "no_microphone"
    MUTED = "muted"
    OFF = "off"
    READY = "ready"
    """Always listening, nobody speaks."""
    WAITING = "waiting"
    """Listening while the talk key is held, and it is not."""
    HEARING = "hearing"
    PAUSED = "paused"
    """A dictation is held: what is said is not written down, unless the talk key is down."""
    TRANSCRIBING = "transcribing"
    SPEAKING = "speaking"
    RESTARTING = "restarting"
    FAILED = "failed"


@dataclass(frozen=True)
class DeviceView:
    """A microphone or speaker. ``state``: ``closed``, ``opening``, ``open`` or ``lost``."""

    state: str = "closed"
    name: str = ""
    message: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Series:
    """The last measured values, oldest first; empty until something was measured."""

    values: tuple[float, ...] = ()

    @property
    def last(self) -> float | None:
        """The latest value, None before the first."""
        return self.values[-1] if self.values else None

    def plus(self, value: float) -> Series:
        """With one value more."""
        return Series((*self.values, value)[-REMEMBERED:])


@dataclass(frozen=True)
class Panel:
    """Everything a status panel shows. None and empty series mean: not known, not measured yet."""

    ready: bool = False
    failed: str = ""
    npu: events.NpuShown | None = None
    stt: events.EngineShown | None = None
    tts: events.EngineShown | None = None
    voice: str = ""
    microphone: DeviceView = field(default_factory=DeviceView)
    speaker: DeviceView = field(default_factory=DeviceView)
    private: bool = False
    listening: events.Listening = field(default_factory=lambda: events.Listening("assistant", "always", False))
    hearing: bool = False
    transcribing: int = 0
    speaking: bool = False
    partial: str = ""
    stt_rtf: Series = field(default_factory=Series)
    endpoint_to_text_ms: Series = field(default_factory=Series)
    tts_rtf: Series = field(default_factory=Series)
    first_sound_ms: Series = field(default_factory=Series)
    connection: events.ConnectionShown = field(default_factory=events.ConnectionShown)
    speeds: tuple[Speed, ...] = ()
    contexts: events.ContextsShown | None = None
    power: events.PowerShown | None = None
    proofs: events.ProofShown | None = None
    not_inserted: events.NotInserted | None = None
    paused: bool = False

    @property
    def activity(self) -> Activity:
        """The one word. What the user can mend comes before what goes on by itself."""
        for activity, holds in self._conditions():
            if holds:
                return activity
        return Activity.WAITING if self.listening.activation == "hold" else Activity.READY

    def _conditions(self) -> Sequence[tuple[Activity, bool]]:
        restarting = any(engine is not None and engine.status == "restarting" for engine in (self.stt, self.tts))
        return (
            (Activity.FAILED, bool(self.failed) or (self.stt is not None and self.stt.status == "failed")),
            (Activity.RESTARTING, restarting),
            (Activity.SPEAKING, self.speaking),
            (Activity.TRANSCRIBING, self.transcribing > 0 and not self.hearing),
            (Activity.OFF, self.listening.mode == "off"),
            (Activity.MUTED, self.listening.muted),
            (Activity.NO_MICROPHONE, self.microphone.state == "lost"),
            (Activity.STARTING, not self.ready),
            (Activity.HEARING, self.listening.held),
            (Activity.PAUSED, self.paused),
            (Activity.HEARING, self.hearing),
        )


def after(panel: Panel, event: events.Event) -> Panel:
    """The panel after one event."""
    match event:
        case events.EngineShown(family="stt"):
            return replace(panel, stt=event)
        case events.EngineShown():
            return replace(panel, tts=event)
        case events.NpuShown():
            return replace(panel, npu=event, contexts=event.contexts)
        case events.ContextsShown():
            return replace(panel, contexts=event)
        case events.PowerShown():
            return replace(panel, power=event)
        case events.ProofShown():
            return replace(panel, proofs=event)
        case events.PrivateChanged(on=on):
            return replace(panel, private=on)
        case events.Listening():
            return _listening(panel, event)
        case events.MicrophoneChanged() if panel.listening.muted or panel.listening.mode == "off":
            return panel  # of the moment before it was closed
        case events.MicrophoneChanged():
            return replace(panel, microphone=_device(panel.microphone, event), hearing=_still_hearing(panel, event))
        case events.SpeakerChanged():
            return replace(panel, speaker=_device(panel.speaker, event))
        case events.NotInserted():
            return replace(panel, not_inserted=event)
        case events.Inserted():
            return replace(panel, not_inserted=None)
        case events.DictationSaid(paused=paused):
            return replace(panel, paused=paused)
        case events.SpeechBegan():
            return replace(panel, hearing=True, partial="", not_inserted=None)
        case events.SpeechDropped():
            return replace(panel, hearing=False, partial="")
        case events.SpeechEnded():
            return replace(panel, hearing=False, transcribing=panel.transcribing + 1)
        case events.Partial(text=text):
            return replace(panel, partial=text)
        case events.Heard(utterance=utterance):
            return _heard(panel, utterance)
        case events.ReplyBegan() | events.ReplayBegan():
            return replace(panel, speaking=True)
        case events.ReplayEnded():
            return replace(panel, speaking=False)
        case events.ReplyEnded(reply=reply):
            return _replied(panel, reply)
        case events.ConnectionShown():
            return replace(panel, connection=event)
        case events.Ready():
            return replace(panel, ready=True, failed="")
        case events.Stopped(error=error):
            failed = str(error) if error else ""
            closed = replace(panel, microphone=DeviceView(), speaker=DeviceView(), hearing=False, speaking=False)
            closed = replace(closed, connection=events.ConnectionShown(), proofs=None)  # told again by what runs next
            return replace(closed, failed=failed, ready=False, transcribing=0, partial="", paused=False)
    return panel


def _listening(panel: Panel, event: events.Listening) -> Panel:
    deaf = event.muted or event.mode == "off"
    microphone = panel.microphone
    if deaf:
        microphone = DeviceView("closed")
    elif microphone.state == "closed":
        microphone = DeviceView("opening")
    same = event.mode == panel.listening.mode
    return replace(
        panel,
        listening=event,
        microphone=microphone,
        hearing=panel.hearing and not deaf,
        not_inserted=panel.not_inserted if same else None,
        paused=panel.paused and same,
    )


def _still_hearing(panel: Panel, event: events.MicrophoneChanged) -> bool:
    return panel.hearing and event.state != "lost"


def _device(view: DeviceView, event: events.MicrophoneChanged | events.SpeakerChanged) -> DeviceView:
    if event.state in ("open", "back"):
        return DeviceView("open", event.device, event.message)
    if event.state == "lost":
        return DeviceView("lost", view.name, event.message, event.fix)
    return view


def _heard(panel: Panel, utterance: events.Utterance) -> Panel:
    panel = replace(panel, transcribing=max(0, panel.transcribing - 1), partial="")
    if utterance.rtf is not None:
        said = taken_in(
            panel.speeds, "stt", utterance.tier, utterance.rtf, utterance.provider, utterance.placement.device
        )
        panel = replace(panel, stt_rtf=panel.stt_rtf.plus(utterance.rtf), speeds=said)
    if utterance.rtf is not None and utterance.endpoint_to_text_ms is not None:
        panel = replace(panel, endpoint_to_text_ms=panel.endpoint_to_text_ms.plus(utterance.endpoint_to_text_ms))
    return panel


def _replied(panel: Panel, reply: events.Reply) -> Panel:
    if not reply.text and reply.error is None:  # a request without an answer; another reply may sound
        return panel
    panel = replace(panel, speaking=False, voice=reply.voice or panel.voice)
    if reply.rtf is not None:
        spoken = taken_in(panel.speeds, "tts", reply.tier, reply.rtf, device=reply.placement.device)
        panel = replace(panel, tts_rtf=panel.tts_rtf.plus(reply.rtf), speeds=spoken)
    if reply.time_to_first_audio_ms is not None:
        panel = replace(panel, first_sound_ms=panel.first_sound_ms.plus(reply.time_to_first_audio_ms))
    return panel
