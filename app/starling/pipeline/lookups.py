"""Answers to what a window asks about: devices, models, voices, earlier turns, the NPU. Each may take a while."""

from __future__ import annotations

from starling.audio.devices import list_devices
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.engine.clients import TtsClient
from starling.history.records import Utterance
from starling.history.store import History
from starling.models import library
from starling.npu.probe import probe
from starling.npu.report import Holder, Npu
from starling.pipeline import candidacy, shown, voice_lookup

UNSHOWN = ("estimated power",)
"""Early drivers answer with a constant, which is no measurement."""


def npu() -> shown.NpuShown:
    """What is known of the NPU; tools are only run for a power mode that the driver does not tell."""
    found = probe(tools=False)
    if found.present and not found.power_mode:
        found = probe()
    return shown.NpuShown(
        found.present,
        found.usable,
        found.product,
        found.generation,
        found.firmware,
        found.driver,
        found.power_mode,
        found.reasons,
        found.fixes,
        found.faults,
        tuple(finding for finding in found.findings if finding.name not in UNSHOWN),
        _contexts(found),
    )


def contexts() -> shown.ContextsShown | None:
    """Who holds hardware contexts now, by the driver alone, in milliseconds; None where it does not tell."""
    return _contexts(probe(tools=False))


def _contexts(found: Npu) -> shown.ContextsShown | None:
    if not found.holders and not found.value("contexts"):
        return None
    share, most = candidacy.shares(found), found.value("contexts at most")
    return shown.ContextsShown(
        share.ours,
        share.others,
        int(most) if most.isdecimal() else None,
        tuple(_holder(holder) for holder in found.holders),
    )


def _holder(holder: Holder) -> str:
    """``flm (4242): 6``."""
    who = f"{holder.process} ({holder.pid})" if holder.process else str(holder.pid)
    return f"{who}: {holder.contexts}" if holder.contexts else who


def devices() -> shown.DevicesFound:
    """Microphones and speakers; monitors of speakers are no microphones for people."""
    try:
        found = list_devices()
    except StarlingError as error:
        return shown.DevicesFound(error=error.to_json())
    inputs, outputs = (
        tuple(
            shown.Device(device.name, device.name, device.is_default)
            for device in found
            if device.kind == kind and not device.monitor
        )
        for kind in ("input", "output")
    )
    return shown.DevicesFound(inputs, outputs)


def models() -> shown.ModelsFound:
    """Every model that can be named, installed ones first."""
    installed = library.installed()
    whisper, kokoro = ([m.name for m in installed if m.kind == kind] for kind in ("whisper-ct2", "kokoro"))
    return shown.ModelsFound((*whisper, library.STARTER), tuple(kokoro))


def voices(client: TtsClient) -> shown.VoicesFound:
    """The voices of the tier in use; loads it if need be."""
    tier = client.supervisor.state().rung.spec.tier
    try:
        found = voice_lookup.of_client(tier, client.voices())
    except StarlingError as error:
        return shown.VoicesFound(tier, (), error.to_json())
    voices = tuple((voice.id, voice.language, voice.gender) for voice in found)
    return shown.VoicesFound(tier, voices, shown=tuple(found))


def recent(history: History, limit: int) -> shown.PastTurns:
    """The newest delivered or failed turns, oldest first."""
    turns = [turn for turn in history.turns(limit) if turn.delivered or turn.state == "failed"]
    return shown.PastTurns(tuple(_past(turn, history) for turn in reversed(turns)))


def _past(turn: Utterance, history: History) -> shown.PastTurn:
    transcript = turn.transcript
    return shown.PastTurn(
        turn=turn.id,
        at=turn.started_at,
        mode=turn.mode,
        text=turn.text,
        tier=turn.tier,
        model=turn.model,
        audio_s=turn.audio_s,
        processing_s=transcript.processing_s if transcript else None,
        placement=transcript.placement if transcript else Placement(),
        replayable=history.has_audio(turn.id),
        error_code=turn.error_code,
        replies=tuple((reply.text, reply.tier, reply.voice) for reply in turn.replies),
    )
