"""Lines of a transcript as txt, srt, vtt or json. Pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from starling.speech.stt.longform import Line

Format = Literal["txt", "srt", "vtt", "json"]

LINE_CHARACTERS = 42
LINES_PER_CUE = 2
LONGEST_CUE_S = 7.0
SHORTEST_CUE_S = 0.04
"""One frame of film: a cue that begins and ends at once is never shown."""
LONGEST_PAUSE_S = 2.0
"""A pause inside a cue that would leave text standing while nobody speaks."""
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "\uff1f", "\uff01")


@dataclass(frozen=True)
class Cue:
    """What stands on the screen at once; rows are separated by newlines."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class _Unit:
    """A word with the space before it, or a character of a language without spaces."""

    text: str
    start_s: float
    end_s: float


def render(lines: Iterable[Line], form: Format) -> Iterator[str]:
    """The document in pieces, as the lines come; joined, or written one after another, they are the whole file."""
    if form == "txt":
        return (f"{line.text}\n" for line in lines)
    if form == "srt":
        return (_srt(number, cue) for number, cue in enumerate(cues(lines), 1))
    return _vtt(cues(lines)) if form == "vtt" else _json(lines)


def cues(lines: Iterable[Line]) -> Iterator[Cue]:
    """Cues of at most two rows of 42 characters and 7 s, one after another, none overlapping."""
    reached = 0.0
    for line in lines:
        for units in _groups(_units(line)):
            start = max(reached, units[0].start_s)
            end = max(start + SHORTEST_CUE_S, min(units[-1].end_s, start + LONGEST_CUE_S))
            reached = end
            yield Cue(start, end, "\n".join(_rows("".join(unit.text for unit in units))))


def _rows(text: str) -> list[str]:
    return textwrap.wrap(text.strip(), LINE_CHARACTERS, break_on_hyphens=False)


def _groups(units: list[_Unit]) -> Iterator[list[_Unit]]:
    group: list[_Unit] = []
    for unit in units:
        if group and _starts_cue(group, unit):
            yield group
            group = []
        group.append(unit)
    if group:
        yield group


def _starts_cue(group: list[_Unit], unit: _Unit) -> bool:
    text = "".join(part.text for part in group)
    too_long = len(_rows(text + unit.text)) > LINES_PER_CUE or unit.end_s - group[0].start_s > LONGEST_CUE_S
    pause = unit.start_s - group[-1].end_s > LONGEST_PAUSE_S
    sentence_ended = len(text) >= LINE_CHARACTERS and text.endswith(_SENTENCE_ENDS)
    return too_long or pause or sentence_ended


def _units(line: Line) -> list[_Unit]:
    """The words with their times; without word times, the line's time shared out by characters."""
    spaced = " ".join(word.text for word in line.words) == line.text
    if line.words and (spaced or "".join(word.text for word in line.words) == "".join(line.text.split())):
        lead = " " if spaced else ""
        return [_Unit(lead + word.text, word.start_s, word.end_s) for word in line.words]
    pieces = [piece for word in line.text.split() for piece in _pieces(" " + word)]
    seconds = (line.end_s - line.start_s) / max(1, sum(map(len, pieces)))
    units, at = [], line.start_s
    for piece in pieces:
        units.append(_Unit(piece, at, at + len(piece) * seconds))
        at += len(piece) * seconds
    return units


def _pieces(word: str) -> list[str]:
    """A word, in single characters if it is longer than a row, as text without spaces is."""
    return [word] if len(word) <= LINE_CHARACTERS else list(word)


def _clock(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, ms = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}{point}{ms % 1000:03}"


def _srt(number: int, cue: Cue) -> str:
    return f"{number}\n{_clock(cue.start_s, ',')} --> {_clock(cue.end_s, ',')}\n{cue.text}\n\n"


def _vtt(all_cues: Iterable[Cue]) -> Iterator[str]:
    yield "WEBVTT\n\n"
    for cue in all_cues:
        text = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield f"{_clock(cue.start_s, '.')} --> {_clock(cue.end_s, '.')}\n{text}\n\n"


def _json(lines: Iterable[Line]) -> Iterator[str]:
    yield '{"lines": ['
    for number, line in enumerate(lines):
        yield (",\n" if number else "\n") + json.dumps(asdict(line), ensure_ascii=False)
    yield "\n]}\n"
