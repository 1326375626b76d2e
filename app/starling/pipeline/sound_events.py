"""What sources and sinks tell, in the pipeline's words."""

from __future__ import annotations

from starling.audio import events as audio
from starling.core.errors import StarlingError
from starling.pipeline import events


def from_source(event: audio.SourceEvent) -> events.Event:
    """An event of a microphone or file."""
    match event:
        case audio.MicrophoneOpened(device=device, rate=rate, channels=channels):
            return events.MicrophoneChanged("open", device, f"{rate} Hz, {channels} channels")
        case audio.MicrophoneLost(reason=reason):
            return events.MicrophoneChanged("lost", message=reason.message, fix=reason.fix)
        case audio.MicrophoneBack(device=device, gap_s=gap_s):
            return events.MicrophoneChanged("back", device, f"{gap_s:.1f} s were not heard.", gap_s=gap_s)
        case audio.SamplesLost(seconds=seconds, why=why):
            return events.MicrophoneChanged("samples_lost", message=why, gap_s=seconds)
        case audio.FileTruncated():
            return events.Trouble(truncated(event))


def truncated(event: audio.FileTruncated) -> StarlingError:
    """A file that ended early, as people are told of it."""
    what = f"{event.path} ends early: {event.decoded_s:.1f} s of it could be read."
    return StarlingError("audio.truncated", what, "Copy the file again if it should be longer.")


def from_sink(event: audio.SinkEvent) -> events.Event | None:
    """An event of a speaker; None for one that only the speaking thread needs."""
    match event:
        case audio.SpeakerOpened(device=device, latency_s=latency_s):
            return events.SpeakerChanged("open", device, f"latency {latency_s * 1000:.0f} ms")
        case audio.SpeakerLost(reason=reason):
            return events.SpeakerChanged("lost", message=reason.message, fix=reason.fix)
        case audio.SpeakerBack(device=device, gap_s=gap_s):
            return events.SpeakerChanged("back", device, f"{gap_s:.1f} s of silence.")
        case audio.SoundDropped(seconds=seconds):
            return events.SpeakerChanged("dropped", message=f"{seconds:.1f} s of speech were not played.")
        case audio.FirstSound():
            return None
