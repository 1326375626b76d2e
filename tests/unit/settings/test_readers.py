"""Every setting is asked for by what it steers, and every field that the pipeline makes of settings is used."""

from __future__ import annotations

import ast
import dataclasses
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from starling.assistant.llm.client import Limits
from starling.assistant.llm.connection import Wishes
from starling.assistant.llm.memory import Bounds
from starling.core.results import SttOptions
from starling.core.segmenter import SegmenterConfig
from starling.models.network import Network
from starling.pipeline.choice import Choice, choose
from starling.pipeline.model_store import keeps_encoder, network
from starling.settings.schema import SETTINGS

PACKAGE = Path(__file__).resolve().parents[3] / "app" / "starling"
_MAKERS = {"pipeline/choice.py", "pipeline/model_store.py"}
_NO_READERS = ("settings/", "ui/preferences/")
_READS = ("read", "get", "setting", "_setting")


@cache
def asked_of_the_pipeline() -> set[str]:
    """What a run asks for, by running it."""
    asked: set[str] = set()
    defaults = {setting.key: setting.default for setting in SETTINGS}

    def setting(key: str) -> Any:
        asked.add(key)
        return defaults[key]

    choose(setting)
    network(setting)
    keeps_encoder(setting)
    return asked


@cache
def sources() -> list[tuple[str, ast.Module]]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]


@cache
def asked_in(part: str) -> set[str]:
    """Keys that stand first in a call that reads: a key that is only shown, written or pointed to is not read."""
    found: set[str] = set()
    for name, tree in sources():
        if not name.startswith(part) or name.startswith(_NO_READERS) or name in _MAKERS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in _READS:
                    found.add(node.args[0].value)
    return found


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_a_setting_is_asked_for_by_what_it_steers(setting) -> None:
    """A page that shows a setting does not make it work; only the window's own are read in the window alone."""
    window = setting.key.startswith("window.")
    asked = asked_in("ui/") if window else asked_of_the_pipeline() | asked_in("pipeline/")
    assert setting.key in asked


@pytest.mark.parametrize("made", [Choice, Wishes, Bounds, Limits, Network, SttOptions, SegmenterConfig])
def test_what_is_made_of_settings_is_used(made: type) -> None:
    """A field that is filled and never looked at is a setting without effect."""
    used = {
        node.attr
        for name, tree in sources()
        if name not in _MAKERS
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    assert [field.name for field in dataclasses.fields(made) if field.name not in used] == []
