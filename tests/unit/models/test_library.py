from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE, Kind, ModelCard
from starling.models.convert import convert
from starling.models.info import ModelInfo, largest
from starling.models.library import find, info_of, installed, models_dir, scan, starter
from tests.helpers import tiny_whisper


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("converted")
    convert(tiny_whisper.make(root / "source"), root / "model", short_context=True, licence="MIT")
    return root / "model"


def install(converted: Path, name: str, card: bool = True) -> Path:
    folder = models_dir() / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(converted, folder)
    (folder / CARD_FILE).unlink()
    if card:
        replace(ModelCard.read(converted), name=name).write(folder)
    return folder


def kokoro(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "kokoro.onnx").write_bytes(b"onnx")
    (folder / "voices.npz").write_bytes(b"voices")
    return folder


def test_nothing_is_installed_at_first() -> None:
    assert installed() == []
    assert starter().starter
    assert starter() == find("starter", "whisper-ct2")


def test_installed_models(converted: Path) -> None:
    install(converted, "base")
    install(converted, "small", card=False)
    kokoro(models_dir() / "voices")
    (models_dir() / ".pins").mkdir()
    (models_dir() / "notes.txt").write_text("x")
    models = installed()
    assert [(model.name, model.kind) for model in models] == [
        ("base", "whisper-ct2"),
        ("small", "whisper-ct2"),
        ("voices", "kokoro"),
    ]
    assert [(model.short_context, model.multilingual) for model in models[:2]] == [(True, True), (False, True)]
    assert models[0].size_bytes == models[1].size_bytes > 50_000
    assert find("base", "whisper-ct2") == models[0]
    assert find("voices", "kokoro") == models[2]


def test_faults_do_not_hide_the_others(converted: Path) -> None:
    install(converted, "good")
    (install(converted, "bad") / CARD_FILE).write_text("{")
    (models_dir() / "empty").mkdir()
    found = scan()
    assert [model.name for model in found.models] == ["good"]
    assert [fault.code for fault in found.faults] == ["model.bad_card", "model.not_a_model"]
    with pytest.raises(StarlingError) as caught:
        find("bad", "whisper-ct2")
    assert caught.value.code == "model.bad_card"


def test_path_of_any_folder(converted: Path) -> None:
    assert find(str(converted), "whisper-ct2").path == converted
    assert info_of(converted).name == "model"


def test_english_only_by_its_vocabulary(converted: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(converted, tmp_path / "english"))
    (folder / CARD_FILE).unlink()
    assert info_of(folder).multilingual
    (folder / "vocabulary.json").unlink()
    (folder / "vocabulary.txt").write_text("a\nb\n")
    assert not info_of(folder).multilingual
    (folder / "vocabulary.txt").write_text("a\n\nb\n")
    assert info_of(folder).multilingual


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("bsae", "Did you mean base?"),
        ("startr", "Did you mean starter?"),
        ("zzz", "There are: base, starter."),
        ("", "There are: base, starter."),
        ("some/where", "Give the folder of a model."),
    ],
)
def test_unknown_name(converted: Path, text: str, fix: str) -> None:
    install(converted, "base")
    with pytest.raises(StarlingError) as caught:
        find(text, "whisper-ct2")
    assert caught.value.code == "model.unknown"
    assert fix in caught.value.fix


def test_unknown_voice_model_when_there_is_none() -> None:
    with pytest.raises(StarlingError, match="No model is called 'kokoro'") as caught:
        find("kokoro", "kokoro")
    assert "None is installed" in caught.value.fix


def test_wrong_kind(tmp_path: Path) -> None:
    with pytest.raises(StarlingError) as caught:
        find(str(kokoro(tmp_path / "k")), "whisper-ct2")
    assert caught.value.code == "model.wrong_kind"


def without(*names: str):
    def act(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return act


BAD_FOLDERS = {
    "no tokenizer": (without("tokenizer.json"), "model.no_tokenizer"),
    "no vocabulary": (without("vocabulary.json"), "model.missing_file"),
    "no config": (without("config.json"), "model.missing_file"),
    "no model": (without("model.bin"), "model.missing_file"),
    "short model": (lambda folder: (folder / "model.bin").write_bytes(b"\x06\0\0\0"), "model.truncated"),
    "not a whisper": (
        lambda folder: (folder / "model.bin").write_bytes(b"\x06\0\0\0\x10\0TransformerSpec\0...."),
        "model.wrong_architecture",
    ),
    "a torch pickle": (
        lambda folder: (folder / "model.bin").write_bytes(b"PK\x03\x04" + b"x" * 60),
        "model.wrong_architecture",
    ),
    "bad vocabulary": (lambda folder: (folder / "vocabulary.json").write_text("{"), "model.altered"),
}


@pytest.mark.parametrize("case", BAD_FOLDERS)
def test_damaged_folder_without_card(converted: Path, tmp_path: Path, case: str) -> None:
    damage, code = BAD_FOLDERS[case]
    folder = Path(shutil.copytree(converted, tmp_path / "m"))
    (folder / CARD_FILE).unlink()
    damage(folder)
    with pytest.raises(StarlingError) as caught:
        find(str(folder), "whisper-ct2")
    assert caught.value.code == code
    assert caught.value.fix


OTHER_FOLDERS = {
    "model.safetensors config.json": "model.not_converted",
    "pytorch_model.bin config.json": "model.pickle",
    "kokoro.onnx": "model.missing_file",
    "kokoro.onnx kokoro-int8.onnx voices.bin": "model.ambiguous",
    "kokoro.onnx voices.bin voices-v1.npz": "model.ambiguous",
    "holiday.jpg": "model.not_a_model",
}


@pytest.mark.parametrize("names", OTHER_FOLDERS)
def test_folder_of_something_else(tmp_path: Path, names: str) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    for name in names.split():
        (folder / name).write_text("{}")
    with pytest.raises(StarlingError) as caught:
        info_of(folder)
    assert caught.value.code == OTHER_FOLDERS[names]
    assert caught.value.fix


def model(name: str, size: int, kind: Kind = "whisper-ct2", starter: bool = False) -> ModelInfo:
    return ModelInfo(name, kind, Path(name), False, False, starter, size)


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([], None),
        ([model("a", 1), model("b", 2)], "b"),
        ([model("b", 2), model("a", 2)], "a"),
        ([model("a", 1), model("starter", 9, starter=True)], "a"),
        ([model("starter", 9, starter=True)], None),
        ([model("a", 1), model("k", 9, "kokoro")], "a"),
    ],
)
def test_largest(models: list[ModelInfo], expected: str | None) -> None:
    chosen = largest(models, "whisper-ct2")
    assert (chosen.name if chosen else None) == expected
