"""Sizes, speeds and times of models, as people read them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.pipeline.shown_models import Measurement
from starling.ui.kit.numbers import compact, memory

translate = QCoreApplication.translate

MINUTE_S, HOUR_S = 60, 3600
SMALL_BYTES = 1_000_000


def size(size_bytes: int, exact: bool = True) -> str:
    """Bytes on a disk; an estimate is called so."""
    text = memory(size_bytes) if size_bytes >= SMALL_BYTES else translate("Models", "less than 1 MB")
    return text if exact else translate("Models", "about {size}").format(size=text)


def speed(bytes_per_s: float) -> str:
    """How fast a download goes."""
    if bytes_per_s < SMALL_BYTES:
        return translate("Models", "{number} kB/s").format(number=f"{bytes_per_s / 1000:.0f}")
    return translate("Models", "{number} MB/s").format(number=f"{bytes_per_s / SMALL_BYTES:.1f}")


def left(seconds: float) -> str:
    """The time that something still takes."""
    if seconds < MINUTE_S:
        return translate("Models", "{number} s left").format(number=f"{max(1, round(seconds))}")
    if seconds < HOUR_S:
        return translate("Models", "{number} min left").format(number=f"{round(seconds / MINUTE_S)}")
    return translate("Models", "{number} h left").format(number=f"{seconds / HOUR_S:.1f}")


def duration(seconds: float) -> str:
    """A measured time."""
    if seconds < 1:
        return translate("Models", "{number} ms").format(number=f"{seconds * 1000:.0f}")
    return translate("Models", "{number} s").format(number=compact(seconds))


def rtf(measured: Measurement) -> str:
    """The measured RTF, with what it comes to."""
    return translate("Models", "RTF {rtf}: {audio} of speech in {time}").format(
        rtf=compact(measured.rtf), audio=duration(measured.audio_s), time=duration(measured.processing_s)
    )
