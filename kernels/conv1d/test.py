"""Convolutions through gemm's design and C++ against a direct one in float32."""

import importlib
import shutil

import numpy as np
import pytest

from kernels.conv1d import reference
from starling import locate
from starling.npu.emulation.iron import load
from starling.npu.emulation.iron.package import installed
from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.layout import conv_weight, to_blocks

with installed(locate.shipped("kernels")):
    design = importlib.import_module("kernels.conv1d.design")
    gemm = importlib.import_module("kernels.gemm.design")

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")

DEVICES = ("npu1", "npu2")


def random(*shape, seed=0, scale=1.0):
    """bfloat16 numbers, as float32."""
    return from_bf16(to_bf16(scale * np.random.default_rng([seed, *shape]).standard_normal(shape)))


def convolve(parameters, x, weight, bias, rest=0.0):
    """Lays x out with a row of zeros on either side; after them ``rest`` up to the buffer's end."""
    out = parameters.get("out", "bf16")
    arguments = design.arguments(**parameters)
    flat = np.full(arguments[0].elements, rest, np.float32)
    padded = np.pad(x, ((1, 1), (0, 0))).reshape(-1)
    flat[: min(flat.size, padded.size)] = padded[: flat.size]
    blocks = to_blocks(conv_weight(weight), parameters["tile_k"], parameters["tile_n"])
    c = np.full(arguments[3].nbytes, 0xAA, np.uint8)
    inputs = [to_bf16(flat), to_bf16(blocks).reshape(-1), bias.astype(np.float32), c]
    ran = load("conv1d", parameters).run([array.view(np.uint8) for array in inputs])
    numbers = from_bf16(c.view(np.uint16)) if out == "bf16" else c.view(np.float32)
    return numbers.reshape(parameters["positions"], parameters["outputs"]), ran


def check(got, want):
    relative = (got - want) / np.maximum(1, np.abs(want))
    assert np.abs(relative).max() <= 1e-2
    assert abs((relative * np.sign(want)).mean()) <= 5e-4


def parameters(device, **other):
    return {
        "device": device,
        "positions": 128,
        "channels": 80,
        "outputs": 128,
        "taps": 3,
        "stride": 1,
        "tile_m": 32,
        "tile_k": 48,
        "tile_n": 16,
    } | other


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("gelu", [False, True])
@pytest.mark.parametrize(
    ("channels", "stride", "tile_k"),
    [(80, 1, 48), (80, 1, 64), (128, 1, 64), (128, 2, 64), (64, 2, 32), (16, 3, 64)],
)
def test_convolution(device, gelu, channels, stride, tile_k):
    chosen = parameters(device, channels=channels, stride=stride, tile_k=tile_k, gelu=gelu)
    x = random(128 * stride, channels)
    weight, bias = random(128, channels, 3, seed=1, scale=(3 * channels) ** -0.5), random(128, seed=2)
    got, ran = convolve(chosen, x, weight, bias)
    check(got, reference.conv1d(x, weight, bias, stride, padding=1, gelu=gelu)[:128])
    assert ran.symbols["gemm_mac"] > 0


@pytest.mark.parametrize("device", DEVICES)
def test_float32_out_is_as_good_as_the_sums(device):
    chosen = parameters(device, out="f32")
    x, weight, bias = random(128, 80), random(128, 80, 3, seed=1, scale=0.1), random(128, seed=2)
    got, _ = convolve(chosen, x, weight, bias)
    np.testing.assert_allclose(got, reference.conv1d(x, weight, bias, 1, 1), rtol=1e-4, atol=1e-4)


def test_what_lies_behind_the_taps_counts_nothing():
    """tile_k = 64 reads 16 elements past 240: the next row, and at the end whatever the buffer holds."""
    chosen = parameters("npu1", tile_k=64)
    x, weight, bias = random(128, 80), random(128, 80, 3, seed=1, scale=0.1), random(128, seed=2)
    zeros, _ = convolve(chosen, x, weight, bias)
    large, _ = convolve(chosen, x, weight, bias, rest=1e30)
    np.testing.assert_array_equal(zeros, large)


@pytest.mark.parametrize("seed", range(6))
def test_clips_that_do_not_divide_the_tile(seed):
    numbers = np.random.default_rng(seed)
    frames, stride = int(numbers.integers(3, 128)), int(numbers.integers(1, 3))
    positions = -(-frames // stride)
    chosen = parameters(DEVICES[seed % 2], stride=stride, channels=48, tile_k=48)
    x = random(frames, 48, seed=seed)
    weight, bias = random(128, 48, 3, seed=1, scale=0.1), random(128, seed=2)
    got, _ = convolve(chosen, x, weight, bias)
    want = reference.conv1d(x, weight, bias, stride, 1)
    check(got[: len(want)], want)
    assert positions == len(want)
    # After the clip there is silence: the bias alone.
    check(got[positions + 1 :], np.broadcast_to(bias, (127 - positions, 128)))


def test_reference_is_a_convolution():
    x, weight, bias = random(9, 4), random(5, 4, 3, seed=1), random(5, seed=2)
    got = reference.conv1d(x, weight, bias, 2, 1)
    assert got.shape == (5, 5)
    wide = np.pad(x, ((1, 1), (0, 0)))
    for position in range(5):
        window = wide[2 * position : 2 * position + 3]
        np.testing.assert_allclose(got[position], np.einsum("oct,tc->o", weight, window) + bias, rtol=1e-4, atol=1e-5)


def test_its_image_is_gemms():
    chosen = parameters("npu1", gelu=True)
    product = {"device": "npu1", "m": 256, "k": 96, "n": 64, "tile_m": 32, "tile_k": 48, "tile_n": 16}
    assert design.objects(**chosen) == gemm.objects(**product, bias=True, gelu=True)
    assert set(design.CORE) <= set(gemm.CORE)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"positions": 100}, "m = 100"), ({"outputs": 100}, "n = 100"), ({"channels": 81}, "a_stride = 81")],
)
def test_what_does_not_fit_is_said(change, words):
    with pytest.raises(ValueError, match=words):
        design.shape(**parameters("npu1", **change))


@pytest.mark.slow
@pytest.mark.parametrize("device", DEVICES)
def test_whispers_convolutions(device):
    """large-v3's second convolution."""
    chosen = parameters(device, positions=1536, channels=1280, outputs=1280, stride=2, tile_m=64, tile_k=64, tile_n=32)
    x = random(3000, 1280)
    weight, bias = random(1280, 1280, 3, seed=1, scale=0.02), random(1280, seed=2)
    got, _ = convolve(chosen | {"gelu": True}, x, weight, bias)
    check(got[:1500], reference.conv1d(x, weight, bias, 2, 1, gelu=True))
