"""What each voice costs on this machine, from everything it has spoken: measured, kept between runs, no text in it."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from starling.pipeline.events import Reply

FILE_NAME = "voice-figures.json"
SHORTEST_S = 0.5
"""Sound below this says more about the beginning of a call than about the voice."""
KEPT = 500
"""Voices; those that have not spoken for longest go first."""
_READ_LIMIT = 1 << 20
_COMPARED_WITH = "cpu"


@dataclass(frozen=True)
class VoiceFigures:
    """All that one voice of one tier and model has spoken.

    Attributes:
        provider: how the accelerator was reached; empty on the CPU.
        device: where it ran last, by its evidence.
        count: replies, previews and texts that were spoken to their end.
        synthesis_s: that the engine worked, all together.
        audio_s: of speech, all together.
        first_sounds: how many of them were heard.
        first_sound_ms: from the text to the first sound, all together.
    """

    tier: str
    model: str
    voice: str
    provider: str = ""
    device: str = ""
    count: int = 0
    synthesis_s: float = 0.0
    audio_s: float = 0.0
    first_sounds: int = 0
    first_sound_ms: float = 0.0

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is filed under."""
        return self.tier, self.model, self.voice

    @property
    def rtf(self) -> float | None:
        """Synthesis time divided by audio time."""
        return self.synthesis_s / self.audio_s if self.audio_s > 0 else None

    @property
    def mean_first_sound_ms(self) -> float | None:
        """None when nothing of it was heard."""
        return self.first_sound_ms / self.first_sounds if self.first_sounds else None

    def plus(self, reply: Reply) -> VoiceFigures:
        """With one more reply."""
        heard = reply.time_to_first_audio_ms
        return replace(
            self,
            provider=reply.provider,
            device=reply.placement.device,
            count=self.count + 1,
            synthesis_s=self.synthesis_s + (reply.synthesis_s or 0.0),
            audio_s=self.audio_s + (reply.audio_s or 0.0),
            first_sounds=self.first_sounds + (heard is not None),
            first_sound_ms=self.first_sound_ms + (heard or 0.0),
        )


@dataclass(frozen=True)
class Row:
    """A line of the summary; ``speed_up`` over the CPU where the same voice of the same model was measured there."""

    figures: VoiceFigures
    speed_up: float | None

    def to_json(self) -> dict[str, Any]:
        """As JSON values, rounded."""
        one = self.figures
        shown = {
            "synthesis_s": one.synthesis_s,
            "audio_s": one.audio_s,
            "rtf": one.rtf,
            "first_sound_ms": one.mean_first_sound_ms,
            "speed_up_over_cpu": self.speed_up,
        }
        rounded = {name: None if value is None else round(value, 4) for name, value in shown.items()}
        names = ("tier", "model", "voice", "provider", "device", "count")
        return {name: getattr(one, name) for name in names} | rounded


def worth_counting(reply: Reply) -> bool:
    """Whether a reply says what its voice costs: one voice spoke it to its end."""
    whole = not reply.stopped and not reply.error and bool(reply.tier and reply.voice)
    return whole and (reply.audio_s or 0.0) >= SHORTEST_S and (reply.synthesis_s or 0.0) > 0


def summary(figures: Iterable[VoiceFigures]) -> list[Row]:
    """The table: by model, voice and real-time factor, the fastest first."""
    known = {one.key: one for one in figures}
    rows = [Row(one, _speed_up(one, known.get((_COMPARED_WITH, one.model, one.voice)))) for one in known.values()]
    return sorted(rows, key=lambda row: (row.figures.model, row.figures.voice, row.figures.rtf or 0.0))


def _speed_up(one: VoiceFigures, cpu: VoiceFigures | None) -> float | None:
    if cpu is None or one.tier == cpu.tier or not one.rtf or not cpu.rtf:
        return None
    return cpu.rtf / one.rtf


class VoiceBook:
    """The figures of this user. Safe from any thread; what another process measured meanwhile stays.

    Args:
        folder: where the file is; what cannot be read there counts as not measured, what cannot be written is kept in
            memory.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()
        self._all = self._read()

    def all(self) -> list[VoiceFigures]:
        """Everything that was measured, by this process and others."""
        with self._lock:
            self._all = self._read() or self._all
            return list(self._all.values())

    def keep(self, reply: Reply) -> None:
        """Count a reply, if it is worth it."""
        if not worth_counting(reply):
            return
        with self._lock:
            found = self._read() or self._all
            key = (reply.tier, reply.model, reply.voice)
            found[key] = found.pop(key, VoiceFigures(*key)).plus(reply)
            self._all = dict(list(found.items())[-KEPT:])
            self._write()

    def _read(self) -> dict[tuple[str, str, str], VoiceFigures]:
        try:
            with self._path.open("rb") as file:
                entries = json.loads(file.read(_READ_LIMIT))
            figures = [_figures(entry) for entry in entries]
        except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return {}
        return {one.key: one for one in figures}

    def _write(self) -> None:
        part = self._path.with_name(f".{FILE_NAME}.{secrets.token_hex(4)}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps([asdict(one) for one in self._all.values()], indent=1), encoding="utf-8")
            os.replace(part, self._path)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)  # it is measured again


def _figures(entry: dict[str, Any]) -> VoiceFigures:
    """One entry of the file; raises for what is none."""
    texts = {name: str(entry[name]) for name in ("tier", "model", "voice", "provider", "device")}
    counts = {name: max(0, int(entry[name])) for name in ("count", "first_sounds")}
    sums = {name: float(entry[name]) for name in ("synthesis_s", "audio_s", "first_sound_ms")}
    if not all(0 <= value < float("inf") for value in sums.values()):
        raise ValueError("a figure is none")
    return VoiceFigures(**texts, **counts, **sums)  # type: ignore[arg-type]  # by their names
