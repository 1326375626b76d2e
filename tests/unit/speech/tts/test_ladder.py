from __future__ import annotations

from pathlib import Path

import pytest

from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.report import Npu
from starling.speech.stt.ladder import Judged
from starling.speech.tts.candidates import tts_candidates
from starling.speech.tts.ladder import NOT_BUILT, tts_ladder


def kokoro(name: str, size: int) -> ModelInfo:
    return ModelInfo(name, "kokoro", Path("models", name), False, False, False, size)


INT8, FULL = kokoro("kokoro-int8", 90_000_000), kokoro("kokoro", 320_000_000)
WHISPER = ModelInfo("base", "whisper-ct2", Path("base"), False, False, False, 10**9)
NPU = "npu: no accelerator was looked for"
CASES = {
    "nothing installed": ("auto", None, [], [("demo", "cpu: no Kokoro model is installed")]),
    "a recogniser has no voice": ("auto", None, [WHISPER], [("demo", "cpu: no Kokoro model is installed")]),
    "the largest": ("auto", None, [INT8, FULL], [("cpu:kokoro", NPU), ("demo", "cpu: kokoro is tried first")]),
    "the named one": (
        "auto",
        INT8,
        [INT8, FULL],
        [("cpu:kokoro-int8", NPU), ("demo", "cpu: kokoro-int8 is tried first")],
    ),
    "cpu alone": ("cpu", None, [INT8], [("cpu:kokoro-int8", NPU)]),
    "demo alone": ("demo", FULL, [INT8], [("demo", "cpu: the demo tier was chosen")]),
}


@pytest.mark.parametrize("case", CASES)
def test_ladder(case: str) -> None:
    tier, model, installed, expected = CASES[case]
    assert [(rung.spec.name, rung.why_not_better) for rung in tts_ladder(tier, model, installed)] == expected


def test_cpu_without_a_model() -> None:
    with pytest.raises(StarlingError) as caught:
        tts_ladder("cpu", None, [WHISPER])
    assert caught.value.code == "tts.no_model"
    assert "--tts demo" in caught.value.fix


def test_specs() -> None:
    cpu, demo = (rung.spec for rung in tts_ladder("auto", FULL, []))
    assert (cpu.tier, cpu.model, cpu.factory) == ("cpu", "kokoro", "starling.speech.tts.kokoro:create")
    assert cpu.config == {"model": str(Path("models", "kokoro")), "name": "kokoro"}
    assert (demo.tier, demo.model, demo.factory) == ("demo", "", "starling.speech.tts.espeak:create")
    assert demo.config == {"stand_in": True}  # espeak-ng has no Kokoro voices
    assert tts_ladder("demo", None, [])[0].spec.config == {}


def test_a_seed_reaches_every_engine() -> None:
    assert [rung.spec.config.get("seed") for rung in tts_ladder("auto", FULL, [], seed=7)] == [7, 7]


def test_tiers_that_are_not_there_say_why() -> None:
    assert set(NOT_BUILT) == {"mlir-aie"}
    assert all(reason.endswith(".") for reason in NOT_BUILT.values())
    kernels, vitisai = tts_candidates(Npu(present=False), FULL)
    assert (kernels.tier, kernels.spec, vitisai.tier, vitisai.spec) == ("mlir-aie", None, "npu", None)
    assert kernels.why_not == "not built: Starling has no NPU kernels of its own for Kokoro"
    assert vitisai.why_not == "no AMD Ryzen AI NPU was found"
    assert tts_candidates(Npu(present=False), None) == []


def candidate(name: str, *, why_not: str = "", emulated: bool = False) -> Candidate:
    spec = None if why_not else EngineSpec(f"npu:{name}", "npu", "kokoro", "m:f", {}, provider="vitisai")
    return Candidate("vitisai", "npu", spec, why_not, emulated=emulated)


GOOD, SLOW = candidate("good"), candidate("slow")
TAKEN = {"npu:good": Judged(True, "34 % faster", 1.0, 4.0), "npu:slow": Judged(False, "5 % faster, 20 % is needed")}
CPU_DEMO = [("demo", "cpu: kokoro is tried first")]
LADDERS = {
    "proven": ("auto", [SLOW, GOOD], [("npu:good", ""), ("cpu:kokoro", "npu:good is tried first"), *CPU_DEMO]),
    "refused": ("auto", [SLOW], [("cpu:kokoro", "npu: 5 % faster, 20 % is needed"), *CPU_DEMO]),
    "impossible": (
        "auto",
        [candidate("x", why_not="not built"), candidate("y", why_not="no NPU")],
        [("cpu:kokoro", "npu: not built; npu: no NPU"), *CPU_DEMO],
    ),
    "emulated": (
        "auto",
        [candidate("good", emulated=True)],
        [("cpu:kokoro", "npu: emulated, never chosen automatically"), *CPU_DEMO],
    ),
    "forced": ("npu", [SLOW], [("npu:slow", ""), ("cpu:kokoro", "npu:slow is tried first"), *CPU_DEMO]),
    "forced and impossible": (
        "npu",
        [candidate("x", why_not="no NPU")],
        [("cpu:kokoro", "npu: no NPU"), *CPU_DEMO],
    ),
    "cpu was chosen": ("cpu", [GOOD], [("cpu:kokoro", "npu: the cpu tier was chosen")]),
}


@pytest.mark.parametrize("case", LADDERS)
def test_accelerators(case: str) -> None:
    tier, candidates, expected = LADDERS[case]
    rungs = tts_ladder(tier, FULL, (), 0, candidates, lambda one: TAKEN[one.spec.name if one.spec else ""])
    assert [(rung.spec.name, rung.why_not_better) for rung in rungs] == expected


def test_a_proven_pace_sets_the_first_deadline() -> None:
    rung = tts_ladder("auto", FULL, (), 0, [GOOD], lambda one: TAKEN["npu:good"])[0]
    assert (rung.spec.provider, rung.spec.proven_rtf) == ("vitisai", 0.25)
