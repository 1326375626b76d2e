import json
from pathlib import Path

from starling.models import library
from starling.models.card import FileRecord
from starling.models.identity import model_hash
from starling.models.info import ModelInfo
from starling.models.pins import write_pins


def folder(tmp_path, name="model"):
    path = tmp_path / name
    path.mkdir()
    (path / "model.bin").write_bytes(b"weights")
    return ModelInfo(name, "whisper-ct2", path, False, False, False, 7)


def test_a_card_tells_them_apart(tmp_path):
    starter = library.starter()
    assert model_hash(starter) == model_hash(starter)
    model = folder(tmp_path)
    card = json.loads(Path(starter.path, "starling.json").read_bytes())
    (model.path / "starling.json").write_text(json.dumps(card))
    assert model_hash(model) == model_hash(starter)
    card["files"]["model.bin"]["sha256"] = "0" * 64
    (model.path / "starling.json").write_text(json.dumps(card))
    assert model_hash(model) != model_hash(starter)


def test_pins_do_and_before_them_the_files(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    model = folder(tmp_path)
    before = model_hash(model)
    (model.path / "model.bin").write_bytes(b"other weights")
    assert model_hash(model) != before
    write_pins(model.path, {"model.bin": FileRecord("1" * 64, 7)})
    pinned = model_hash(model)
    (model.path / "model.bin").write_bytes(b"the loader will refuse these")
    assert model_hash(model) == pinned


def test_damaged_cards_and_missing_folders_have_one_too(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    model = folder(tmp_path)
    (model.path / "starling.json").write_text("{")
    assert len(model_hash(model)) == 16
    gone = ModelInfo("gone", "whisper-ct2", tmp_path / "gone", False, False, False, 0)
    assert len(model_hash(gone)) == 16
