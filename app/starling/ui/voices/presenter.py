"""What the card of the chosen voice says, from what is known. No widgets; tables as its test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QCoreApplication

from starling.pipeline.events import Preview
from starling.speech.tts.scripts import foreign
from starling.ui.kit.numbers import compact
from starling.ui.voices import words
from starling.ui.voices.rows import Row
from starling.ui.voices.state import Figures, State

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

Tone = Literal["muted", "warning", "danger", "success"]
LOADING_WORTH_TELLING_MS = 300.0


@dataclass(frozen=True)
class InUse:
    """What the replies are spoken with."""

    tier: str
    voice: str
    speed: float
    volume: float


@dataclass(frozen=True)
class Wish:
    """What the user has before them: a voice of a tier, and how it would speak. ``tier`` is there or is not."""

    row: Row | None
    tier: str
    available: bool
    preview: Preview


@dataclass(frozen=True)
class Look:
    """The card. ``playing``: this wish or an older one is made ready or sounds; ``missing``: its tier is not there."""

    title: str = ""
    about: str = ""
    note: str = ""
    tone: Tone = "muted"
    playing: bool = False
    can_play: bool = False
    can_use: bool = False
    can_export: bool = False
    in_use: bool = False
    favourite: bool = False
    figures: str = ""
    missing: bool = False


def look(wish: Wish, state: State, now: InUse, exporting: bool) -> Look:
    """What the card shows."""
    row, playing = wish.row, state.now is not None
    if row is None:
        tone, note = _about_nothing(state)
        return Look(note=note, tone=tone, playing=playing)
    usable = row.voice.usable and wish.available
    ready = usable and bool(wish.preview.text.strip())
    in_use = is_in_use(wish, now)
    tone, note = _note(wish, state, now, exporting)
    return Look(
        row.title,
        words.about(row),
        note,
        tone,
        playing,
        can_play=ready,
        can_use=usable and not in_use,
        can_export=ready and not exporting,
        in_use=in_use and usable,
        favourite=row.favourite,
        figures=words.figures_text(state.figures.get(wish.tier, Figures())),
        missing=not wish.available,
    )


def is_in_use(wish: Wish, now: InUse) -> bool:
    """Whether replies are spoken just like this."""
    asked = wish.preview
    return (wish.tier, asked.voice, asked.speed, asked.volume) == (now.tier, now.voice, now.speed, now.volume)


def _about_nothing(state: State) -> tuple[Tone, str]:
    if state.tiers is None:
        return "muted", translate("Voices", "The voices are being looked for.")
    return "muted", translate("Voices", "No voice is chosen.")


def _note(wish: Wish, state: State, now: InUse, exporting: bool) -> tuple[Tone, str]:
    """The one thing to read: what failed, why it cannot be, what goes on, what else to know."""
    row = wish.row
    if row is not None and not row.voice.usable:
        return "warning", row.voice.note
    if not wish.available:
        tier = state.tier(wish.tier)
        return "warning", tier.reason if tier is not None else ""
    if state.told is not None and state.told.outcome == "failed":
        return "danger", state.told.text
    if exporting:
        return "muted", translate("Voices", "The file is being made.")
    if state.told is not None:
        return "success", translate("Voices", "Saved as {path}").format(path=state.told.text)
    if state.now is not None and not state.speaking:
        return "muted", translate("Voices", "The voice is being made ready.")
    return _what_to_know(wish, state, now)


def _what_to_know(wish: Wish, state: State, now: InUse) -> tuple[Tone, str]:
    if not wish.preview.text.strip():
        return "muted", translate("Voices", "Write a sentence to let the voice say it.")
    if script := script_note(wish):
        return "warning", script
    if now.tier and wish.tier != now.tier:
        text = translate("Voices", "Using this voice changes the voice engine to {engine}.")
        return "muted", text.format(engine=words.engine_word(wish.tier))
    if state.waited_ms is not None and state.waited_ms >= LOADING_WORTH_TELLING_MS:
        text = translate("Voices", "Before the last preview, its engine was made ready in {time} s.")
        return "muted", text.format(time=compact(state.waited_ms / 1000))
    return "muted", translate("Voices", "In the list, Space or Enter plays a voice, F marks a favourite, U uses it.")


def script_note(wish: Wish) -> str:
    """Which letters of the sentence the voice does not read; empty for none."""
    if wish.row is None:
        return ""
    found = foreign(wish.preview.text, wish.row.voice.language, wish.row.voice.id)
    if found is None:
        return ""
    text = translate("Voices", "This voice does not read {scripts} letters: it spells them out or skips them.")
    return text.format(scripts=", ".join(found.scripts))
