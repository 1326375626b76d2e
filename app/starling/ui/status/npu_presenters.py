"""What the panel says of the NPU, of proofs and of each tier's speed, from what is known. No widgets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from starling.npu.report import Finding
from starling.pipeline import events
from starling.pipeline.speeds import Speed
from starling.ui import words
from starling.ui.kit.badge import Kind
from starling.ui.kit.numbers import compact
from starling.ui.power.words import mode_word
from starling.ui.status.state import State

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

STT_TIERS = ("advanced", "legacy", "demo")
_PROOF_KINDS: dict[str, Kind] = {"taken": "good", "refused": "warning", "unproven": "unknown", "unavailable": "off"}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. ``blocks``: the NPU cannot be used before it is mended."""

    reason: str
    fix: str = ""
    blocks: bool = False
    kind: Kind = "warning"


@dataclass(frozen=True)
class NpuLook:
    """The NPU's card. ``facts`` are (name, value) in order; only what was read."""

    state: State
    facts: tuple[tuple[str, str], ...] = ()
    present: bool = False
    power: str = ""
    power_from: str = ""
    contexts: str = ""
    holders: str = ""
    evidence: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ProofLook:
    """One accelerator and its record. ``details`` are lines; ``figures`` empty when nothing was measured."""

    name: str
    state: State
    reason: str
    figures: str = ""
    details: str = ""
    fix: str = ""


@dataclass(frozen=True)
class ProofsLook:
    """The card of all of them. ``running``: the button cancels; ``known``: there is somebody to ask."""

    entries: tuple[ProofLook, ...]
    note: str = ""
    progress: str = ""
    error: str = ""
    running: bool = False
    known: bool = False


def npu(
    shown: events.NpuShown | None, power: events.PowerShown | None = None, contexts: events.ContextsShown | None = None
) -> NpuLook:
    """What is known of the NPU; None: not looked yet."""
    not_read = translate("Status", "not read")
    if shown is None:
        return NpuLook(State("unknown", translate("Status", "Unknown")), power=not_read, contexts=not_read)
    mode, mode_from = _power(shown, power)
    return NpuLook(
        state=_npu_state(shown),
        facts=_npu_facts(shown) if shown.present else (),
        present=shown.present,
        power=mode or not_read,
        power_from=mode_from,
        contexts=_contexts(contexts) if contexts else not_read,
        holders="\n".join(contexts.holders) if contexts else "",
        evidence=evidence(shown.findings),
        problems=_problems(shown),
    )


def evidence(findings: Sequence[Finding]) -> str:
    """Each finding with where it was read, a line each."""
    text = translate("Status", "{name}: {value} ({source})")
    return "\n".join(text.format(name=each.name, value=each.value, source=each.evidence) for each in findings)


def _power(shown: events.NpuShown, power: events.PowerShown | None) -> tuple[str, str]:
    """The mode, the latest word on it first, and what told it."""
    if power is not None and power.changing:
        return translate("Status", "changing to {mode}").format(mode=mode_word(power.changing)), ""
    if power is not None and power.mode:
        return mode_word(power.mode), power.evidence
    told = next((each.evidence for each in shown.findings if each.name == "power mode"), "")
    return mode_word(shown.power_mode), told


def _contexts(contexts: events.ContextsShown) -> str:
    values = {"ours": contexts.ours, "others": contexts.others, "most": contexts.most}
    if contexts.most is None:
        return translate("Status", "Starling {ours}, others {others}").format(**values)
    return translate("Status", "Starling {ours}, others {others}, of {most}").format(**values)


def _problems(shown: events.NpuShown) -> tuple[Problem, ...]:
    if not shown.present:  # which is no fault of the machine
        return tuple(Problem(fault.reason, fault.fix, kind="off") for fault in shown.faults)
    return tuple(
        Problem(fault.reason, fault.fix, fault.blocks, "bad" if fault.blocks else "warning") for fault in shown.faults
    )


def _npu_state(shown: events.NpuShown) -> State:
    if not shown.present:
        return State("off", translate("Status", "Not present"))
    if shown.usable:
        return State("good", translate("Status", "Usable"))
    return State("warning", translate("Status", "Not usable"))


