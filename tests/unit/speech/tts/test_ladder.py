from __future__ import annotations

from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models.info import ModelInfo
from starling.speech.tts.ladder import NOT_BUILT, tts_ladder


def kokoro(name: str, size: int) -> ModelInfo:
    return ModelInfo(name, "kokoro", Path("models", name), False, False, False, size)


INT8, FULL = kokoro("kokoro-int8", 90_000_000), kokoro("kokoro", 320_000_000)
WHISPER = ModelInfo("base", "whisper-ct2", Path("base"), False, False, False, 10**9)
NPU = "npu: needs an NPU engine, none is built into this version"
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
    assert set(NOT_BUILT) == {"mlir-aie", "npu"}
    assert all(reason.endswith(".") for reason in NOT_BUILT.values())
