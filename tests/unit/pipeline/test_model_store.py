from pathlib import Path

import pytest

from starling.models.convert import ENCODER_FILE
from starling.models.network import Network
from starling.models.place import models_dir
from starling.models.verify import verified_paths
from starling.pipeline.model_store import network, store
from starling.settings.schema import SETTINGS
from tests.helpers import tiny_whisper
from tests.helpers.machines import machine


def test_the_defaults_are_the_networks_own():
    defaults = {setting.key: setting.default for setting in SETTINGS}
    assert network(defaults.__getitem__) == Network()


def test_what_is_chosen():
    chosen = {"models.mirror": "https://m", "models.proxy": "none", "models.stall": 5}
    assert network(chosen.__getitem__) == Network(mirror="https://m", proxy="none", stall_s=5.0)


@pytest.mark.parametrize(
    ("choice", "npu", "kept"),
    [("always", False, True), ("never", True, False), ("with_npu", True, True), ("with_npu", False, False)],
)
def test_encoders_are_kept_where_an_npu_may_use_them(tmp_path: Path, monkeypatch, choice: str, npu: bool, kept: bool):
    (tmp_path / "machine").mkdir()
    root = machine(tmp_path / "machine", "phoenix").env["STARLING_SYSROOT"] if npu else str(tmp_path / "machine")
    monkeypatch.setenv("STARLING_SYSROOT", root)
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    source = tiny_whisper.make(tmp_path / "source")
    chosen = {setting.key: setting.default for setting in SETTINGS} | {"models.keep_encoder": choice}
    card = store(chosen.__getitem__).import_path(source)
    assert (ENCODER_FILE in card.files) is kept
    assert sorted(verified_paths(models_dir() / "source")) == sorted(card.files)
