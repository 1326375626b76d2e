import errno
import json
import os
import shutil
import struct
import sys
from pathlib import Path

import ctranslate2
import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.models import writing
from starling.models.card import ModelCard
from starling.models.convert import convert, export_encoder
from starling.models.safetensors_files import SafetensorsFile, SafetensorsFolder
from starling.models.whisper_spec import WhisperShape, quantize_rows
from tests.helpers import tiny_whisper
from tests.helpers.numpy_whisper import NumpyEncoder


def load(folder: Path, compute_type: str = "int8_float32") -> ctranslate2.models.Whisper:
    return ctranslate2.models.Whisper(str(folder), compute_type=compute_type, intra_threads=1)


def encode(model: ctranslate2.models.Whisper, mel: np.ndarray) -> np.ndarray:
    return np.array(model.encode(ctranslate2.StorageView.from_array(mel[np.newaxis])))[0]


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one.ravel().astype(np.float64), other.ravel().astype(np.float64)
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def features(mels: int = 80) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((mels, 300), np.float32)


@pytest.mark.parametrize(("dtype", "shards"), [("F32", 1), ("F16", 1), ("BF16", 1), ("F16", 3)])
def test_converted_encoder_computes_what_the_weights_say(tmp_path: Path, dtype: str, shards: int) -> None:
    source = tiny_whisper.make(tmp_path / "source", dtype, shards)
    convert(source, tmp_path / "target", quantization="float32", short_context=False)
    export_encoder(source, tmp_path / "encoder.safetensors")
    expected = NumpyEncoder(tmp_path / "encoder.safetensors")(features())
    assert cosine(encode(load(tmp_path / "target", "float32"), features()), expected) > 0.99999


