"""Which voice model speaks: the one that was chosen, else the largest."""

from dataclasses import replace
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models import library
from starling.models.info import ModelInfo
from starling.pipeline import engines
from starling.pipeline.choice import choose
from starling.settings.schema import SETTINGS

DEFAULTS = {setting.key: setting.default for setting in SETTINGS}


def kokoro(name: str, size: int) -> ModelInfo:
    return ModelInfo(name, "kokoro", Path("models", name), False, False, False, size)


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    models = [kokoro("small", 90), kokoro("large", 320)]
    monkeypatch.setattr(library, "installed", lambda: models)
    return models


def names(**settings) -> list[str]:
    keys = {key.replace("_", ".", 1): value for key, value in settings.items()}
    return [rung.spec.name for rung in engines.tts_rungs(choose({**DEFAULTS, **keys}.__getitem__))]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["cpu:large", "demo"]),
        ({"tts_model": "small"}, ["cpu:small", "demo"]),
        ({"tts_model": "small", "tts_tier": "cpu"}, ["cpu:small"]),
        ({"tts_model": "small", "tts_tier": "demo"}, ["demo"]),
        ({"tts_model": "gone", "tts_tier": "demo"}, ["demo"]),
        ({"tts_model": "gone"}, ["cpu:large", "demo"]),
        ({"tts_model": "../etc"}, ["cpu:large", "demo"]),
    ],
)
def test_what_speaks(settings, expected):
    assert names(**settings) == expected


def test_that_a_model_is_gone_is_said():
    gone = replace(choose(DEFAULTS.__getitem__), tts_model="gone")
    assert engines.tts_rungs(gone)[0].why_not_better.startswith("No model is called 'gone'")
    with pytest.raises(StarlingError) as caught:
        engines.tts_rungs(replace(gone, tts_tier="cpu"))
    assert caught.value.code == "model.unknown"


def test_it_is_silent_nowhere_without_models(installed):
    installed.clear()
    assert names(tts_model="gone") == ["demo"]


def test_a_preview_is_spoken_with_it_too(monkeypatch):
    asked = []
    monkeypatch.setattr(engines, "tts_ladder", lambda tier, model, *rest: asked.append(model) or [])
    monkeypatch.setattr(engines, "Supervisor", lambda *rest: None)
    monkeypatch.setattr(engines, "TtsClient", lambda supervisor: None)
    for name in ("small", "", "gone"):
        engines.tts_of("cpu", 0, 60.0, name)
    assert [model and model.name for model in asked] == ["small", None, None]
