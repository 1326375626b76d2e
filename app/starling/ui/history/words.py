"""What the page of the history says, from what is known. No widgets; tables as its test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from starling.core.folding import spans
from starling.pipeline.events import HistoryEntry
from starling.ui.kit.badge import Kind
from starling.ui.kit.numbers import compact
from starling.ui.words import mode_word, tier_word

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

SEPARATOR = " · "
STATES = ("done", "inserted", "failed", "pending")
KINDS: dict[str, Kind] = {"done": "good", "inserted": "good", "failed": "bad", "pending": "busy"}
DAYS = ("", "today", "yesterday", "week", "month")
LEAD_SHARE = 3
"""Of a line that is too long, this part is kept before the first match."""
USUAL_ROOM = 60


@dataclass(frozen=True)
class Line:
    """One line of a text, and the places in it that were found, as (begin, end)."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def state_word(entry: HistoryEntry) -> str:
    """What became of it."""
    if entry.state == "done" and entry.error_code:
        unsure = entry.error_code == "insert.unsure"
        return translate("History", "Perhaps inserted") if unsure else translate("History", "Not inserted")
    return state_name(entry.state)


def state_name(state: str) -> str:
    """A state by its key."""
    return {
        "pending": translate("History", "Waiting"),
        "done": translate("History", "Done"),
        "failed": translate("History", "Failed"),
        "inserted": translate("History", "Inserted"),
    }.get(state, state)


def state_kind(entry: HistoryEntry) -> Kind:
    """The shape beside it."""
    return "warning" if entry.state == "done" and entry.error_code else KINDS.get(entry.state, "unknown")


def day_name(key: str) -> str:
    """A span of days by its key."""
    return {
        "": translate("History", "Any day"),
        "today": translate("History", "Today"),
        "yesterday": translate("History", "Yesterday"),
        "week": translate("History", "Last 7 days"),
        "month": translate("History", "Last 30 days"),
    }[key]


def day_span(key: str, now: datetime) -> tuple[float | None, float | None]:
    """From when until when, as Unix time; None is open. Days are local ones, also across a change of the clock."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)

    def ago(days: int) -> float:
        return (midnight - timedelta(days=days)).timestamp()

    return {
        "": (None, None),
        "today": (ago(0), None),
        "yesterday": (ago(1), ago(0)),
        "week": (ago(6), None),
        "month": (ago(29), None),
    }[key]


def when(at: float, now: datetime) -> str:
    """Day and time, short."""
    moment, locale = QDateTime.fromMSecsSinceEpoch(round(1000 * at)), QLocale()
    clock = locale.toString(moment.time(), QLocale.FormatType.ShortFormat)
    days = (now.date() - datetime.fromtimestamp(at).date()).days
    if days == 0:
        return clock
    if days == 1:
        return translate("History", "Yesterday, {time}").format(time=clock)
    return f"{locale.toString(moment.date(), QLocale.FormatType.ShortFormat)}, {clock}"


def said(entry: HistoryEntry) -> str:
    """What stands in the place of the text."""
    if entry.text.strip():
        return entry.text
    return {
        "pending": translate("History", "Not recognised yet"),
        "failed": translate("History", "Not recognised"),
    }.get(entry.state, translate("History", "Nothing was understood"))


def first_line(entry: HistoryEntry, terms: Sequence[str], room: int = USUAL_ROOM) -> Line:
    """The text as one line that shows what was found, in the room of so many letters; of a match in a reply, that."""
    text = " ".join(said(entry).split())
    marks = spans(text, terms)
    if terms and not marks:
        for reply, _, _ in entry.replies:
            answer = "→ " + " ".join(reply.split())
            if found := spans(answer, terms):
                return _led(answer, found, room)
    return _led(text, marks, room)


def caption(entry: HistoryEntry, now: datetime, *, state: bool = True) -> str:
    """The line below it; without the ``state`` where that stands beside it."""
    where = entry.application if entry.state == "inserted" else ""
    mode = mode_word(entry.mode) if entry.mode else ""
    parts = (when(entry.at, now), mode, state_word(entry) if state else "", where)
    return SEPARATOR.join(part for part in parts if part)


def spoken(entry: HistoryEntry, now: datetime) -> str:
    """A row for a screen reader."""
    return f"{said(entry)}. {caption(entry, now)}"


def whole(entry: HistoryEntry) -> str:
    """Everything that was said and answered."""
    return "\n\n".join((said(entry), *(f"→ {reply}" for reply, _, _ in entry.replies)))


def facts(entry: HistoryEntry) -> str:
    """How it was recognised, and how it got where it is."""
    parts = [tier_word(entry.tier) if entry.tier else "", entry.model]
    if entry.audio_s:
        parts.append(translate("History", "{seconds} s of speech").format(seconds=compact(round(entry.audio_s, 1))))
    if entry.processing_s is not None:
        parts.append(translate("History", "recognised in {time} s").format(time=compact(entry.processing_s)))
    if entry.way:
        parts.append(translate("History", "inserted by {way}").format(way=entry.way))
    return SEPARATOR.join(part for part in parts if part)


def count_text(count: int, narrowed: bool) -> str:
    """How many are listed."""
    number = QLocale().toString(count)
    if narrowed:
        return translate("History", "Found: {count}").format(count=number)
    return translate("History", "Entries: {count}").format(count=number)


def deleted_text(count: int) -> str:
    """That entries are gone, for the moment."""
    if count == 1:
        return translate("History", "One entry was deleted.")
    return translate("History", "{count} entries were deleted.").format(count=QLocale().toString(count))


def empty_text(narrowed: bool, private: bool, keeps: bool) -> tuple[str, str]:
    """What stands where there is nothing: a title and a sentence."""
    if narrowed:
        return (
            translate("History", "Nothing was found"),
            translate("History", "Try fewer words, or other filters."),
        )
    if private:
        return (
            translate("History", "Private mode is on"),
            translate("History", "What you say now is not stored. It is gone with the window that shows it."),
        )
    if not keeps:
        return (
            translate("History", "Texts are not kept"),
            translate("History", "The setting “Keep texts” is off: nothing of what you say stays here."),
        )
    return (
        translate("History", "Nothing here yet"),
        translate("History", "What you say and what Starling answers is kept here, on this computer only."),
    )


def _led(text: str, marks: tuple[tuple[int, int], ...], room: int) -> Line:
    """Begin near the first match where that would not be seen, at the beginning of a word if one is near."""
    if not marks or marks[0][1] < room:
        return Line(text, marks)
    cut = marks[0][0] - room // LEAD_SHARE
    blank = text.find(" ", cut, marks[0][0])
    cut = blank + 1 if blank >= 0 else cut
    return Line("…" + text[cut:], tuple((begin - cut + 1, end - cut + 1) for begin, end in marks))