def _npu_facts(shown: events.NpuShown) -> tuple[tuple[str, str], ...]:
    facts = (
        (translate("Status", "Product"), shown.product),
        (translate("Status", "Generation"), shown.generation),
        (translate("Status", "Firmware"), shown.firmware),
        (translate("Status", "Driver"), shown.driver),
    )
    return tuple((name, value) for name, value in facts if value)


def proofs(shown: events.ProofShown | None, failed: bool) -> ProofsLook:
    """Every accelerator with its record; None: nobody has told. ``failed``: the pipeline has ended."""
    if shown is None or failed:
        return ProofsLook((), note=translate("Status", "Not looked for yet."))
    note = "" if shown.entries else translate("Status", "None was found so far.")
    error = " ".join(filter(None, (shown.error["message"], shown.error["fix"]))) if shown.error else ""
    return ProofsLook(
        tuple(_proof(entry) for entry in shown.entries),
        note,
        _progress(shown),
        error,
        running=shown.status != "idle",
        known=True,
    )


def _progress(shown: events.ProofShown) -> str:
    if shown.status == "waiting":
        return translate("Status", "It begins when it is quiet.")
    if shown.status == "running" and shown.step:
        text = translate("Status", "{number} of {steps}: {step}")
        return text.format(number=min(shown.done + 1, shown.steps), steps=shown.steps, step=shown.step)
    return translate("Status", "Being looked for.") if shown.status == "running" else ""


def _proof(entry: events.ProofEntry) -> ProofLook:
    word = words.proof_word(entry.state)
    if entry.emulated:
        word = f"{word} · {words.placement_word('emulated')}"
    parts = (words.tier_word(entry.tier), words.provider_word(entry.provider), entry.model)
    return ProofLook(
        name=" · ".join(part for part in parts if part),
        state=State(_PROOF_KINDS.get(entry.state, "unknown"), word),
        reason=_sentence(entry.reason),
        figures="\n".join(_figures(entry)),
        details="\n".join(_details(entry)),
        fix=entry.fix,
    )


def _figures(entry: events.ProofEntry) -> list[str]:
    lines = [f"{figure.name} {figure.value:.5g}" for figure in entry.figures]
    if entry.candidate_ms is not None and entry.below_ms is not None:
        text = translate("Status", "{ms} ms beside {below_ms} ms of {below}, median of {runs}")
        lines.append(
            text.format(
                ms=compact(entry.candidate_ms), below_ms=compact(entry.below_ms), below=entry.below, runs=entry.runs
            )
        )
    if entry.at:
        lines.append(time.strftime("%d %b %Y %H:%M", time.localtime(entry.at)))
    return lines


def _details(entry: events.ProofEntry) -> list[str]:
    least, most = translate("Status", "{name}: at least {limit}"), translate("Status", "{name}: at most {limit}")
    limits = [
        (least if figure.at_least else most).format(name=figure.name, limit=f"{figure.limit:g}")
        for figure in entry.figures
    ]
    versions = [f"{name}: {value}" for name, value in entry.versions if value]
    return [*entry.evidence, *limits, *versions]


def _sentence(clause: str) -> str:
    if not clause:
        return ""
    return clause[0].upper() + clause[1:] + ("" if clause.endswith(".") else ".")


def speed_of(speeds: Sequence[Speed], family: str, tier: str) -> str | None:
    """The mean of one tier, each way to run it apart; None: not measured yet."""
    return ", ".join(_speed(each) for each in speeds if (each.family, each.tier) == (family, tier)) or None


def voice_speeds(speeds: Sequence[Speed]) -> str | None:
    """The mean of each of the voice's tiers; None: not measured yet."""
    told = [f"{words.tier_word(each.tier)} {_speed(each)}" for each in speeds if each.family == "tts"]
    return ", ".join(told) or None


def _speed(speed: Speed) -> str:
    """``0.12 (8)``; what was emulated says so, as it is nobody's speed."""
    text = translate("Status", "{mean} ({count})").format(mean=compact(speed.mean), count=speed.count)
    emulated = words.placement_word("emulated")
    return f"{text} · {emulated}" if speed.device == "emulated" else text
