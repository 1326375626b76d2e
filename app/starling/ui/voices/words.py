"""The words of the page of voices, in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.ui.kit.numbers import compact
from starling.ui.preferences.languages import voice_language
from starling.ui.voices.rows import Heading, Line, Row
from starling.ui.voices.state import Figures

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate


def engine_word(tier: str) -> str:
    """What makes the sound in a tier; an unknown one is shown as it is."""
    return {
        "mlir-aie": translate("Voices", "Kokoro, NPU kernels"),
        "npu": translate("Voices", "Kokoro, NPU and CPU"),
        "cpu": translate("Voices", "Kokoro, CPU"),
        "demo": translate("Voices", "eSpeak"),
    }.get(tier, tier)


def gender_word(gender: str) -> str:
    """Female, male, or nothing where nobody says."""
    return {"female": translate("Voices", "female"), "male": translate("Voices", "male")}.get(gender, gender)


def heading_word(key: str) -> str:
    """The language of a heading."""
    return voice_language(key) if key else ""


def details(row: Row) -> list[str]:
    """What stands beside a voice's title, most important first."""
    voice = row.voice
    parts = [translate("Voices", "playing")] if row.playing else []
    parts += [translate("Voices", "in use")] if row.in_use else []
    if not voice.usable:
        parts.append(translate("Voices", "not usable"))
    parts += [gender_word(voice.gender), voice.id if row.named else "", voice.grade]
    return [part for part in parts if part]


def spoken(line: Line) -> str:
    """A line as a screen reader says it."""
    if isinstance(line, Heading):
        return translate("Voices", "{language}, {count} voices").format(language=line.text, count=line.count)
    voice = line.voice
    parts = [line.title, voice.id if line.named else "", gender_word(voice.gender)]
    if voice.grade:
        parts.append(translate("Voices", "grade {grade}").format(grade=voice.grade))
    parts += [translate("Voices", "favourite")] * line.favourite + [translate("Voices", "in use")] * line.in_use
    parts += [translate("Voices", "playing")] * line.playing
    parts += [translate("Voices", "not usable")] * (not voice.usable)
    return ", ".join(part for part in parts if part)


def about(row: Row) -> str:
    """One line about a voice, below its name."""
    voice = row.voice
    grade = translate("Voices", "grade {grade}").format(grade=voice.grade) if voice.grade else ""
    name = voice_language(voice.language) if not row.named else voice.id
    return ", ".join(part for part in (name, gender_word(voice.gender), grade) if part)


def figures_text(figures: Figures) -> str:
    """What was measured of an engine, in one line."""
    nothing = translate("Voices", "not measured yet")
    text = translate("Voices", "RTF: {rtf}. First sound: {time}.")
    return text.format(rtf=rtf_text(figures) or nothing, time=first_sound_text(figures) or nothing)


def rtf_text(figures: Figures) -> str | None:
    """The real-time factor; None until it was measured."""
    return None if figures.rtf is None else compact(figures.rtf)


def first_sound_text(figures: Figures) -> str | None:
    """The time to the first sound; None until it was measured."""
    if figures.first_sound_ms is None:
        return None
    return translate("Voices", "{time} ms").format(time=compact(figures.first_sound_ms))
