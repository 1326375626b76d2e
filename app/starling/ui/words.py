"""The words for states, in the user's language: one place, so that every part of the window says the same."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.pipeline.panel import Activity

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate


def activity_word(activity: Activity) -> str:
    """What Starling does right now, in one or two words."""
    return {
        Activity.STARTING: translate("Words", "Starting"),
        Activity.NO_MICROPHONE: translate("Words", "No microphone"),
        Activity.MUTED: translate("Words", "Muted"),
        Activity.OFF: translate("Words", "Off"),
        Activity.READY: translate("Words", "Listening"),
        Activity.WAITING: translate("Words", "Hold to talk"),
        Activity.HEARING: translate("Words", "Hearing you"),
        Activity.PAUSED: translate("Words", "Paused"),
        Activity.TRANSCRIBING: translate("Words", "Transcribing"),
        Activity.SPEAKING: translate("Words", "Speaking"),
        Activity.RESTARTING: translate("Words", "Engine restarting"),
        Activity.FAILED: translate("Words", "Not running"),
    }[activity]


def tier_word(tier: str) -> str:
    """A tier of the recogniser or of the voice; an unknown one is shown as it is."""
    return {
        "advanced": translate("Words", "Advanced"),
        "legacy": translate("Words", "Legacy"),
        "demo": translate("Words", "Demo"),
        "mlir-aie": translate("Words", "NPU kernels"),
        "npu": translate("Words", "NPU"),
        "cpu": translate("Words", "CPU"),
    }.get(tier, tier)


def provider_word(provider: str) -> str:
    """How an accelerator is reached; an unknown way is shown as it is."""
    return {
        "vitisai": translate("Words", "Vitis AI"),
        "xrt": translate("Words", "XRT"),
        "server": translate("Words", "server"),
    }.get(provider, provider)


def proof_word(state: str) -> str:
    """What became of an accelerator's proof."""
    return {
        "taken": translate("Words", "Proven"),
        "refused": translate("Words", "Not used"),
        "unproven": translate("Words", "Not proven"),
        "unavailable": translate("Words", "Not possible"),
    }.get(state, state)


def placement_word(device: str) -> str:
    """Where a computation ran, as its evidence says."""
    return {
        "npu": translate("Words", "NPU"),
        "igpu": translate("Words", "Integrated GPU"),
        "cpu": translate("Words", "CPU"),
        "emulated": translate("Words", "Emulated"),
        "unknown": translate("Words", "Unknown"),
    }.get(device, device)


def device_word(state: str) -> str:
    """The state of a microphone or speaker."""
    return {
        "closed": translate("Words", "Closed"),
        "opening": translate("Words", "Opening"),
        "open": translate("Words", "Open"),
        "lost": translate("Words", "Lost"),
    }.get(state, state)


def mode_word(mode: str) -> str:
    """What happens to speech."""
    return {
        "assistant": translate("Words", "Assistant"),
        "dictation": translate("Words", "Dictation"),
        "off": translate("Words", "Off"),
    }.get(mode, mode)


def activation_word(activation: str) -> str:
    """When speech is heard."""
    return {
        "always": translate("Words", "Always listening"),
        "hold": translate("Words", "Push to talk"),
    }.get(activation, activation)


def status_word(status: str) -> str:
    """The status of an engine."""
    return {
        "unloaded": translate("Words", "Not loaded"),
        "loading": translate("Words", "Loading"),
        "ready": translate("Words", "Ready"),
        "busy": translate("Words", "Working"),
        "restarting": translate("Words", "Restarting"),
        "failed": translate("Words", "Failed"),
        "closed": translate("Words", "Closed"),
    }.get(status, status)
