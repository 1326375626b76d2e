"""The words for states, in the user's language: one place, so that every part of the window says the same."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from starling.pipeline.panel import Activity

CONTEXT = "Words"


def activity_word(activity: Activity) -> str:
    """What Starling does right now, in one or two words."""
    say = QCoreApplication.translate
    return {
        Activity.STARTING: say(CONTEXT, "Starting"),
        Activity.NO_MICROPHONE: say(CONTEXT, "No microphone"),
        Activity.MUTED: say(CONTEXT, "Muted"),
        Activity.OFF: say(CONTEXT, "Off"),
        Activity.READY: say(CONTEXT, "Listening"),
        Activity.WAITING: say(CONTEXT, "Hold to talk"),
        Activity.HEARING: say(CONTEXT, "Hearing you"),
        Activity.TRANSCRIBING: say(CONTEXT, "Transcribing"),
        Activity.SPEAKING: say(CONTEXT, "Speaking"),
        Activity.RESTARTING: say(CONTEXT, "Engine restarting"),
        Activity.FAILED: say(CONTEXT, "Not running"),
    }[activity]


def tier_word(tier: str) -> str:
    """A tier of the recogniser or of the voice; an unknown one is shown as it is."""
    say = QCoreApplication.translate
    return {
        "advanced": say(CONTEXT, "Advanced"),
        "legacy": say(CONTEXT, "Legacy"),
        "demo": say(CONTEXT, "Demo"),
        "mlir-aie": say(CONTEXT, "NPU kernels"),
        "npu": say(CONTEXT, "NPU"),
        "cpu": say(CONTEXT, "CPU"),
    }.get(tier, tier)


def placement_word(device: str) -> str:
    """Where a computation ran, as its evidence says."""
    say = QCoreApplication.translate
    return {
        "npu": say(CONTEXT, "NPU"),
        "igpu": say(CONTEXT, "Integrated GPU"),
        "cpu": say(CONTEXT, "CPU"),
        "emulated": say(CONTEXT, "Emulated"),
        "unknown": say(CONTEXT, "Unknown"),
    }.get(device, device)


def device_word(state: str) -> str:
    """The state of a microphone or speaker."""
    say = QCoreApplication.translate
    return {
        "closed": say(CONTEXT, "Closed"),
        "opening": say(CONTEXT, "Opening"),
        "open": say(CONTEXT, "Open"),
        "lost": say(CONTEXT, "Lost"),
    }.get(state, state)


def mode_word(mode: str) -> str:
    """What happens to speech."""
    say = QCoreApplication.translate
    return {
        "assistant": say(CONTEXT, "Assistant"),
        "dictation": say(CONTEXT, "Dictation"),
        "off": say(CONTEXT, "Off"),
    }.get(mode, mode)


def activation_word(activation: str) -> str:
    """When speech is heard."""
    say = QCoreApplication.translate
    return {
        "always": say(CONTEXT, "Always listening"),
        "hold": say(CONTEXT, "Push to talk"),
    }.get(activation, activation)


def status_word(status: str) -> str:
    """The status of an engine."""
    say = QCoreApplication.translate
    return {
        "unloaded": say(CONTEXT, "Not loaded"),
        "loading": say(CONTEXT, "Loading"),
        "ready": say(CONTEXT, "Ready"),
        "busy": say(CONTEXT, "Working"),
        "restarting": say(CONTEXT, "Restarting"),
        "failed": say(CONTEXT, "Failed"),
        "closed": say(CONTEXT, "Closed"),
    }.get(status, status)
