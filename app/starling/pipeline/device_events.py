"""What the pipeline tells about microphone and speaker. Plain values."""

from __future__ import annotations

from dataclasses import dataclass


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
