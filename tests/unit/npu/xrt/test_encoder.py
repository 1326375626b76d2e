"""The encoder over made-up weights: against float32, in every bucket, with every fault."""

import gc
from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.models.safetensors_files import SafetensorsFile, write_safetensors
from starling.npu.emulation import pyxrt
from starling.npu.xrt.encoder_weights import EncoderShape, EncoderWeights
from starling.npu.xrt.whisper import BUCKETS_KEPT, XrtEncoder
from tests.helpers.emulated_npu import fresh
from tests.helpers.numpy_whisper import NumpyEncoder
from tests.unit.npu.xrt.tiny_encoder import FRAMES, SIZES, metadata, random_mel, weights, write_encoder


@pytest.fixture(autouse=True)
def emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARLING_NPU", "emulated")


def made(folder: Path, fault: str = "", device: str = "npu1", **sizes: int) -> XrtEncoder:
    fresh(fault, device)
    return XrtEncoder(pyxrt, write_encoder(folder, **sizes), device, emulated=True, deadline_s=30.0)


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("device", ["npu1", "npu2"])
@pytest.mark.parametrize(
    "sizes",
    [{}, {"mels": 128}, {"layers": 1, "inner": 128}, {"width": 256, "heads": 4, "layers": 1}],
    ids=str,
)
def test_any_shape_agrees_with_float32(tmp_path: Path, device: str, sizes: dict[str, int]) -> None:
    encoder = made(tmp_path, device=device, **sizes)
    mel = random_mel(FRAMES, mels=encoder.mels)
    states = encoder.encode(mel)[0]
    expected = NumpyEncoder(tmp_path / "encoder.safetensors")(mel[0])
    assert states.shape == expected.shape == (FRAMES // 2, {**SIZES, **sizes}["width"])
    assert min(map(cosine, states, expected)) > 0.999


@pytest.mark.parametrize("frames", [2, 100, 254, 256, 258, 1024, pytest.param(3000, marks=pytest.mark.slow)])
def test_any_length_agrees_with_float32(tmp_path: Path, frames: int) -> None:
    encoder = made(tmp_path, layers=1)
    mel = random_mel(frames)
    states = encoder.encode(mel)[0]
    assert min(map(cosine, states, NumpyEncoder(tmp_path / "encoder.safetensors")(mel[0]))) > 0.999


def test_a_short_clip_after_a_long_one_hears_nothing_of_it(tmp_path: Path) -> None:
    encoder = made(tmp_path)
    alone = encoder.encode(random_mel(100))
    encoder.encode(random_mel(300, seed=9) * 3)
    assert (encoder.encode(random_mel(100)) == alone).all()


def test_clips_of_a_batch_are_told_in_order(tmp_path: Path) -> None:
    encoder = made(tmp_path)
    mel = random_mel(FRAMES, clips=3)
    together = encoder.encode(mel)
    for number in range(3):
        assert (encoder.encode(mel[number : number + 1])[0] == together[number]).all()


def test_few_buckets_keep_their_buffers(tmp_path: Path) -> None:
    encoder = made(tmp_path, layers=1)
    for frames in (100, 400, 700, 1000, 1500, 100):
        encoder.encode(random_mel(frames))
    assert list(encoder._programs) == [1024, 1536, 256]
    assert len(encoder._programs) == BUCKETS_KEPT


def test_the_context_is_freed_by_closing(tmp_path: Path) -> None:
    system = fresh()
    encoder = XrtEncoder(pyxrt, write_encoder(tmp_path), "npu1", emulated=True)
    encoder.encode(random_mel(FRAMES))
    assert system.contexts == 1
    encoder.close()
    gc.collect()
    assert system.contexts == 0
    with pytest.raises(StarlingError) as refused:
        encoder.encode(random_mel(FRAMES))
    assert refused.value.code == "npu.closed"


def test_one_context_and_weights_uploaded_once(tmp_path: Path) -> None:
    system = fresh()
    encoder = XrtEncoder(pyxrt, write_encoder(tmp_path), "npu1", emulated=True)
    encoder.encode(random_mel(FRAMES))
    synced: list[int] = []
    real = pyxrt.bo.sync
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyxrt.bo, "sync", lambda self, *given: (synced.append(given[1]), real(self, *given))[1])
        encoder.encode(random_mel(FRAMES))
    assert len(synced) == 3  # features and mask up, states down
    assert system.contexts == 1
    assert sum(encoder.launches.values()) == sum(system.launches.values())


