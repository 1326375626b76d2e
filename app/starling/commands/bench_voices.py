"""What the voices cost: the table of everything spoken here, and ``starling bench voices``, which adds to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from starling import locate
from starling.audio.silent_sink import SilentSink
from starling.core.errors import StarlingError
from starling.engine.clients import TtsClient
from starling.engine.supervisor import Supervisor
from starling.pipeline import candidacy, engines
from starling.pipeline.choice import Choice
from starling.pipeline.speaking import Speaking
from starling.pipeline.voice_figures import Row, VoiceBook, summary

NAME = "voices"
TEXT = (
    "The timer is set for twenty five minutes. I will tell you when it is done, also when this window is closed. "
    "Ask how much time is left whenever you want to know it."
)
_HEADS = ("tier", "model", "voice", "runs", "time s", "audio s", "RTF", "first sound ms", "x cpu")
NOTHING = "no voice has been measured yet: starling bench voices"


@dataclass(frozen=True)
class VoiceTable:
    """The summary, and why a tier that was tried has not spoken."""

    rows: tuple[Row, ...]
    troubles: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"name": NAME, "voices": [row.to_json() for row in self.rows], "troubles": list(self.troubles)}

    def to_text(self) -> str:
        """A table for people."""
        cells = [_HEADS, *map(_cells, self.rows)]
        widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
        lines = ["  ".join(_aligned(line, widths)).rstrip() for line in cells] if self.rows else [NOTHING]
        return "\n".join([*lines, *(f"not measured: {trouble}" for trouble in self.troubles)])


def kept() -> VoiceTable:
    """What was measured so far."""
    return VoiceTable(tuple(summary(VoiceBook(locate.data_dir()).all())))


def measure(choice: Choice, runs: int) -> VoiceTable:
    """Let every tier that can speak here say the known text with the voice that was chosen, and add it to the book."""
    book, troubles = VoiceBook(locate.data_dir()), []
    for rung in engines.tts_rungs(choice):
        slots = candidacy.slots() if rung.spec.provider else None
        with closing(Supervisor([rung], slots=slots, family="tts")) as supervisor:
            voice = choice.voice if rung.spec.tier != "demo" else ""
            speaking = Speaking(TtsClient(supervisor), SilentSink(), voice=voice, speed=choice.speed)
            try:
                _spoken(speaking)  # loads the model, which is not the voice's time
                for _ in range(runs):
                    book.keep(_spoken(speaking))
            except StarlingError as error:
                troubles.append(f"{rung.spec.name}: {error.message}")
    return VoiceTable(tuple(summary(book.all())), tuple(troubles))


def _spoken(speaking: Speaking) -> Any:
    reply = speaking.speak(TEXT)
    if reply.error:
        raise StarlingError.from_json(reply.error)
    return reply


def _cells(row: Row) -> tuple[str, ...]:
    one = row.figures
    return (
        " · ".join(filter(None, (one.tier, one.provider))),
        one.model or "-",
        one.voice,
        str(one.count),
        f"{one.synthesis_s:.2f}",
        f"{one.audio_s:.2f}",
        _number(one.rtf, ".3f"),
        _number(one.mean_first_sound_ms, ".0f"),
        _number(row.speed_up, ".2f"),
    )


def _number(value: float | None, how: str) -> str:
    return "-" if value is None else format(value, how)


def _aligned(line: Sequence[str], widths: Iterable[int]) -> list[str]:
    """Words to the left, numbers to the right."""
    return [
        cell.ljust(width) if column < 3 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
