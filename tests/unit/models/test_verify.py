from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import pytest

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE, ModelCard
from starling.models.convert import convert
from starling.models.hashing import folder_records
from starling.models.pins import pin_path
from starling.models.verify import load_failed, verified_files, verified_paths
from tests.helpers import tiny_whisper

Verify = Callable[[Path], dict[str, Any]]
BOTH = pytest.mark.parametrize("verify", [verified_files, verified_paths], ids=["bytes", "paths"])


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("converted")
    convert(tiny_whisper.make(root / "source"), root / "model", short_context=False)
    return root / "model"


@pytest.fixture
def carded(converted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(converted, tmp_path / "carded"))


@pytest.fixture
def bare(carded: Path, tmp_path: Path) -> Path:
    (carded / CARD_FILE).unlink()
    return carded.rename(tmp_path / "bare")


def flip(path: Path, offset: int = -100) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def code_of(verify: Verify, folder: Path) -> str:
    with pytest.raises(StarlingError) as caught:
        verify(folder)
    assert caught.value.fix
    return caught.value.code


def test_bytes_are_the_files(carded: Path) -> None:
    contents = verified_files(carded)
    assert contents == {name: (carded / name).read_bytes() for name in ModelCard.read(carded).files}
    assert "model.bin" in contents
    model = ctranslate2.models.Whisper(str(carded), compute_type="int8_float32", files=contents)
    assert model.n_mels == 80


def test_paths_are_the_files(carded: Path) -> None:
    assert verified_paths(carded) == {name: carded / name for name in ModelCard.read(carded).files}


DAMAGES = {
    "flipped bit": (flip, "model.altered"),
    "cut": (cut, "model.truncated"),
    "grown": (grow, "model.altered"),
    "missing": (Path.unlink, "model.missing_file"),
    "empty": (lambda path: path.write_bytes(b""), "model.truncated"),
}


@BOTH
@pytest.mark.parametrize("name", ["model.bin", "config.json", "vocabulary.json", "tokenizer.json"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_a_carded_model(carded: Path, verify: Verify, damage: str, name: str) -> None:
    act, code = DAMAGES[damage]
    act(carded / name)
    assert code_of(verify, carded) == code


@BOTH
def test_flipped_bits_anywhere(carded: Path, verify: Verify) -> None:
    whole = (carded / "model.bin").read_bytes()
    for offset in range(0, len(whole), len(whole) // 10):
        flip(carded / "model.bin", offset)
        assert code_of(verify, carded) == "model.altered"
        (carded / "model.bin").write_bytes(whole)
    verify(carded)


@BOTH
def test_link_out_of_a_carded_folder(carded: Path, tmp_path: Path, verify: Verify) -> None:
    (carded / "model.bin").rename(tmp_path / "elsewhere")
    try:
        (carded / "model.bin").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("this system lets users make no links")
    assert code_of(verify, carded) == "model.altered"


@BOTH
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_pipe_in_place_of_a_file_does_not_hang(carded: Path, verify: Verify) -> None:
    (carded / "model.bin").unlink()
    os.mkfifo(carded / "model.bin")
    assert code_of(verify, carded) == "model.altered"


@BOTH
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may read everything")
def test_unreadable_file(carded: Path, verify: Verify) -> None:
    (carded / "model.bin").chmod(0)
    assert code_of(verify, carded) == "model.unreadable"


@BOTH
def test_directory_in_place_of_a_file(carded: Path, verify: Verify) -> None:
    (carded / "model.bin").unlink()
    (carded / "model.bin").mkdir()
    assert code_of(verify, carded) in ("model.altered", "model.truncated")


@BOTH
def test_what_is_no_model(tmp_path: Path, verify: Verify) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for name in ("file", "empty", "absent"):
        assert code_of(verify, tmp_path / name) == "model.not_a_model"


@BOTH
def test_bare_model_is_held_to_its_first_load(bare: Path, verify: Verify) -> None:
    first = verify(bare)
    assert verify(bare) == first
    assert pin_path(bare).is_file()
    flip(bare / "model.bin")
    with pytest.raises(StarlingError) as caught:
        verify(bare)
    assert caught.value.code == "model.altered"
    assert str(pin_path(bare)) in caught.value.fix
    pin_path(bare).unlink()
    verify(bare)


@BOTH
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_a_pinned_model(bare: Path, verify: Verify, damage: str) -> None:
    act, code = DAMAGES[damage]
    verify(bare)
    act(bare / "config.json")
    assert code_of(verify, bare) == code


@BOTH
def test_file_added_to_a_pinned_model(bare: Path, verify: Verify) -> None:
    verify(bare)
    (bare / "preprocessor_config.json").write_text("{}")
    assert code_of(verify, bare) == "model.altered"
    (bare / "preprocessor_config.json").unlink()
    (bare / "README.md").write_text("no part of the model")
    verify(bare)


def test_bare_model_of_links_as_download_caches_have_them(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    for index, path in enumerate(sorted(bare.iterdir())):
        blob = path.rename(tmp_path / "blobs" / str(index))
        try:
            path.symlink_to(blob)
        except OSError:
            pytest.skip("this system lets users make no links")
    verified_files(bare)
    flip(tmp_path / "blobs" / "1")
    assert code_of(verified_files, bare) == "model.altered"


def test_damaged_pin(bare: Path) -> None:
    verified_files(bare)
    pin_path(bare).write_text("{")
    assert code_of(verified_files, bare) == "model.bad_pin"


def test_pins_that_cannot_be_written(bare: Path) -> None:
    pin_path(bare).parent.parent.mkdir(parents=True)
    pin_path(bare).parent.write_text("a file where the folder should be")
    assert code_of(verified_files, bare) in ("model.pin_failed", "model.bad_pin")


def test_two_first_loads_at_once(bare: Path) -> None:
    failures: list[BaseException] = []

    def load() -> None:
        try:
            verified_files(bare)
        except StarlingError as error:
            failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [path.name for path in pin_path(bare).parent.iterdir()] == [pin_path(bare).name]
    verified_files(bare)


def test_truncated_bare_model_is_told_by_the_library_and_not_pinned(bare: Path) -> None:
    whole = (bare / "model.bin").read_bytes()
    (bare / "model.bin").write_bytes(whole[: len(whole) // 2])
    files = verified_files(bare)
    with pytest.raises(RuntimeError) as refused:
        ctranslate2.models.Whisper(str(bare), files=files)
    error = load_failed(bare, str(refused.value))
    assert error.code == "model.truncated"
    (bare / "model.bin").write_bytes(whole)
    verified_files(bare)


def test_other_refusals_keep_the_pins_of_carded_models(carded: Path) -> None:
    assert load_failed(carded, "no such variable").code == "model.not_loadable"


def test_kokoro_folder(tmp_path: Path) -> None:
    folder = tmp_path / "kokoro"
    folder.mkdir()
    (folder / "kokoro-v1.0.onnx").write_bytes(b"onnx")
    (folder / "voices-v1.0.bin").write_bytes(b"voices")
    assert set(verified_paths(folder)) == {"kokoro-v1.0.onnx", "voices-v1.0.bin"}
    flip(folder / "voices-v1.0.bin", 0)
    assert code_of(verified_paths, folder) == "model.altered"
    assert folder_records(folder, ["voices-v1.0.bin"])["voices-v1.0.bin"].size == 6