def test_int8_encoder_is_close(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    convert(source, tmp_path / "target", short_context=False)
    export_encoder(source, tmp_path / "encoder.safetensors")
    expected = NumpyEncoder(tmp_path / "encoder.safetensors")(features())
    assert cosine(encode(load(tmp_path / "target"), features()), expected) > 0.999


def test_large_v3_has_128_mels(tmp_path: Path) -> None:
    shape = WhisperShape(32, 1, 2, 64, 1, 2, 64, n_mels=128, vocabulary=40)
    card = convert(tiny_whisper.make(tmp_path / "s", shape=shape), tmp_path / "t", short_context=True)
    assert (card.n_mels, card.short_context) == (128, True)
    assert load(tmp_path / "t").n_mels == 128


def test_tied_projection_is_stored_once(tmp_path: Path) -> None:
    def size(tied: bool) -> int:
        shape = WhisperShape(32, 1, 2, 64, 1, 2, 64, 80, 4000, tied=tied)
        folder = tmp_path / str(tied)
        convert(tiny_whisper.make(tmp_path / f"source-{tied}", shape=shape), folder, short_context=False)
        return (folder / "model.bin").stat().st_size

    assert size(False) - size(True) > 4000 * 32


def test_card_vocabulary_and_configuration(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    seen: list[float] = []
    card = convert(source, tmp_path / "models" / "mine", short_context=False, on_progress=seen.append)
    target = tmp_path / "models" / "mine"
    assert sorted(path.name for path in target.parent.iterdir()) == ["mine"]
    assert card == ModelCard.read(target)
    assert (card.name, card.kind, card.multilingual, card.languages) == ("mine", "whisper-ct2", True, ("en", "de"))
    assert load(target).is_multilingual
    tokens = json.loads((target / "vocabulary.json").read_bytes())
    assert tokens[26:35] == ["z", *tiny_whisper.SPECIAL, "<|0.00|>"]
    assert tokens[-1] == "<|0.10|>"
    settings = json.loads((target / "config.json").read_bytes())
    assert settings == {
        "alignment_heads": [[1, 0], [1, 1]],
        "lang_ids": [29, 30],
        "suppress_ids": [3],
        "suppress_ids_begin": [4, 5],
    }
    assert (target / "tokenizer.json").read_bytes() == (source / "tokenizer.json").read_bytes()
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_generation_config_wins(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    generation = {
        "alignment_heads": [[0, 1]],
        "lang_to_id": {"<|de|>": 30},
        "suppress_tokens": [7],
        "begin_suppress_tokens": None,
    }
    (source / "generation_config.json").write_text(json.dumps(generation))
    card = convert(source, tmp_path / "target", short_context=False)
    settings = json.loads((tmp_path / "target" / "config.json").read_bytes())
    assert settings == {"alignment_heads": [[0, 1]], "lang_ids": [30], "suppress_ids": [7], "suppress_ids_begin": []}
    assert card.languages == ("de",)


def test_english_only_has_no_language_tokens_to_detect(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    (source / "tokenizer.json").write_text(json.dumps(tiny_whisper.tokenizer("abcdefghijklmnopqrstuvwxyzA")))
    card = convert(source, tmp_path / "target", short_context=False)
    assert (card.multilingual, card.languages) == (False, ("en",))
    assert not load(tmp_path / "target").is_multilingual


def _edit_config(source: Path, **changes: object) -> None:
    (source / "config.json").write_text(json.dumps(tiny_whisper.config() | changes))


def _with_weight(source: Path, name: str, value: np.ndarray | None) -> None:
    weights = tiny_whisper.tensors()
    if value is None:
        del weights[name]
    else:
        weights[name] = value
    tiny_whisper.write_tensors(source / "model.safetensors", weights)


def _truncate(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


def _header(path: Path, text: bytes) -> None:
    path.write_bytes(struct.pack("<Q", len(text)) + text)


FC1 = "model.encoder.layers.1.fc1.weight"
SINGLE = "model.safetensors"
DAMAGES = {
    "no folder": (lambda s: shutil.rmtree(s), "model.not_a_folder", "is not a folder"),
    "no config": (lambda s: (s / "config.json").unlink(), "model.missing_file", "config.json"),
    "config is no JSON": (lambda s: (s / "config.json").write_text("{"), "model.bad_config", "config.json"),
    "config is a list": (lambda s: (s / "config.json").write_text("[]"), "model.bad_config", "config.json"),
    "config lacks d_model": (lambda s: _edit_config(s, d_model=None), "model.bad_config", "d_model"),
    "negative layers": (lambda s: _edit_config(s, encoder_layers=-1), "model.bad_config", "encoder_layers"),
    "too many layers": (lambda s: _edit_config(s, encoder_layers=10**9), "model.bad_config", "encoder_layers"),
    "odd heads": (lambda s: _edit_config(s, decoder_attention_heads=3), "model.bad_config", "multiple"),
    "bad suppressed tokens": (lambda s: _edit_config(s, suppress_tokens=["a"]), "model.bad_config", "suppress_tokens"),
    "bad generation": (
        lambda s: (s / "generation_config.json").write_text('{"lang_to_id": {"<|en|>": "x"}}'),
        "model.bad_config",
        "lang_to_id",
    ),
    "absent alignment head": (
        lambda s: (s / "generation_config.json").write_text('{"alignment_heads": [[2, 0]]}'),
        "model.bad_config",
        "alignment_heads",
    ),
    "malformed alignment heads": (
        lambda s: (s / "generation_config.json").write_text('{"alignment_heads": [3]}'),
        "model.bad_config",
        "alignment_heads",
    ),
    "nested without end": (lambda s: (s / "config.json").write_text("[" * 100_000), "model.bad_config", "config.json"),
    "another architecture": (lambda s: _edit_config(s, model_type="bert"), "model.wrong_architecture", "bert"),
    "another activation": (lambda s: _edit_config(s, activation_function="relu"), "model.wrong_architecture", "activ"),
    "no tokenizer": (lambda s: (s / "tokenizer.json").unlink(), "model.no_tokenizer", "tokenizer.json"),
    "empty tokenizer": (lambda s: (s / "tokenizer.json").write_text("{}"), "model.bad_tokenizer", "vocabulary"),
    "token gap": (
        lambda s: (s / "tokenizer.json").write_text('{"model":{"vocab":{"a":0,"b":2}}}'),
        "model.bad_tokenizer",
        "gaps",
    ),
    "no weights": (lambda s: (s / SINGLE).unlink(), "model.no_weights", "safetensors"),
    "pickle": (lambda s: (s / SINGLE).rename(s / "pytorch_model.bin"), "model.pickle", "pytorch_model.bin"),
    "empty weights": (lambda s: _truncate(s / SINGLE, 0), "model.truncated", SINGLE),
    "cut in header": (lambda s: _truncate(s / SINGLE, 100), "model.truncated", SINGLE),
    "cut in data": (lambda s: _truncate(s / SINGLE, (s / SINGLE).stat().st_size - 1), "model.truncated", SINGLE),
    "absurd header": (lambda s: (s / SINGLE).write_bytes(b"\xff" * 64), "model.bad_safetensors", SINGLE),
    "header is no JSON": (lambda s: _header(s / SINGLE, b"hello"), "model.bad_safetensors", "JSON"),
    "header is a list": (lambda s: _header(s / SINGLE, b"[]"), "model.bad_safetensors", "table"),
    "malformed entry": (lambda s: _header(s / SINGLE, b'{"x":{"dtype":"F32"}}'), "model.bad_safetensors", "x"),
    "wrong length": (
        lambda s: _header(s / SINGLE, b'{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}'),
        "model.bad_safetensors",
        "shape",
    ),
    "int8 weights": (
        lambda s: _header(s / SINGLE, b'{"x":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}}'),
        "model.bad_dtype",
        "I8",
    ),
    "missing tensor": (lambda s: _with_weight(s, FC1, None), "model.missing_tensor", FC1),
    "shape mismatch": (lambda s: _with_weight(s, FC1, np.zeros((64, 33), "f4")), "model.shape_mismatch", FC1),
    "NaN": (lambda s: _with_weight(s, FC1, np.full((64, 32), np.nan, "f4")), "model.bad_weights", FC1),
}


@pytest.mark.parametrize("case", DAMAGES)
def test_bad_source_is_told_and_leaves_nothing(tmp_path: Path, case: str) -> None:
    damage, code, word = DAMAGES[case]
    source = tiny_whisper.make(tmp_path / "source")
    damage(source)
    with pytest.raises(StarlingError) as caught:
        convert(source, tmp_path / "out" / "target", short_context=False)
    assert caught.value.code == code
    assert word in caught.value.message
    assert caught.value.fix
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../secret.safetensors", "/etc/passwd", "..\\x.safetensors", "pytorch_model.bin", ".."]
)
def test_index_may_not_lead_out_of_its_folder(tmp_path: Path, name: str) -> None:
    source = tiny_whisper.make(tmp_path / "source", shards=2)
    shutil.copy(source / "model-00001-of-00002.safetensors", tmp_path / "secret.safetensors")
    index = source / "model.safetensors.index.json"
    data = json.loads(index.read_bytes())
    data["weight_map"][FC1] = name
    index.write_text(json.dumps(data))
    with pytest.raises(StarlingError, match=r"names .* no file of this folder") as caught:
        SafetensorsFolder(source)
    assert caught.value.code == "model.bad_index"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weight_map": 3}'])
def test_damaged_index(tmp_path: Path, text: str) -> None:
    source = tiny_whisper.make(tmp_path / "source", shards=2)
    (source / "model.safetensors.index.json").write_text(text)
    with pytest.raises(StarlingError) as caught:
        SafetensorsFolder(source)
    assert caught.value.code == "model.bad_index"


def test_missing_shard_is_named(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source", shards=2)
    (source / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(StarlingError, match="model-00002-of-00002") as caught:
        convert(source, tmp_path / "target", short_context=False)
    assert caught.value.code == "model.missing_file"


def test_index_that_names_the_wrong_shard(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source", shards=2)
    index = source / "model.safetensors.index.json"
    data = json.loads(index.read_bytes())
    other = {"1": "2", "2": "1"}[data["weight_map"][FC1][10]]
    data["weight_map"][FC1] = f"model-0000{other}-of-00002.safetensors"
    index.write_text(json.dumps(data))
    with pytest.raises(StarlingError, match=FC1) as caught:
        SafetensorsFolder(source)
    assert caught.value.code == "model.missing_tensor"


def test_bfloat16_is_widened_exactly(tmp_path: Path) -> None:
    values = np.array([0.0, -0.0, 1.0, -2.5, 2.0**-130, 3.0e38], np.float32)
    exact = (values.view("<u4") & np.uint32(0xFFFF0000)).view("<f4")
    tiny_whisper.write_tensors(tmp_path / "x.safetensors", {"x": exact.reshape(2, 3)}, "BF16")
    read = SafetensorsFile(tmp_path / "x.safetensors").read("x")
    assert read.dtype == np.float32
    assert read.tobytes() == exact.tobytes()


def test_existing_target_is_kept(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "mine").write_text("x")
    with pytest.raises(StarlingError) as caught:
        convert(source, tmp_path / "target", short_context=False)
    assert caught.value.code == "model.target_exists"
    assert (tmp_path / "target" / "mine").read_text() == "x"


def test_unknown_quantization(tmp_path: Path) -> None:
    with pytest.raises(StarlingError) as caught:
        convert(tmp_path, tmp_path / "target", quantization="int4", short_context=False)
    assert caught.value.code == "model.bad_quantization"


def test_too_little_space_is_told_before_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(writing.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(StarlingError) as caught:
        convert(source, tmp_path / "target", short_context=False)
    assert caught.value.code == "model.disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to set")
def test_disk_that_fills_up_while_writing_leaves_nothing(tmp_path: Path) -> None:
    import resource
    import signal

    source = tiny_whisper.make(tmp_path / "source")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(StarlingError) as caught:
            convert(source, tmp_path / "target", short_context=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.code == "model.disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_parent_that_is_a_file(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StarlingError) as caught:
        convert(source, tmp_path / "file" / "target", short_context=False)
    assert caught.value.code == "model.write_failed"


def test_interrupt_leaves_nothing(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")

    def interrupt(done: float) -> None:
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(source, tmp_path / "target", short_context=False, on_progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_leftovers_of_a_killed_conversion_are_swept(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    (tmp_path / ".target.part").mkdir()
    (tmp_path / ".target.part" / "model.bin").write_text("half")
    convert(source, tmp_path / "target", short_context=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]


def test_encoder_too_large_for_half_precision(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    _with_weight(source, FC1, np.full((64, 32), 1e6, np.float32))
    with pytest.raises(StarlingError, match=FC1) as caught:
        export_encoder(source, tmp_path / "encoder.safetensors")
    assert caught.value.code == "model.out_of_range"


def test_encoder_that_cannot_be_written(tmp_path: Path) -> None:
    source = tiny_whisper.make(tmp_path / "source")
    with pytest.raises(StarlingError) as caught:
        export_encoder(source, tmp_path / "absent" / "encoder.safetensors")
    assert caught.value.code == "model.write_failed"


def test_quantized_rows_are_within_half_a_step() -> None:
    weight = np.random.default_rng(0).standard_normal((5, 7, 3), np.float32)
    weight[2] = 0
    quantized, scale = quantize_rows(weight)
    assert (quantized.dtype, scale.dtype) == (np.int8, np.float32)
    error = np.abs(quantized / scale[:, None, None] - weight)
    assert (error <= 0.5001 / scale[:, None, None]).all()
    assert np.abs(quantized).max(axis=(1, 2)).tolist() == [127, 127, 0, 127, 127]


def test_os_errors_have_codes(tmp_path: Path) -> None:
    for number, code in [(errno.ENOSPC, "model.disk_full"), (errno.EACCES, "model.write_failed")]:
        with pytest.raises(StarlingError) as caught, writing.whole_folder(tmp_path / "target", 1):
            raise OSError(number, os.strerror(number))
        assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []
