"""What the first steps say, from what is known. No widgets; tables are its test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QCoreApplication

from starling.pipeline import events
from starling.pipeline.advice import DISK_RESERVE, LONGEST_WAIT_S, Advice, Estimate
from starling.pipeline.panel import Panel
from starling.ui.kit.badge import Kind
from starling.ui.kit.numbers import compact, memory
from starling.ui.models import figures
from starling.ui.status import presenters as status

translate = QCoreApplication.translate

Step = Literal["machine", "model", "microphone", "talk", "voice", "question"]
STEPS: tuple[Step, ...] = ("machine", "model", "microphone", "talk", "voice", "question")
SHOWN_ESTIMATES = 5


@dataclass(frozen=True)
class Line:
    """One thing that the machine has or lacks; ``fix`` says what to do about it."""

    name: str
    kind: Kind
    text: str
    fix: str = ""


@dataclass(frozen=True)
class Found:
    """What is known of the machine; None while it is not."""

    panel: Panel = field(default_factory=Panel)
    machine: events.MachineShown | None = None
    devices: events.DevicesFound | None = None


def step_title(step: Step) -> str:
    """A step's title."""
    return {
        "machine": translate("FirstRun", "This machine"),
        "model": translate("FirstRun", "What understands you"),
        "microphone": translate("FirstRun", "Your microphone"),
        "talk": translate("FirstRun", "The talk key"),
        "voice": translate("FirstRun", "Starling's voice"),
        "question": translate("FirstRun", "Your first question"),
    }[step]


def step_text(step: Step, wake_phrase: str) -> str:
    """What a step is about."""
    return {
        "machine": translate(
            "FirstRun",
            "Starling listens, answers and speaks on this machine; nothing leaves it. This is what it has found. "
            "Every step can be skipped, and all of it can be changed later.",
        ),
        "model": translate(
            "FirstRun",
            "A model turns speech into text. Larger ones make fewer mistakes and take longer, so the small one that "
            "comes with Starling is timed on this machine first. Nothing is downloaded until you say so.",
        ),
        "microphone": translate("FirstRun", "Say a few words: the bar should move, and the words below should agree."),
        "talk": translate(
            "FirstRun",
            "Say “{phrase}” and ask, or hold Space while you speak: then no phrase is needed. A short tap on Space "
            "hears until you have finished. Try it here: hold the button below, or Space while it has the focus.",
        ).format(phrase=wake_phrase),
        "voice": translate("FirstRun", "Choose a voice and listen to it. More of them are on the page of voices."),
        "question": translate(
            "FirstRun", "Ask what time it is, what 23 times 7 is, or for a timer of ten minutes: typed, or spoken."
        ),
    }[step]


def place(step: Step) -> str:
    """Which step of how many."""
    return translate("FirstRun", "Step {number} of {count}").format(number=STEPS.index(step) + 1, count=len(STEPS))


# -- the machine -------------------------------------------------------------------------------------------------


def machine_lines(found: Found) -> tuple[Line, ...]:
    """What this machine has."""
    return (
        _microphone(found),
        _speaker(found),
        _npu(found.panel.npu),
        *_system(found.machine),
    )


def _microphone(found: Found) -> Line:
    name = translate("FirstRun", "Microphone")
    view = found.panel.microphone
    if view.state == "open":
        return Line(name, "good", view.name or translate("FirstRun", "System default"))
    if view.state == "lost":
        fix = view.fix or translate("FirstRun", "Connect one. Questions can be typed meanwhile.")
        return Line(name, "bad", view.message or translate("FirstRun", "There is none"), fix)
    if view.state == "opening" or not found.panel.ready:
        return Line(name, "busy", translate("FirstRun", "Being opened"))
    return Line(name, "off", translate("FirstRun", "Closed"), translate("FirstRun", "It is muted or off; see above."))


def _speaker(found: Found) -> Line:
    name, view, devices = translate("FirstRun", "Speaker"), found.panel.speaker, found.devices
    if view.state == "lost":
        return Line(name, "bad", view.message, view.fix)
    if view.name:
        return Line(name, "good", view.name)
    if devices is None:
        return Line(name, "busy", translate("FirstRun", "Being looked for"))
    if devices.error is not None:
        return Line(name, "bad", devices.error.get("message", ""), devices.error.get("fix", ""))
    if not devices.speakers:
        fix = translate("FirstRun", "Connect one. Answers are shown as text meanwhile.")
        return Line(name, "warning", translate("FirstRun", "There is none"), fix)
    default = next((each for each in devices.speakers if each.is_default), devices.speakers[0])
    return Line(name, "good", default.label)


def _npu(shown: events.NpuShown | None) -> Line:
    name = translate("FirstRun", "NPU")
    if shown is None:
        return Line(name, "busy", translate("FirstRun", "Being looked for"))
    look = status.npu(shown)
    text = " · ".join(part for part in (look.state.word, shown.product) if part)
    # Without one nothing is missing: it is a faster way, not a condition.
    kind: Kind = "good" if shown.usable else "off"
    return Line(name, kind, text, " ".join((*shown.reasons[:1], *shown.fixes[:1])) if shown.present else "")


