from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models import catalogue, library, pairing
from starling.models.card import FileRecord, ModelCard
from starling.models.hashing import file_record
from starling.models.place import models_dir
from starling.models.recognise import recognise
from starling.models.verify import verified_paths

OFFERED = catalogue.load()


def folder(name: str, kind: str = "whisper-ct2", of: str = "", sha256: str = "", file: str = "model.bin") -> Path:
    path = models_dir() / name
    path.mkdir(parents=True)
    (path / file).write_bytes(b"weights")
    record = FileRecord(sha256, 7) if sha256 else file_record(path / file)
    ModelCard(name, kind, catalogue=of, files={file: record}).write(path)
    return path


def encoder(name: str = "whisper-small-npu", of: str = "whisper-small-npu") -> Path:
    return folder(name, "whisper-onnx-npu", of, file="encoder_model.onnx")


def test_an_encoder_belongs_to_the_same_weights_whatever_they_are_called():
    model = library.info_of(folder("my-favourite", of="whisper-small"))
    encoder("enc")
    assert pairing.encoders_for(model) == ("whisper-small-npu",)
    assert pairing.installed_encoder(model).name == "enc"


def test_imported_weights_are_known_by_their_hash():
    (pinned,) = [file for file in OFFERED.find("whisper-medium").files if file.name == "model.bin"]
    model = library.info_of(folder("imported", sha256=pinned.sha256))
    assert pairing.identity(model, OFFERED) == "whisper-medium"
    assert pairing.encoders_for(model) == ("whisper-medium-npu",)
    assert pairing.installed_encoder(model) is None


@pytest.mark.parametrize(
    "of", ["whisper-small.en", "whisper-acft-small", "distil-whisper-small.en", "whisper-base", ""]
)
def test_a_name_that_is_alike_is_no_kinship(of):
    encoder()
    assert pairing.installed_encoder(library.info_of(folder("whisper-small", of=of))) is None


def test_an_encoder_of_unknown_origin_belongs_to_nobody():
    encoder("whisper-small-npu", of="")
    assert pairing.installed_encoder(library.info_of(folder("whisper-small", of="whisper-small"))) is None


def test_the_starter_has_none():
    assert pairing.encoders_for(library.starter()) == ()


def test_a_damaged_card_pairs_nothing():
    path = folder("whisper-small", of="whisper-small")
    model = library.info_of(path)
    (path / "starling.json").write_text("{")
    assert pairing.identity(model, OFFERED) == ""
    assert pairing.records(path) == {}


def test_a_set_of_amd_is_recognised_by_its_encoder(tmp_path: Path):
    for name in ("encoder_model.onnx", "decoder_model.onnx"):
        (tmp_path / name).write_bytes(b"\x3a\x00")
    assert recognise(tmp_path).files == ("encoder_model.onnx",)
    assert library.info_of(tmp_path).kind == "whisper-onnx-npu"
    assert set(verified_paths(tmp_path)) == {"encoder_model.onnx"}
    assert set(pairing.records(tmp_path)) == {"encoder_model.onnx"}
    with pytest.raises(StarlingError) as caught:
        library.find(str(tmp_path), "whisper-ct2")
    assert caught.value.code == "model.wrong_kind"


def test_a_decoder_alone_is_of_no_use(tmp_path: Path):
    (tmp_path / "decoder_model.onnx").write_bytes(b"\x3a\x00")
    with pytest.raises(StarlingError) as caught:
        recognise(tmp_path)
    assert caught.value.code == "model.no_tier"
