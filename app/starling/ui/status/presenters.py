"""What the status panel says, from what is known. No widgets: one function a card, tables as their test.

Values are texts; None means not measured yet.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from starling.core.placement import Placement
from starling.pipeline import events
from starling.pipeline.panel import Activity, DeviceView, Panel
from starling.ui import words
from starling.ui.kit.badge import Kind
from starling.ui.kit.numbers import compact, memory
from starling.ui.status.npu_presenters import STT_TIERS, speed_of, voice_speeds
from starling.ui.status.npu_presenters import npu as npu
from starling.ui.status.state import State as State

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

NPU_TIERS = ("npu", "mlir-aie")
"""Voice tiers whose names claim an NPU."""
_STATUS_KINDS: dict[str, Kind] = {
    "unloaded": "off",
    "loading": "busy",
    "ready": "good",
    "busy": "busy",
    "restarting": "warning",
    "failed": "bad",
    "closed": "off",
}
_DEVICE_KINDS: dict[str, Kind] = {"closed": "off", "opening": "busy", "open": "good", "lost": "bad"}


@dataclass(frozen=True)
class MicrophoneLook:
    """The microphone's card. ``live``: sound arrives, so meters mean something; ``about``: how the device is opened."""

    state: State
    device: str
    note: str = ""
    fix: str = ""
    live: bool = False
    about: str = ""


@dataclass(frozen=True)
class EngineLook:
    """The card of the recogniser or the voice."""

    tier: State
    status: State
    model: str
    placement: str
    evidence: str = ""
    memory: str | None = None
    why: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SpeakerLook:
    """The lines about voice and speaker that no engine knows."""

    voice: str
    speaker: str
    note: str = ""
    fix: str = ""


@dataclass(frozen=True)
class Glance:
    """The card above the others. Figures are None until something was measured; ``advice`` makes it understand more."""

    hears: str
    speaks: str
    npu: str
    rtf: str | None = None
    text: str | None = None
    advice: str = ""


@dataclass(frozen=True)
class Measured:
    """The means of tiers, and the voice's last figures; the recogniser's are plotted as they are."""

    voice_rtf: str | None = None
    first_sound: str | None = None
    tiers: tuple[str | None, ...] = (None,) * len(STT_TIERS)
    voice: str | None = None


def microphone(panel: Panel) -> MicrophoneLook:
    """Closed by wish comes before what the device says."""
    view, listening = panel.microphone, panel.listening
    device = view.name or translate("Status", "System default")
    if listening.mode == "off" or listening.muted:
        word = words.mode_word("off") if listening.mode == "off" else words.activity_word(Activity.MUTED)
        note = translate("Status", "The microphone is closed. Nothing is heard.")
        return MicrophoneLook(State("off", word), device, note)
    state = State(_DEVICE_KINDS.get(view.state, "unknown"), words.device_word(view.state))
    if view.state == "lost":
        return MicrophoneLook(state, device, view.message, view.fix)
    return MicrophoneLook(state, device, live=view.state == "open", about=view.message)


def engine(shown: events.EngineShown | None, failed: bool) -> EngineLook:
    """What is known of an engine; None: nothing yet. ``failed``: the pipeline has ended."""
    unknown = translate("Status", "unknown")
    if shown is None:
        status = State("off", words.status_word("closed")) if failed else State("busy", words.status_word("loading"))
        return EngineLook(State("unknown", translate("Status", "Unknown")), status, unknown, unknown)
    status_kind = _STATUS_KINDS.get(shown.status, "unknown")
    return EngineLook(
        tier=State(_tier_kind(shown), tier_text(shown.tier, shown.placement)),
        status=State(status_kind, words.status_word(shown.status)),
        model=shown.model or _built_in(shown.tier, unknown),
        placement=_reached(placement_text(shown.placement, unknown), shown),
        evidence="\n".join(shown.placement.evidence),
        memory=None if shown.memory_bytes is None else memory(shown.memory_bytes),
        why=shown.why_not_better,
        reason=shown.reason,
    )


def _tier_kind(shown: events.EngineShown) -> Kind:
    if shown.status == "failed":
        return "bad"
    if not shown.tier:
        return "unknown"
    return "warning" if shown.tier == "demo" else "good"


def tier_text(tier: str, placement: Placement) -> str:
    """A tier in words. One that is named after the NPU is called so only where a run on it is proven."""
    if not tier:
        return translate("Status", "Unknown")
    if tier in NPU_TIERS and not (placement.device == "npu" and placement.evidence):
        tier = "advanced"
    word = words.tier_word(tier)
    return f"{word} · {words.placement_word('emulated')}" if placement.device == "emulated" else word


def placement_text(placement: Placement, unknown: str) -> str:
    """Where it runs; without evidence that is unknown, whatever is claimed."""
    return words.placement_word(placement.device) if placement.evidence and placement.device != "unknown" else unknown


def _reached(placement: str, shown: events.EngineShown) -> str:
    """Where it runs, and through what."""
    return f"{placement} · {words.provider_word(shown.provider)}" if shown.provider else placement


def _built_in(tier: str, unknown: str) -> str:
    return translate("Status", "comes with Starling") if tier == "demo" else unknown


def speaker(panel: Panel) -> SpeakerLook:
    """Voice and speaker."""
    view: DeviceView = panel.speaker
    lost = view.state == "lost"
    return SpeakerLook(
        voice=panel.voice or translate("Status", "nothing spoken yet"),
        speaker=view.name or translate("Status", "System default"),
        note=view.message if lost else "",
        fix=view.fix if lost else "",
    )


def glance(panel: Panel) -> Glance:
    """What hears and speaks, where, and how fast the last utterance was."""
    failed = bool(panel.failed)
    rtf, text = panel.stt_rtf.last, panel.endpoint_to_text_ms.last
    return Glance(
        hears=_in_short(engine(panel.stt, failed)),
        speaks=_in_short(engine(panel.tts, failed)),
        npu=npu(panel.npu).state.word,
        rtf=None if rtf is None else compact(rtf),
        text=None if text is None else translate("Status", "{ms} ms").format(ms=compact(text)),
        advice=_advice(panel.stt),
    )


def _advice(shown: events.EngineShown | None) -> str:
    if shown is None or shown.tier != "demo":
        return ""
    return translate(
        "Status",
        "The demo recogniser understands simple commands in US English. For free speech import a Whisper model: "
        "starling models import FOLDER",
    )


def _in_short(look: EngineLook) -> str:
    """Tier, model and where it runs; what is not known is left out."""
    unknown = translate("Status", "unknown")
    parts = [look.tier.word, *(part for part in (look.model, look.placement) if part != unknown)]
    return " · ".join(dict.fromkeys(parts))  # the voice's tier CPU runs on the CPU


def measured(panel: Panel) -> Measured:
    """The means of tiers, and the voice's last figures."""
    rtf, first = panel.tts_rtf.last, panel.first_sound_ms.last
    return Measured(
        voice_rtf=None if rtf is None else compact(rtf),
        first_sound=None if first is None else translate("Status", "{ms} ms").format(ms=compact(first)),
        tiers=tuple(speed_of(panel.speeds, "stt", tier) for tier in STT_TIERS),
        voice=voice_speeds(panel.speeds),
    )
