from dataclasses import replace

import pytest

from starling.npu.report import Finding
from starling.pipeline import events
from starling.pipeline.speeds import Speed
from starling.ui.status import npu_presenters as presenters
from starling.ui.status.npu_presenters import Problem
from starling.ui.status.state import State
from tests.ui.status.states import ABSENT, EMULATED, IMPOSSIBLE, MEMLOCK, NPU, OLD, PHOENIX, PROVEN


@pytest.mark.parametrize(
    ("shown", "state", "facts", "problems"),
    [
        (None, State("unknown", "Unknown"), 0, ()),
        (NPU, State("warning", "Not usable"), 4, (Problem(MEMLOCK.reason, MEMLOCK.fix, True, "bad"),)),
        (PHOENIX, State("good", "Usable"), 4, ()),
        (replace(PHOENIX, firmware="", faults=(OLD,)), State("good", "Usable"), 3, (Problem(OLD.reason, OLD.fix),)),
        (events.NpuShown(False, False, faults=(ABSENT,)), State("off", "Not present"), 0,
         (Problem(ABSENT.reason, kind="off"),)),
    ],
)  # fmt: skip
def test_npu(shown, state, facts, problems):
    look = presenters.npu(shown)
    assert (look.state, len(look.facts), look.problems) == (state, facts, problems)
    assert look.present is bool(shown and shown.present)


@pytest.mark.parametrize(
    ("power", "mode", "source"),
    [
        (None, "Balanced", "/dev/accel/accel0 GET_INFO power mode"),
        (events.PowerShown(True, "turbo", "xrt-smi"), "Turbo", "xrt-smi"),
        (events.PowerShown(True, "turbo", "xrt-smi", changing="balanced"), "changing to Balanced", ""),
        (events.PowerShown(True), "Balanced", "/dev/accel/accel0 GET_INFO power mode"),
        (events.PowerShown(True, "new mode", "xrt-smi"), "new mode", "xrt-smi"),
    ],
)
def test_the_latest_word_on_the_power_mode_counts(power, mode, source):
    look = presenters.npu(PHOENIX, power)
    assert (look.power, look.power_from) == (mode, source)


def test_what_was_not_read_is_not_shown():
    look = presenters.npu(NPU)
    assert (look.power, look.contexts, look.holders) == ("not read", "not read", "")


@pytest.mark.parametrize(
    ("contexts", "said"),
    [
        (events.ContextsShown(0, 0), "Starling 0, others 0"),
        (events.ContextsShown(1, 2, 6), "Starling 1, others 2, of 6"),
    ],
)
def test_contexts(contexts, said):
    assert presenters.npu(PHOENIX, None, contexts).contexts == said


def test_evidence_names_its_source():
    assert presenters.evidence([Finding("firmware", "1.1", "/sys/x")]) == "firmware: 1.1 (/sys/x)"


@pytest.mark.parametrize(
    ("entry", "name", "state", "reason"),
    [
        (PROVEN, "Advanced · XRT · starter", State("good", "Proven"), "34 % faster."),
        (IMPOSSIBLE, "Advanced · Vitis AI · starter", State("off", "Not possible"),
         "AMD's environment is not installed."),
        (EMULATED, "Advanced · XRT · starter", State("warning", "Not used · Emulated"),
         "Emulated, never chosen automatically; its results are right."),
        (replace(PROVEN, state="unproven", reason="", model=""), "Advanced · XRT", State("unknown", "Not proven"), ""),
    ],
)  # fmt: skip
def test_proofs(entry, name, state, reason):
    (look,) = presenters.proofs(events.ProofShown("idle", entries=(entry,)), False).entries
    assert (look.name, look.state, look.reason, look.fix) == (name, state, reason, entry.fix)


def test_figures_of_a_proof():
    (look,) = presenters.proofs(events.ProofShown("idle", entries=(PROVEN,)), False).entries
    cosine, speed, when = look.figures.splitlines()
    assert cosine == "encoder cosine 0.99961"
    assert speed == "41 ms beside 62 ms of legacy:starter, median of 5"
    assert "2026" in when
    assert look.details.splitlines() == [
        "xclbin 1234", "launches 12", "encoder cosine: at least 0.999", "driver: amdxdna 0.6.0", "xrt: 2.21.75",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "failed", "running", "known", "progress"),
    [
        (None, False, False, False, ""),
        (events.ProofShown("idle"), True, False, False, ""),
        (events.ProofShown("idle"), False, False, True, ""),
        (events.ProofShown("waiting"), False, True, True, "It begins when it is quiet."),
        (events.ProofShown("running"), False, True, True, "Being looked for."),
        (events.ProofShown("running", "loading", 1, 4), False, True, True, "2 of 4: loading"),
        (events.ProofShown("running", "loading", 4, 4), False, True, True, "4 of 4: loading"),
    ],
)
def test_the_proof_that_runs(shown, failed, running, known, progress):
    look = presenters.proofs(shown, failed)
    assert (look.running, look.known, look.progress) == (running, known, progress)


def test_a_proof_that_broke_off_says_why():
    error = {"code": "proof.crashed", "message": "It ended.", "fix": "Try again."}
    assert presenters.proofs(events.ProofShown("idle", error=error), False).error == "It ended. Try again."


def test_speeds():
    speeds = (
        Speed("stt", "advanced", "xrt", "npu", 3, 0.081, 0.08),
        Speed("stt", "advanced", "xrt", "emulated", 1, 4.1, 4.1),
        Speed("tts", "cpu", "", "cpu", 2, 0.31, 0.3),
        Speed("tts", "demo", "", "cpu", 1, 0.002, 0.002),
    )
    assert presenters.speed_of(speeds, "stt", "advanced") == "0.081 (3), 4.1 (1) · Emulated"
    assert presenters.speed_of(speeds, "stt", "legacy") is None
    assert presenters.voice_speeds(speeds) == "CPU 0.31 (2), Demo 0.002 (1)"
    assert presenters.voice_speeds(()) is None
