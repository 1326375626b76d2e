"""What a row says, in the user's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

from starling.ui.kit.badge import Kind
from starling.ui.transcript.turns import Figures, State, Turn, Who
from starling.ui.words import placement_word, tier_word

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate
SEPARATOR = " · "
COARSE_RTF = 0.1
"""From here on two decimals say enough."""

WHO_ICONS: dict[Who, str] = {
    Who.YOU: "microphone",
    Who.OVERHEARD: "waveform",
    Who.TYPED: "keyboard",
    Who.RECOVERED: "history",
    Who.STARLING: "assistant",
    Who.TIMER: "assistant",
}
STATE_KINDS: dict[State, Kind] = {
    State.HEARING: "busy",
    State.TRANSCRIBING: "busy",
    State.ANSWERING: "busy",
    State.SPEAKING: "busy",
    State.NOTHING: "off",
    State.STOPPED: "off",
    State.FAILED: "bad",
}


def who_word(who: Who) -> str:
    """Whose words they are."""
    return {
        Who.YOU: translate("Transcript", "You"),
        Who.OVERHEARD: translate("Transcript", "Heard, not addressed to Starling"),
        Who.TYPED: translate("Transcript", "You, typed"),
        Who.RECOVERED: translate("Transcript", "You, recovered from an earlier run"),
        Who.STARLING: translate("Transcript", "Starling"),
        Who.TIMER: translate("Transcript", "Starling, reminding you"),
    }[who]


def state_word(turn: Turn) -> str:
    """What goes on with a row, or how it ended; empty when there is nothing to say."""
    if turn.replaying and turn.is_reply:
        return translate("Transcript", "Speaking it again")
    if turn.replaying:
        return translate("Transcript", "Playing the recording")
    if turn.retrying:
        return translate("Transcript", "Recognising again with {model}").format(model=turn.retrying)
    return {
        State.HEARING: translate("Transcript", "Hearing"),
        State.TRANSCRIBING: translate("Transcript", "Transcribing"),
        State.NOTHING: translate("Transcript", "Nothing was heard"),
        State.ANSWERING: translate("Transcript", "Answering"),
        State.SPEAKING: translate("Transcript", "Speaking"),
        State.DONE: "",
        State.STOPPED: translate("Transcript", "Stopped"),
        State.FAILED: translate("Transcript", "Failed"),
    }[turn.state]


def state_kind(turn: Turn) -> Kind:
    """The shape beside it."""
    return "busy" if turn.replaying or turn.retrying else STATE_KINDS.get(turn.state, "good")


def clock_word(at: float) -> str:
    """The time of day."""
    return QLocale().toString(_moment(at).time(), QLocale.FormatType.ShortFormat)


def day_word(at: float, today: QDate) -> str:
    """The day, for a heading."""
    day = _moment(at).date()
    if day == today:
        return translate("Transcript", "Today")
    if day == today.addDays(-1):
        return translate("Transcript", "Yesterday")
    return QLocale().toString(day, QLocale.FormatType.LongFormat)


def day_number(at: float) -> int:
    """Equal for two moments of the same local day."""
    return _moment(at).date().toJulianDay()


def figures_line(figures: Figures) -> str:
    """The measured values on one line; what was not measured is left out."""
    parts = [tier_word(figures.tier), figures.model, figures.voice]
    if figures.device:
        parts.append(_where(figures))
    parts += _measured(figures)
    return SEPARATOR.join(part for part in parts if part)


def _where(figures: Figures) -> str:
    """Not twice the same word: a tier may be called after the device it runs on."""
    if figures.device == "unknown":
        return translate("Transcript", "Placement unknown")
    word = placement_word(figures.device)
    return "" if word == tier_word(figures.tier) else word


def _measured(figures: Figures) -> list[str]:
    locale = QLocale()
    parts = []
    if figures.rtf is not None:
        decimals = 2 if figures.rtf >= COARSE_RTF else 3
        parts.append(translate("Transcript", "RTF {value}").format(value=locale.toString(figures.rtf, "f", decimals)))
    if figures.text_ms is not None:
        parts.append(
            translate("Transcript", "text after {value} ms").format(value=locale.toString(round(figures.text_ms)))
        )
    if figures.first_sound_ms is not None:
        value = locale.toString(round(figures.first_sound_ms))
        parts.append(translate("Transcript", "sound after {value} ms").format(value=value))
    if figures.confidence is not None:
        value = locale.toString(round(100 * figures.confidence))
        parts.append(translate("Transcript", "confidence {value} %").format(value=value))
    return parts


def details(turn: Turn) -> str:
    """For a tooltip: what the line has no room for."""
    lines = [
        translate("Transcript", "RTF is processing time divided by the time of the sound: smaller is faster.")
        if turn.figures.rtf is not None
        else "",
        translate("Transcript", "Where it ran: {evidence}").format(evidence=", ".join(turn.figures.evidence))
        if turn.figures.evidence
        else "",
        " ".join(turn.figures.notes),
    ]
    if turn.before:
        lines.append(translate("Transcript", "Before: {text}").format(text=turn.before))
    return "\n".join(line for line in lines if line)


def retried_line(turn: Turn) -> str:
    """That a text is a second one, or that there was none; by what."""
    if turn.retried is None:
        return ""
    by = " ".join(part for part in (tier_word(turn.retried.tier), turn.retried.model) if part)
    if turn.silent:
        return translate("Transcript", "Nothing was heard in it by {recogniser}").format(recogniser=by)
    return translate("Transcript", "Recognised again with {recogniser}").format(recogniser=by)


def inserted_line(turn: Turn) -> str:
    """Where a dictation was typed; empty where it was not."""
    where = turn.inserted
    if where is None:
        return ""
    if where.taken_back:
        return translate("Transcript", "Taken back")
    if not where.sure:
        return translate("Transcript", "Typed while another window came to the front")
    if not where.application:
        return translate("Transcript", "Pasted") if where.pasted else translate("Transcript", "Typed")
    if where.pasted:
        return translate("Transcript", "Pasted into {application}").format(application=where.application)
    return translate("Transcript", "Typed into {application}").format(application=where.application)


def problem_line(turn: Turn) -> str:
    """What went wrong and what to do; empty when nothing did."""
    if turn.problem is None:
        return ""
    kept = translate("Transcript", "The text is in the scratchpad.") if turn.problem.scratchpad else ""
    head = translate("Transcript", "Not typed:") if turn.problem.untyped else ""  # colour alone must not say it
    return " ".join(part for part in (head, turn.problem.message, kept, turn.problem.fix) if part)


def summary(turn: Turn) -> str:
    """The whole row in one sentence, as a screen reader says it."""
    head = f"{who_word(turn.who)}, {clock_word(turn.at)}"
    said = f"{head}: {turn.text}" if turn.text else head
    return ". ".join(part for part in (said, state_word(turn), problem_line(turn)) if part)


def _moment(at: float) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(at))
