"""What the page of models says, from what is known. No widgets; tables are its test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QCoreApplication

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui import words
from starling.ui.kit.badge import Kind
from starling.ui.kit.numbers import compact, memory
from starling.ui.models import figures
from starling.ui.preferences import languages

translate = QCoreApplication.translate

Group = Literal["here", "recognisers", "voices"]
Action = Literal["install", "resume", "pause", "cancel", "use", "auto", "test", "verify", "remove"]
NAMED_LANGUAGES = 4
"""More are counted."""
SAME = 1.05
"""Two times that differ by less are the same."""


@dataclass(frozen=True)
class Entry:
    """One line of the list."""

    name: str
    title: str
    kind: Kind
    note: str
    group: Group


@dataclass(frozen=True)
class Work:
    """What goes on with a model: ``per_mille`` is None while it is not known how far it is."""

    text: str
    per_mille: int | None = None
    paused: bool = False


@dataclass(frozen=True)
class Look:
    """Everything about one model. ``facts`` are (name, value, tooltip) in order."""

    name: str
    title: str
    kind: Kind
    state: str
    good_for: str = ""
    facts: tuple[tuple[str, str, str], ...] = ()
    measured: tuple[tuple[str, str | None], ...] = ()
    compared: str = ""
    work: Work | None = None
    problem: str = ""
    problem_kind: Literal["warning", "error"] = "error"
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the page knows.

    Attributes:
        models: all of them; None before the first answer.
        work: the last that was told of every model.
        panel: which engines run.
        chosen: the setting ``stt.model``.
        voice: the setting ``tts.model``.
    """

    models: tuple[events.ModelShown, ...] | None = None
    work: Mapping[str, events.ModelWork] | None = None
    panel: Panel = field(default_factory=Panel)
    chosen: str = ""
    voice: str = ""

    def chosen_for(self, model: events.ModelShown) -> str:
        """What is set where this model could be."""
        return self.chosen if model.recogniser else self.voice

    def find(self, name: str) -> events.ModelShown | None:
        """The model of that name."""
        return next((model for model in self.models or () if model.name == name), None)

    def work_of(self, name: str) -> events.ModelWork | None:
        """The last that was told of it."""
        return (self.work or {}).get(name)

    def used_by(self, model: events.ModelShown) -> events.EngineShown | None:
        """The engine that uses it now."""
        for engine in (self.panel.stt, self.panel.tts):
            if engine is not None and engine.model == model.name and engine.tier in model.tiers:
                return engine
        return None


# -- the list ----------------------------------------------------------------------------------------------------


def entries(known: Known, searched: str = "") -> tuple[Entry, ...]:
    """The list: what is here, then what can be had."""
    wanted = searched.casefold().split()
    found = [_entry(known, model) for model in known.models or () if _matches(model, wanted)]
    order: tuple[Group, ...] = ("here", "recognisers", "voices")
    return tuple(entry for group in order for entry in found if entry.group == group)


def group_title(group: Group) -> str:
    """What stands above a part of the list."""
    return {
        "here": translate("Models", "On this machine"),
        "recognisers": translate("Models", "Recognisers to download"),
        "voices": translate("Models", "Voices to download"),
    }[group]


def _matches(model: events.ModelShown, wanted: Sequence[str]) -> bool:
    names = " ".join(languages.name(code) for code in model.languages) if wanted else ""
    text = " ".join((model.name, model.title, model.licence, model.good_for, names)).casefold()
    return all(word in text for word in wanted)


def _entry(known: Known, model: events.ModelShown) -> Entry:
    kind, state = _state(known, model)
    work = known.work_of(model.name)
    note = state
    if work is not None and work.goes_on and work.total_bytes:
        note = translate("Models", "{state}, {percent} %").format(state=state, percent=round(100 * work.share))
    elif not (work is not None and work.goes_on):
        note = f"{state} · {figures.size(model.size_bytes, model.exact)}" if model.size_bytes else state
    group: Group = "here" if model.installed or model.fault else "recognisers" if model.recogniser else "voices"
    return Entry(model.name, title(model), kind, note, group)


def title(model: events.ModelShown) -> str:
    """A model's title."""
    return translate("Models", "Starter (for trying)") if model.starter else model.title


def _state(known: Known, model: events.ModelShown) -> tuple[Kind, str]:
    work = known.work_of(model.name)
    if work is not None and work.goes_on:
        return "busy", _working(work)
    if work is not None and work.stage == "paused":
        return "warning", translate("Models", "Paused")
    if model.fault is not None:
        return "bad", translate("Models", "Cannot be used")
    if known.used_by(model) is not None:
        return "good", translate("Models", "In use")
    if model.installed:
        return "off", translate("Models", "Installed")
    if model.unavailable:
        return "unknown", translate("Models", "Not for this version")
    if model.resumable_bytes:
        return "warning", translate("Models", "Partly downloaded")
    return "unknown", translate("Models", "Not installed")