def _system(machine: events.MachineShown | None) -> tuple[Line, ...]:
    names = (translate("FirstRun", "Processor"), translate("FirstRun", "Memory"), translate("FirstRun", "Disk"))
    if machine is None:
        return tuple(Line(name, "busy", translate("FirstRun", "Being looked at")) for name in names)
    return (_processor(names[0], machine), _memory(names[1], machine), _disk(names[2], machine))


def _processor(name: str, machine: events.MachineShown) -> Line:
    cores = machine.cores or machine.threads
    counted = "" if cores is None else translate("FirstRun", "{count} cores").format(count=cores)
    text = ", ".join(part for part in (machine.processor, counted) if part)
    return Line(name, "good" if text else "unknown", text or translate("FirstRun", "unknown"))


def _memory(name: str, machine: events.MachineShown) -> Line:
    if machine.memory_bytes is None or machine.available_bytes is None:
        return Line(name, "unknown", translate("FirstRun", "unknown"))
    text = translate("FirstRun", "{all}, {free} of it free").format(
        all=memory(machine.memory_bytes), free=memory(machine.available_bytes)
    )
    return Line(name, "good", text)


def _disk(name: str, machine: events.MachineShown) -> Line:
    if machine.free_bytes is None:
        return Line(name, "unknown", translate("FirstRun", "unknown"))
    text = translate("FirstRun", "{free} free for models").format(free=memory(machine.free_bytes))
    if machine.free_bytes < DISK_RESERVE:
        fix = translate("FirstRun", "Free some space before you download a model; what comes with Starling works.")
        return Line(name, "warning", text, fix)
    return Line(name, "good", text)


# -- the model ---------------------------------------------------------------------------------------------------


def measured_text(starter: events.Measurement | None, failed: str = "") -> str:
    """What was measured with the starter model."""
    if starter is None:
        return failed or translate("FirstRun", "Being measured: a spoken sentence is recognised a few times.")
    short = translate("FirstRun", "Measured here: {audio} of speech became text in {time} (RTF {rtf}).").format(
        audio=figures.duration(starter.audio_s),
        time=figures.duration(starter.processing_s),
        rtf=compact(starter.rtf),
    )
    if starter.full_s is None:
        return short
    return f"{short} " + translate("FirstRun", "In the 30 s of context that most models need: {time}.").format(
        time=figures.duration(starter.full_s)
    )


def advice_text(advice: Advice, models: tuple[events.ModelShown, ...]) -> str:
    """What is recommended, and by which rule."""
    chosen = advice.chosen
    limit = figures.duration(LONGEST_WAIT_S)
    if chosen is None:
        return {
            "unmeasured": translate("FirstRun", "Nothing is recommended before something has been measured."),
            "none": translate(
                "FirstRun", "No model of the catalogue fits on this machine: see what is free above. The demo works."
            ),
        }.get(advice.rule, "")
    time = figures.duration(chosen.expected_s or 0.0)
    how = translate("FirstRun", "measured") if chosen.measured else translate("FirstRun", "estimated from its size")
    if advice.rule == "fastest":
        return translate(
            "FirstRun",
            "Recommended: {title}. It is the quickest one, but slower than {limit} for that sentence: {time}, {how}.",
        ).format(title=chosen.title, limit=limit, time=time, how=how)
    return translate(
        "FirstRun",
        "Recommended: {title}. It is the largest that fits and turns that sentence into text within {limit}: "
        "{time}, {how}.",
    ).format(title=chosen.title, limit=limit, time=time, how=how)


def estimate_lines(advice: Advice) -> tuple[tuple[str, str], ...]:
    """The models next to the recommended one, as (title, what is expected of it); the larger ones come first."""
    names = [each.name for each in advice.estimates]
    at = names.index(advice.name) if advice.name in names else 0
    first = max(0, min(at - SHOWN_ESTIMATES // 2, len(names) - SHOWN_ESTIMATES))
    return tuple((each.title, _expected(each)) for each in advice.estimates[first : first + SHOWN_ESTIMATES])


def _expected(estimate: Estimate) -> str:
    verdict = {
        "fits": translate("FirstRun", "fits"),
        "slow": translate("FirstRun", "too slow here"),
        "memory": translate("FirstRun", "too little free memory"),
        "disk": translate("FirstRun", "too little room on the disk"),
        "language": translate("FirstRun", "not for your language"),
        "unmeasured": translate("FirstRun", "not measured yet"),
    }[estimate.verdict]
    if estimate.expected_s is None or estimate.verdict == "unmeasured":
        return verdict
    time = figures.duration(estimate.expected_s)
    text = (
        translate("FirstRun", "{time}: {verdict}")
        if estimate.measured
        else translate("FirstRun", "about {time}: {verdict}")
    )
    return text.format(time=time, verdict=verdict)


def working_now(panel: Panel) -> str:
    """Which recogniser works already, whatever is downloaded."""
    look = status.engine(panel.stt, bool(panel.failed))
    return translate("FirstRun", "Works already: {tier}, {model}.").format(tier=look.tier.word, model=look.model)
