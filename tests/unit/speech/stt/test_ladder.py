from __future__ import annotations

from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models.info import ModelInfo
from starling.speech.stt.ladder import SttTier, stt_ladder


def whisper(name: str, size: int = 1_000, starter: bool = False) -> ModelInfo:
    return ModelInfo(name, "whisper-ct2", Path("models", name), True, False, starter, size)


BASE, SMALL = whisper("base", 80_000_000), whisper("small", 250_000_000)
STARTER = whisper("starter", starter=True)
VOICES = ModelInfo("kokoro", "kokoro", Path("kokoro"), False, False, False, 10**9)

ADVANCED = "advanced: no accelerator was looked for"
CASES = {
    "nothing installed": ("auto", None, [], [("demo", "legacy: no Whisper model is installed")]),
    "the starter is never picked": ("auto", None, [STARTER], [("demo", "legacy: no Whisper model is installed")]),
    "voices are no recogniser": ("auto", None, [VOICES], [("demo", "legacy: no Whisper model is installed")]),
    "the largest": (
        "auto",
        None,
        [BASE, SMALL],
        [("legacy:small", ADVANCED), ("demo", "legacy: small is tried first")],
    ),
    "the named one": (
        "auto",
        BASE,
        [BASE, SMALL],
        [("legacy:base", ADVANCED), ("demo", "legacy: base is tried first")],
    ),
    "the named starter": (
        "auto",
        STARTER,
        [SMALL],
        [("legacy:starter", ADVANCED), ("demo", "legacy: starter is tried first")],
    ),
    "legacy alone": ("legacy", None, [BASE], [("legacy:base", ADVANCED)]),
    "legacy with the starter": ("legacy", STARTER, [], [("legacy:starter", ADVANCED)]),
    "demo alone": ("demo", BASE, [SMALL], [("demo", "legacy: the demo tier was chosen")]),
}


@pytest.mark.parametrize("case", CASES)
def test_ladder(case: str) -> None:
    tier, model, installed, expected = CASES[case]
    rungs = stt_ladder(tier, model, installed, 2)
    assert [(rung.spec.name, rung.why_not_better) for rung in rungs] == expected


@pytest.mark.parametrize("installed", [[], [STARTER], [VOICES]])
def test_legacy_without_a_model(installed: list[ModelInfo]) -> None:
    with pytest.raises(StarlingError) as caught:
        stt_ladder("legacy", None, installed, 2)
    assert caught.value.code == "stt.no_model"
    assert "--model starter" in caught.value.fix


@pytest.mark.parametrize("tier", ["auto", "legacy"])
def test_spec_of_whisper(tier: SttTier) -> None:
    spec = stt_ladder(tier, BASE, [], 3)[0].spec
    assert (spec.tier, spec.model, spec.factory) == ("legacy", "base", "starling.speech.stt.whisper:create")
    assert spec.config == {
        "model": str(Path("models", "base")),
        "name": "base",
        "short_context": True,
        "threads": 3,
    }


def test_spec_of_demo() -> None:
    spec = stt_ladder("demo", None, [], 3)[0].spec
    assert (spec.tier, spec.model, spec.factory) == ("demo", "", "starling.speech.stt.sphinx:create")


@pytest.mark.parametrize(("size", "deadline"), [(1_000, 60.0), (1_500_000_000, 60.0), (3_000_000_000, 120.0)])
def test_large_models_get_longer_to_load(size: int, deadline: float) -> None:
    assert stt_ladder("legacy", whisper("x", size), [], 1)[0].spec.load_deadline_s == deadline
