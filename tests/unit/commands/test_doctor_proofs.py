import json
import time

from starling.commands import doctor_proofs
from starling.npu.vitisai import cache
from starling.pipeline.proof_events import ProofEntry, ProofFigure

NOTHING = {"candidates": [], "contexts": {"ours": 0, "others": 0, "slots": []}, "compiling": []}


def test_a_compilation_is_told_by_what_is_measured_of_it():
    one = {"model": "whisper-small", "elapsed_s": 190.4, "cache_bytes": 12_345_678}
    assert doctor_proofs.lines({**NOTHING, "compiling": [one]}) == [
        "whisper-small is being compiled for the NPU: 190 s so far, 12.3 MB written"
    ]
    assert doctor_proofs.lines(NOTHING) == ["no accelerator was looked for"]


def test_while_it_goes_on_it_is_told_again_and_again(monkeypatch, capsys):
    monkeypatch.setattr(doctor_proofs, "COMPILING_TOLD_S", 0.02)
    with doctor_proofs._compilations_told(), cache.compiling(cache.root() / "k", "whisper-small"):
        deadline = time.monotonic() + 10
        said = ""
        while said.count("whisper-small is being compiled") < 2 and time.monotonic() < deadline:
            said += capsys.readouterr().err
            time.sleep(0.02)
    assert said.count("whisper-small is being compiled") >= 2
    assert "%" not in said


def test_a_figure_that_is_no_number_is_null_in_json():
    figure = ProofFigure("encoder cosine", float("nan"), 0.999, True)
    entry = ProofEntry("stt", "advanced", "xrt", "starter", "refused", "encoder cosine nan", figures=(figure,), at=1e9)
    told = doctor_proofs._json(entry)
    assert json.loads(json.dumps(told, allow_nan=False))["figures"][0]["value"] is None
    assert "encoder cosine is no number" in doctor_proofs.lines({**NOTHING, "candidates": [told]})[1]