@pytest.mark.parametrize(
    "shape", [(1, 80, 131), (1, 81, 130), (80, 130), (1, 80, 130, 1)], ids=["odd", "bands", "flat", "deep"]
)
def test_what_are_no_features(tmp_path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no batch"):
        made(tmp_path).encode(np.zeros(shape, np.float32))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_features_that_are_no_numbers_are_refused_and_forgotten(tmp_path: Path, bad: float) -> None:
    encoder = made(tmp_path)
    mel = random_mel(FRAMES)
    mel[0, 3, 5] = bad
    with pytest.raises(StarlingError) as refused:
        encoder.encode(mel)
    assert refused.value.code == "npu.not_finite"
    assert np.isfinite(encoder.encode(random_mel(FRAMES))).all()


@pytest.mark.parametrize(
    ("fault", "code"),
    [("nan:after=7", "npu.not_finite"), ("firmware:after=9", "npu.firmware"), ("hang:after=30", "npu.timeout")],
)
def test_a_fault_in_a_pass(tmp_path: Path, fault: str, code: str) -> None:
    encoder = made(tmp_path, fault)
    encoder._deadline_s = 0.3 if fault.startswith("hang") else 30.0
    with pytest.raises(StarlingError) as failed:
        encoder.encode(random_mel(FRAMES))
    assert failed.value.code == code
    assert not encoder.launches or code == "npu.not_finite"
    with pytest.raises(StarlingError) as again:
        encoder.encode(random_mel(FRAMES))
    assert again.value.code == code


def test_kernels_for_another_npu_are_noticed_by_their_zeros(tmp_path: Path) -> None:
    fresh(device="npu2")
    encoder = XrtEncoder(pyxrt, write_encoder(tmp_path), "npu1", emulated=True)
    with pytest.raises(StarlingError) as refused:
        encoder.encode(random_mel(FRAMES))
    assert refused.value.code == "npu.zeros"


def test_placement_without_a_launch_claims_no_npu(tmp_path: Path) -> None:
    fresh()
    encoder = XrtEncoder(pyxrt, write_encoder(tmp_path), "npu1", emulated=False)
    assert encoder.placement.device == "unknown"
    encoder.encode(random_mel(FRAMES))
    assert encoder.placement.device == "npu"


@pytest.mark.parametrize(
    ("sizes", "code"),
    [({"width": 48, "heads": 2}, "npu.no_plan"), ({"inner": 100}, "npu.no_plan")],
)
def test_shapes_that_cannot_be_tiled(tmp_path: Path, sizes: dict[str, int], code: str) -> None:
    with pytest.raises(StarlingError) as refused:
        made(tmp_path, **sizes)
    assert refused.value.code == code


def broken(folder: Path, change: object, notes: dict[str, str] | None = None) -> Path:
    tensors = weights()
    change(tensors)  # type: ignore[operator]
    path = folder / "encoder.safetensors"
    write_safetensors(path, tensors, metadata(**SIZES) if notes is None else notes)
    return path


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.pop("model.encoder.layers.1.fc2.bias"), ""),
        (lambda t: t.pop("model.encoder.layers.1.fc2.weight"), "model.missing_tensor"),
        (lambda t: t.update({"model.encoder.conv1.bias": np.zeros(3, np.float32)}), "model.shape_mismatch"),
        (lambda t: t["model.encoder.layers.0.fc1.weight"].__setitem__((0, 0), np.nan), "npu.not_finite"),
        (lambda t: t["model.encoder.layers.0.fc1.weight"].__setitem__((0, 0), 3.4e38), "npu.out_of_range"),
    ],
)
def test_broken_weights(tmp_path: Path, change: object, code: str) -> None:
    fresh()
    path = broken(tmp_path, change)
    if not code:  # a layer without a bias has a bias of zero
        XrtEncoder(pyxrt, path, "npu1", emulated=True)
        return
    with pytest.raises(StarlingError) as refused:
        XrtEncoder(pyxrt, path, "npu1", emulated=True)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "notes",
    [{}, {"d_model": "64"}, {**metadata(**SIZES), "d_model": "x"}, {**metadata(**SIZES), "encoder_layers": "0"},
     {**metadata(**SIZES), "encoder_attention_heads": "7"}, {**metadata(**SIZES), "encoder_ffn_dim": str(1 << 40)}],
)  # fmt: skip
def test_sizes_that_are_none(tmp_path: Path, notes: dict[str, str]) -> None:
    path = broken(tmp_path, lambda tensors: None, notes)
    with pytest.raises(StarlingError) as refused:
        EncoderShape.of(SafetensorsFile(path))
    assert refused.value.code == "model.bad_config"


def test_keys_without_bias_get_zeros(tmp_path: Path) -> None:
    read = EncoderWeights(write_encoder(tmp_path), (32, 32))
    blocks, bias = read.linear(*(f"layers.0.self_attn.{letter}_proj" for letter in "qkv"))
    assert blocks.shape == (12, 4, 32, 32)
    assert bias.shape == (384,)
    assert (bias[128:256] == 0).all()
    assert bias[:128].any()