def _working(work: events.ModelWork) -> str:
    if work.stage == "waiting":
        return translate("Models", "Waiting")
    if work.work == "install":
        return {
            "checking": translate("Models", "Checking"),
            "waiting": translate("Models", "Trying again"),
            "converting": translate("Models", "Converting"),
            "finishing": translate("Models", "Finishing"),
        }.get(work.phase, translate("Models", "Downloading"))
    return {
        "import": translate("Models", "Importing"),
        "verify": translate("Models", "Verifying"),
        "remove": translate("Models", "Removing"),
        "test": translate("Models", "Testing"),
    }[work.work]


# -- one model ---------------------------------------------------------------------------------------------------


def look(known: Known, model: events.ModelShown) -> Look:
    """Everything about one model."""
    kind, state = _state(known, model)
    problem, severity = _problem(known, model)
    return Look(
        name=model.name,
        title=title(model),
        kind=kind,
        state=state,
        good_for=_good_for(model),
        facts=_facts(known, model),
        measured=_measured(model),
        compared=_compared(known, model),
        work=_work(known.work_of(model.name)),
        problem=problem,
        problem_kind=severity,
        actions=_actions(known, model),
    )


def _good_for(model: events.ModelShown) -> str:
    if model.starter:
        return translate(
            "Models",
            "Comes with Starling so that everything can be tried at once. It was trained on synthetic voices: "
            "for people's voices install another model.",
        )
    return model.good_for


def _facts(known: Known, model: events.ModelShown) -> tuple[tuple[str, str, str], ...]:
    unknown = translate("Models", "unknown")
    memory_text = unknown if model.memory_bytes is None else figures.size(model.memory_bytes, False)
    facts = [
        (translate("Models", "Used by"), used_by(known, model), ""),
        (translate("Models", "Size"), figures.size(model.size_bytes, model.exact) if model.size_bytes else unknown, ""),
        (translate("Models", "Memory"), memory_text, ""),
        (translate("Models", "Languages"), *_languages(model)),
        (translate("Models", "Licence"), model.licence or unknown, ""),
        (translate("Models", "Context"), _context(model), ""),
        (translate("Models", "Files"), pin(model), ""),
        (translate("Models", "Hashes from"), model.source if model.pin == "catalogue" else "", ""),
        (translate("Models", "Name"), model.name, ""),
        (translate("Models", "Folder"), model.path, ""),
    ]
    return tuple((name, value, tip) for name, value, tip in facts if value)


def used_by(known: Known, model: events.ModelShown) -> str:
    """Which tier uses it now, or could."""
    engine = known.used_by(model)
    tiers = ", ".join(words.tier_word(tier) for tier in model.tiers)
    if engine is not None:
        who = translate("Models", "Recogniser") if engine.family == "stt" else translate("Models", "Voice")
        return translate("Models", "{who} now, tier {tier}").format(who=who, tier=words.tier_word(engine.tier))
    if not tiers:
        return translate("Models", "nothing in this version")
    return translate("Models", "nothing now; tier {tiers} can").format(tiers=tiers)


def _languages(model: events.ModelShown) -> tuple[str, str]:
    """Few by name, many by number; the second text names them all."""
    names = [languages.name(code) for code in model.languages]
    if not names:
        text = translate("Models", "several") if model.multilingual else translate("Models", "unknown")
        return text, ""
    if len(names) <= NAMED_LANGUAGES:
        return ", ".join(names), ""
    return translate("Models", "{count} languages").format(count=len(names)), ", ".join(sorted(names))


def _context(model: events.ModelShown) -> str:
    if not model.recogniser:
        return ""
    if model.short_context:
        return translate("Models", "as long as what was said: short sentences are quick")
    return translate("Models", "always 30 s: a short sentence costs as much as a long one")


def pin(model: events.ModelShown) -> str:
    """What the files are held to."""
    return {
        "catalogue": translate("Models", "pinned by Starling's catalogue"),
        "here": translate("Models", "pinned here on {date}, at the first download").format(date=model.pinned_at),
        "first_download": translate("Models", "no hash was published: pinned here at the first download"),
        "import": translate("Models", "pinned here at the import"),
        "first_use": translate("Models", "not verified yet: pinned at the first use"),
    }[model.pin]


def _measured(model: events.ModelShown) -> tuple[tuple[str, str | None], ...]:
    if not model.installed:
        return ()
    found = model.measured
    rtf, memory_name = translate("Models", "RTF"), translate("Models", "Memory")
    loaded = translate("Models", "Loaded in")
    if found is None:
        return ((rtf, None), (memory_name, None), (loaded, None))
    worked = translate("Models", "{time} for {audio} of speech").format(
        time=figures.duration(found.processing_s), audio=figures.duration(found.audio_s)
    )
    return (
        (rtf, compact(found.rtf)),
        (translate("Models", "Sentence"), worked),
        (memory_name, None if found.memory_bytes is None else memory(found.memory_bytes)),
        (loaded, None if found.load_s is None else figures.duration(found.load_s)),
    )


