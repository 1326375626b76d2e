"""Where a command's speech goes: a file, the speaker, or nowhere, said aloud."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from starling.audio.base import AudioSink
from starling.audio.silent_sink import SilentSink
from starling.audio.speaker import Speaker
from starling.audio.wav_sink import WavSink
from starling.core.errors import StarlingError

OPEN_S = 4.0
"""An idle virtual speaker takes 2 s to open."""


@dataclass(frozen=True)
class Outlet:
    """A sink, and the file behind it if it is one."""

    sink: AudioSink
    wav: str = ""


def open_outlet(device: str, wav: str | None, *, required: bool = False) -> Outlet:
    """The file if one was named, else the speaker.

    Args:
        device: the speaker's name; empty for the default.
        wav: a file to write instead.
        required: raise when there is no speaker, instead of going on without sound.

    Raises:
        StarlingError: ``audio.no_speaker`` and the like, when ``required``; an unknown device always.
    """
    if wav:
        return Outlet(WavSink(wav), wav)
    speaker = Speaker(device)
    try:
        speaker.wait_open(OPEN_S)
    except StarlingError as error:
        speaker.close()
        if required or device:
            raise
        print(f"starling: the reply is not played: {error}", file=sys.stderr)
        return Outlet(SilentSink())
    return Outlet(speaker)


def listening_outlet(device: str, wav: str | None) -> Outlet:
    """As :func:`open_outlet`, for a session that outlives its speaker: one that is missing now may come back."""
    return Outlet(WavSink(wav), wav) if wav else Outlet(Speaker(device))
