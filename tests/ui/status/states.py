"""Panels as they come up, by name."""

from dataclasses import replace

from starling.core.placement import Placement
from starling.npu.report import Fault, Finding
from starling.pipeline import events
from starling.pipeline.panel import DeviceView, Panel, Series
from starling.pipeline.shown import ContextsShown
from starling.pipeline.speeds import Speed

CPU = Placement("cpu", ("ctranslate2 4.8.0: device=cpu, compute_type=int8",))
MEMLOCK = Fault(
    "npu.memlock",
    "Only 8 MiB of memory can be locked, and the NPU's runtime needs 64 MiB.",
    "Run: echo '* - memlock unlimited' | sudo tee /etc/security/limits.d/99-amdxdna.conf; then restart the computer.",
    True,
)
OLD = Fault("npu.driver_old", "The driver does not tell its clocks.", "Run: sudo pacman -Syu", False)
ABSENT = Fault("npu.absent", "No NPU is on the PCI bus.", "", True)
FINDINGS = (
    Finding("firmware", "1.1.2.65", "/sys/bus/pci/devices/0000:c6:00.1/fw_version"),
    Finding("power mode", "balanced", "/dev/accel/accel0 GET_INFO power mode"),
)
NPU = events.NpuShown(
    True, False, "Strix Halo", "XDNA2", "1.1.2.65", "amdxdna 0.6.0", "", (MEMLOCK.reason,), (MEMLOCK.fix,), (MEMLOCK,),
    FINDINGS,
)  # fmt: skip
PHOENIX = events.NpuShown(
    True, True, "Phoenix or Hawk Point", "XDNA1", "1.5.2.380", "amdxdna 0.6.0", "balanced", findings=FINDINGS,
    contexts=ContextsShown(1, 2, 6, ("flm (4242): 2", "python3.12 (4300): 1")),
)  # fmt: skip
PROVEN = events.ProofEntry(
    "stt", "advanced", "xrt", "starter", "taken", "34 % faster", device="npu", evidence=("xclbin 1234", "launches 12"),
    figures=(events.ProofFigure("encoder cosine", 0.99961, 0.999),), below="legacy:starter", candidate_ms=41.2,
    below_ms=62.4, saved=0.34, runs=5, at=1_780_000_000.0, versions=(("driver", "amdxdna 0.6.0"), ("xrt", "2.21.75")),
)  # fmt: skip
EMULATED = replace(
    PROVEN, state="refused", emulated=True, device="emulated", candidate_ms=None, below_ms=None,
    reason="emulated, never chosen automatically; its results are right",
)  # fmt: skip
IMPOSSIBLE = events.ProofEntry(
    "stt", "advanced", "vitisai", "starter", "unavailable", "AMD's environment is not installed",
    "Install Ryzen AI Software.",
)  # fmt: skip
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
    "no npu": replace(FULL, npu=events.NpuShown(False, False, reasons=(ABSENT.reason,), faults=(ABSENT,))),
    "phoenix": replace(
        FULL,
        npu=PHOENIX,
        contexts=PHOENIX.contexts,
        power=events.PowerShown(True, "turbo", "/dev/accel/accel0 GET_INFO power mode"),
        stt=replace(
            STT,
            tier="advanced",
            model="starter",
            provider="xrt",
            why_not_better="",
            placement=Placement("npu", ("xclbin 1234", "launches 12")),
        ),
        proofs=events.ProofShown("idle", entries=(PROVEN, IMPOSSIBLE)),
        speeds=(Speed("stt", "advanced", "xrt", "npu", 3, 0.081, 0.08), Speed("tts", "cpu", "", "cpu", 2, 0.31, 0.3)),
    ),
    "old driver": replace(FULL, npu=replace(PHOENIX, usable=True, faults=(OLD,), contexts=None)),
    "demoted": replace(
        FULL,
        npu=events.NpuShown(False, False, reasons=(ABSENT.reason,), faults=(ABSENT,)),
        stt=replace(STT, model="starter", why_not_better="advanced through xrt: The kernel did not answer."),
        proofs=events.ProofShown(
            "running",
            "advanced through xrt: loading it",
            1,
            4,
            entries=(
                replace(
                    PROVEN,
                    state="refused",
                    emulated=True,
                    device="emulated",
                    candidate_ms=None,
                    below_ms=None,
                    reason="emulated, never chosen automatically; its results are right",
                ),
            ),
        ),
        speeds=(
            Speed("stt", "advanced", "xrt", "emulated", 2, 4.1, 4.0),
            Speed("stt", "legacy", "", "cpu", 1, 0.2, 0.2),
        ),
    ),
    "failed": Panel(failed="The pipeline broke."),
}
