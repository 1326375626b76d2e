from dataclasses import replace
from pathlib import Path

import pytest

from starling.core.engine_api import EngineSpec
from starling.models import library
from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.proof.keys import Stamp, key_of
from starling.npu.proof.records import ProofRecord, Records
from starling.npu.report import Fault, Npu
from starling.speech.stt.candidates import judge_by, no_candidates, stt_candidates

STAMP = Stamp("stt", "small", "abc", "0.1", "m1")
XRT = Candidate("xrt", "advanced", EngineSpec("a", "advanced", "small", "m:f", {}), versions=(("driver", "0.6"),))


def kept(tmp_path, **changes):
    records = Records(tmp_path)
    record = ProofRecord(key_of(XRT, STAMP), "legacy:small", "npu", ("uuid",), "", (), (0.5,), (1.0,), 4.0)
    records.keep(replace(record, **changes))
    return records


@pytest.mark.parametrize(
    ("changes", "prefer", "taken", "clause"),
    [
        ({}, "fastest", True, "50 % faster"),
        ({"candidate_s": (0.81,)}, "fastest", False, "19 % faster, at least 20 % is needed"),
        ({"candidate_s": (0.81,)}, "low_power", True, "19 % faster, taken for low power"),
        ({"invalid": "it heard nothing"}, "low_power", False, "it heard nothing"),
    ],
)
def test_what_the_records_say(tmp_path, changes, prefer, taken, clause):
    judged = judge_by(kept(tmp_path, **changes), STAMP, prefer)(XRT)
    assert (judged.taken, judged.clause) == (taken, clause)
    assert judged.seconds == changes.get("candidate_s", (0.5,))[0]
    assert judged.audio_s == 4.0


@pytest.mark.parametrize(
    ("candidate", "stamp", "clause"),
    [
        (replace(XRT, provider="vitisai"), STAMP, "not proven on this machine yet"),
        (replace(XRT, versions=(("driver", "0.7"),)), STAMP, "to be proven again: driver 0.6 → 0.7"),
        (XRT, replace(STAMP, machine="m2"), "to be proven again: the machine"),
        (XRT, replace(STAMP, starling="0.2"), "to be proven again: Starling 0.1 → 0.2"),
        (XRT, replace(STAMP, model_hash="abd"), "to be proven again: the model's files"),
        (replace(XRT, spec=None, why_not="XRT is not installed"), STAMP, "XRT is not installed"),
    ],
)
def test_no_proof_of_another_time_counts(tmp_path, candidate, stamp, clause):
    judged = judge_by(kept(tmp_path), stamp, "low_power")(candidate)
    assert (judged.taken, judged.clause) == (False, clause)


def test_a_server_is_filed_under_its_own_model():
    server = Candidate("server", "advanced", EngineSpec("s", "advanced", "whisper-v3:turbo", "m:f", {}))
    assert key_of(server, STAMP).model == "whisper-v3:turbo"
    assert key_of(replace(server, spec=None), STAMP).model == "small"


@pytest.mark.parametrize(
    ("npu", "why"),
    [
        (Npu(False), "advanced: no NPU was found"),
        (
            Npu(True, faults=(Fault("a", "Hint.", "", False), Fault("b", "No permission.", "", True))),
            "advanced: No permission.",
        ),
        (Npu(True), "advanced: the NPU cannot be used"),
        (Npu(True, usable=True), "advanced: not proven on this machine yet"),
    ],
)
def test_why_there_is_none(npu, why):
    assert no_candidates(npu) == why


def test_every_candidate_says_why_it_cannot_be_tried(monkeypatch):
    monkeypatch.delenv("STARLING_NPU", raising=False)
    model = ModelInfo("small", "whisper-ct2", Path("models", "small"), True, False, False, 1)
    for candidate in stt_candidates(Npu(False), model, 0):
        assert candidate.spec is None
        assert candidate.why_not
        assert not candidate.emulated


def test_the_emulation_is_named(monkeypatch):
    monkeypatch.setenv("STARLING_NPU", "emulated")
    found = {candidate.provider: candidate for candidate in stt_candidates(Npu(False), library.starter(), 0)}
    assert found["xrt"].emulated
    assert found["xrt"].spec is not None
