"""Panels as they come up, by name."""

from dataclasses import replace

from starling.core.placement import Placement
from starling.pipeline import events
from starling.pipeline.panel import DeviceView, Panel, Series

CPU = Placement("cpu", ("ctranslate2 4.8.0: device=cpu, compute_type=int8",))
NPU = events.NpuShown(
    True, False, "Strix Halo", "XDNA2", "1.1.2.65", "amdxdna", "", ("This version has no engine for it.",), ("Wait.",)
)
STT = events.EngineShown("stt", "ready", "legacy", "whisper-small", CPU, "advanced: none is built in", "", 512_000_000)
TTS = events.EngineShown("tts", "ready", "cpu", "kokoro", Placement("cpu", ("session provider CPU",)), "npu: none")

FULL = Panel(
    ready=True,
    npu=NPU,
    stt=STT,
    tts=TTS,
    voice="af_heart",
    microphone=DeviceView("open", "Yeti", "48000 Hz, 1 channels"),
    speaker=DeviceView("open", "Headphones"),
    stt_rtf=Series((0.11, 0.12)),
    endpoint_to_text_ms=Series((80.0, 64.0)),
    tts_rtf=Series((0.31,)),
    first_sound_ms=Series((211.4,)),
)
STATES = {
    "starting": Panel(),
    "full": FULL,
    "lost": replace(FULL, microphone=DeviceView("lost", "Yeti", "It was unplugged.", "Plug it in.")),
    "muted": replace(FULL, listening=events.Listening("assistant", "always", True), microphone=DeviceView("closed")),
    "off": replace(FULL, listening=events.Listening("off", "always", False), microphone=DeviceView("closed")),
    "hearing": replace(FULL, hearing=True),
    "transcribing": replace(FULL, transcribing=1),
    "speaking": replace(FULL, speaking=True),
    "restarting": replace(FULL, stt=replace(STT, status="restarting", reason="It froze.", memory_bytes=None)),
    "demo": replace(FULL, stt=replace(STT, tier="demo", model="", why_not_better="legacy: no model is installed")),
    "no speaker": replace(FULL, speaker=DeviceView("lost", "Headphones", "They are gone.", "Plug them in.")),
    "no npu": replace(FULL, npu=events.NpuShown(False, False, reasons=("No NPU is on the PCI bus.",))),
    "failed": Panel(failed="The pipeline broke."),
}
