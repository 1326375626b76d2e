from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.models.card import CARD_FILE, ModelCard
from starling.models.convert import convert
from starling.models.hashing import folder_records
from starling.models.install import install
from starling.models.library import find, installed, models_dir
from starling.models.store import Store
from starling.models.verify import verified_files
from tests.helpers import kokoro_model, tiny_whisper


def test_hugging_face_folder_is_converted(tmp_path: Path) -> None:
    seen: list[float] = []
    install(tiny_whisper.make(tmp_path / "s"), "mine", short_context=True, licence="MIT", on_progress=seen.append)
    assert find("mine", "whisper-ct2").short_context
    assert seen[-1] == 1.0
    verified_files(models_dir() / "mine")


def test_converted_folder_is_copied_and_gets_a_card(tmp_path: Path) -> None:
    convert(tiny_whisper.make(tmp_path / "s"), tmp_path / "ct2", short_context=False)
    (tmp_path / "ct2" / CARD_FILE).unlink()
    (tmp_path / "ct2" / "README.md").write_text("not of the model")
    card = install(tmp_path / "ct2", "copy", licence="MIT")
    assert (card.name, card.licence, card.multilingual, card.n_mels) == ("copy", "MIT", True, 0)
    assert sorted(path.name for path in (models_dir() / "copy").iterdir()) == sorted([*card.files, CARD_FILE])
    verified_files(models_dir() / "copy")


def test_voices_are_copied(tmp_path: Path) -> None:
    install(kokoro_model.build(tmp_path / "k"), "voice")
    assert [(model.name, model.kind) for model in installed()] == [("voice", "kokoro")]


def test_copy_of_the_starter_is_still_a_starter() -> None:
    card = install(shipped("resources", "starter"), "tiny")
    assert (card.name, card.starter, card.short_context) == ("tiny", True, True)
    assert find("tiny", "whisper-ct2").path == models_dir() / "tiny"


def test_altered_source_is_refused(tmp_path: Path) -> None:
    convert(tiny_whisper.make(tmp_path / "s"), tmp_path / "ct2", short_context=False)
    data = bytearray((tmp_path / "ct2" / "model.bin").read_bytes())
    data[-1] ^= 1
    (tmp_path / "ct2" / "model.bin").write_bytes(data)
    with pytest.raises(StarlingError) as caught:
        install(tmp_path / "ct2", "x")
    assert caught.value.code == "model.altered"
    assert installed() == []


@pytest.mark.parametrize("name", ["", " ", "..", ".hidden", "a/b", "a\\b", "C:", "starter"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(StarlingError) as caught:
        install(tmp_path, name)
    assert caught.value.code == "model.bad_name"


def test_name_that_is_taken(tmp_path: Path) -> None:
    install(tiny_whisper.make(tmp_path / "s"), "mine")
    with pytest.raises(StarlingError) as caught:
        install(tmp_path / "s", "mine")
    assert caught.value.code == "model.target_exists"


def test_folder_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(StarlingError) as caught:
        install(tmp_path, "mine")
    assert caught.value.code == "model.not_a_model"


def carded(folder: Path, kind: str = "whisper-ct2", **fields: object) -> Path:
    """A folder with a card that fits its files."""
    names = [path.name for path in folder.iterdir() if path.name != CARD_FILE]
    ModelCard(name="x", kind=kind, files=folder_records(folder, names), **fields).write(folder)  # type: ignore[arg-type]
    return folder


def ct2(folder: Path) -> Path:
    convert(tiny_whisper.make(folder / "s"), folder / "ct2", short_context=False)
    return folder / "ct2"


def test_a_card_cannot_claim_that_the_catalogue_vouches_for_it(tmp_path: Path) -> None:
    """Whoever makes a model can write a card; only what was downloaded is held to the catalogue's hashes."""
    source = carded(ct2(tmp_path), catalogue="whisper-tiny", revision="r", pinned_at="2026-01-01", licence="MIT")
    card = install(source, "whisper-tiny")
    assert (card.catalogue, card.revision, card.pinned_at, card.pinned_here) == ("", "", "", ())
    assert card.licence == "MIT"
    item = Store().item("whisper-tiny")
    assert (item.pins, item.catalogue) == ("import", False)


def refusal(source: Path) -> str:
    with pytest.raises(StarlingError) as caught:
        install(source, "bad")
    assert installed() == []
    return caught.value.code


def test_a_card_is_no_licence_for_what_else_lies_there(tmp_path: Path) -> None:
    folder = ct2(tmp_path)
    (folder / "extra.pt").write_bytes(b"\x80\x04.")
    assert refusal(carded(folder)) == "model.unknown_file"


def test_a_card_that_says_another_kind(tmp_path: Path) -> None:
    assert refusal(carded(ct2(tmp_path), "kokoro")) == "model.wrong_kind"


def test_a_card_over_weights_that_are_none(tmp_path: Path) -> None:
    folder = ct2(tmp_path)
    (folder / "model.bin").write_bytes(b"GGUF" * 100)
    assert refusal(carded(folder)) == "model.wrong_architecture"


def test_a_card_that_leaves_weights_out(tmp_path: Path) -> None:
    folder = carded(kokoro_model.build(tmp_path / "k"), "kokoro")
    model = onnx.load(folder / "model.onnx")
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location="model.onnx.data", size_threshold=0)
    card = ModelCard.read(folder)
    names = [name for name in card.files if name != "model.onnx.data"]
    ModelCard(name="x", kind="kokoro", files=folder_records(folder, names)).write(folder)
    assert refusal(folder) == "model.altered"