def _compared(known: Known, model: events.ModelShown) -> str:
    """What this one would change, by what was measured of it and of the one in use."""
    current = next(
        (other for other in known.models or () if other.recogniser is model.recogniser and known.used_by(other)), None
    )
    if not model.installed or model.fault is not None:
        return (
            translate("Models", "How fast it is here is measured after it has been installed.")
            if not model.fault
            else ""
        )
    if current is None or current.name == model.name or not model.alone:
        return ""
    if model.measured is None or current.measured is None:
        return translate("Models", "Test this one and {other}, which is in use, to see what it would change.").format(
            other=title(current)
        )
    mine, theirs = model.measured.rtf, current.measured.rtf
    if max(mine, theirs) <= SAME * min(mine, theirs):
        return translate("Models", "As fast as {other}, which is in use.").format(other=title(current))
    if mine < theirs:
        text = translate("Models", "{times} times as fast as {other}, which is in use.")
        return text.format(times=compact(theirs / mine), other=title(current))
    text = translate("Models", "Takes {times} times as long as {other}, which is in use.")
    return text.format(times=compact(mine / theirs), other=title(current))


def _work(work: events.ModelWork | None) -> Work | None:
    if work is None or not (work.goes_on or work.stage == "paused"):
        return None
    parts = [translate("Models", "Paused") if work.stage == "paused" else _working(work)]
    if work.work == "install" and work.total_bytes and work.phase != "converting":
        total = figures.size(work.total_bytes, work.exact)
        parts.append(translate("Models", "{done} of {total}").format(done=figures.size(work.done_bytes), total=total))
    if work.bytes_per_s is not None:
        parts.append(figures.speed(work.bytes_per_s))
    if work.seconds_left is not None:
        parts.append(figures.left(work.seconds_left))
    parts.append(work.note)
    per_mille = round(1000 * work.share) if work.total_bytes else 0 if work.stage == "paused" else None
    return Work(" · ".join(part for part in parts if part), per_mille, work.stage == "paused")


def _problem(known: Known, model: events.ModelShown) -> tuple[str, Literal["warning", "error"]]:
    work = known.work_of(model.name)
    if work is not None and work.stage == "failed" and work.error is not None:
        return failure(work), "error"
    if model.fault is not None:
        return told(model.fault), "error"
    if model.unavailable:
        return model.unavailable, "warning"
    return "", "warning"


def told(error: Mapping[str, str]) -> str:
    """An error with its fix."""
    return " ".join(part for part in (error.get("message", ""), error.get("fix", "")) if part)


def failure(work: events.ModelWork) -> str:
    """Why something failed, and what to do."""
    text = told(work.error or {})
    if (work.error or {}).get("code", "").startswith("download."):
        return f"{text} " + translate("Models", "Everything that is installed works without the network.")
    return text


def _chosen(known: Known, model: events.ModelShown) -> bool:
    return known.chosen_for(model) in (model.name, model.path) and bool(known.chosen_for(model))


def _actions(known: Known, model: events.ModelShown) -> tuple[Action, ...]:
    work = known.work_of(model.name)
    if work is not None and work.goes_on and work.work not in ("test", "verify"):  # those change nothing
        return ("pause", "cancel") if work.work == "install" else ()
    if work is not None and work.stage == "paused" and not model.installed:
        return ("resume", "cancel")
    if model.fault is not None:
        return ("remove",)
    if model.installed:
        uses: tuple[Action, ...] = ("auto" if _chosen(known, model) else "use", "test") if model.alone else ()
        return (*uses, "verify", *(() if model.starter else ("remove",)))
    if model.unavailable:
        return ()
    return ("resume", "cancel") if model.resumable_bytes else ("install",)


def after(work: Mapping[str, events.ModelWork], event: events.ModelWork) -> dict[str, events.ModelWork]:
    """What goes on after one event: what is over is forgotten, except a failure, which is to be read."""
    rest = {name: known for name, known in work.items() if name != event.name}
    return rest if event.stage in ("done", "cancelled") else {**rest, event.name: event}


def outcome(event: events.ModelWork) -> str:
    """A sentence about what came of something that was begun; empty where the page shows it anyway."""
    if event.stage != "done":
        return ""
    return {
        "install": translate("Models", "{name} is installed.").format(name=event.name),
        "import": translate("Models", "{name} was imported.").format(name=event.note or event.name),
        "verify": translate("Models", "{name}: every file is what it was held to.").format(name=event.name),
        "remove": translate("Models", "{name} was removed.").format(name=event.name),
        "test": "",
    }[event.work]
