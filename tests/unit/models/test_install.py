from __future__ import annotations

from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.models.card import CARD_FILE
from starling.models.convert import convert
from starling.models.install import install
from starling.models.library import find, installed, models_dir
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
