"""Design, C++ and reference agree: on the emulated array, against float32."""

import dataclasses
import importlib
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from kernels.gemm import reference
from kernels.gemm.shapes import COLUMNS, DEFAULT_TILES, FRAGMENTS, L1_BYTES, ROWS, Shape
from starling import locate
from starling.npu.emulation.iron import load
from starling.npu.emulation.iron.package import installed
from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.layout import padded, to_blocks

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")

with installed(locate.shipped("kernels")):
    design = importlib.import_module("kernels.gemm.design")

ERROR = 1e-2
SIGNED_ERROR = 5e-4
DEVICES = ("npu1", "npu2")
PATTERN = 0xAA
README = Path(reference.__file__).with_name("README.md").read_text("utf-8")


def random(*shape, seed=0, scale=1.0):
    """bfloat16 numbers, as float32."""
    return from_bf16(to_bf16(scale * np.random.default_rng([seed, *shape]).standard_normal(shape)))


def tiles(device, m=16, k=32, n=None):
    return {"device": device, "tile_m": m, "tile_k": k, "tile_n": n or 2 * FRAGMENTS[device, "bf16"][2]}


def bf16(values):
    return np.ascontiguousarray(to_bf16(values)).reshape(-1).view(np.uint8)


def launch(parameters, *inputs):
    """C as bytes, in a buffer that held a pattern; and what ran."""
    shape = Shape(**parameters)
    width = {"bf16": 2, "f32": 4, "i32": 4}[shape.out]
    c = np.full(shape.sizes[2] * width, PATTERN, np.uint8)
    ran = load("gemm", parameters).run([*inputs, c])
    return c, ran


def numbers(c, out):
    return from_bf16(c.view(np.uint16)) if out == "bf16" else c.view(np.float32 if out == "f32" else np.int32)


def check(got, want):
    assert got.shape == want.shape
    relative = (got - want) / np.maximum(1, np.abs(want))
    assert np.abs(relative).max() <= ERROR
    assert abs((relative * np.sign(want)).mean()) <= SIGNED_ERROR


def stored(b, how, tile_k, tile_n):
    return {"blocks": lambda: to_blocks(b, tile_k, tile_n), "rows": lambda: b, "transposed": lambda: b.T}[how]()


def product(parameters, a, b, bias=None):
    """Pads the problem to what the array takes, runs it, and cuts the result out."""
    m, k, n = *a.shape, b.shape[1]
    columns = COLUMNS[parameters["device"]]
    sizes = {
        "m": padded(m, ROWS * parameters["tile_m"]),
        "k": padded(k, parameters["tile_k"]),
        "n": padded(n, columns * parameters["tile_n"]),
    }
    parameters = {**sizes, **parameters, "bias": bias is not None}
    wide_a = np.pad(a, ((0, sizes["m"] - m), (0, sizes["k"] - k)))
    wide_b = np.pad(b, ((0, sizes["k"] - k), (0, sizes["n"] - n)))
    how = parameters.get("b", "blocks")
    inputs = [bf16(wide_a), bf16(stored(wide_b, how, parameters["tile_k"], parameters["tile_n"]))]
    if bias is not None:
        inputs.append(np.pad(bias, (0, sizes["n"] - n)).view(np.uint8))
    c, ran = launch(parameters, *inputs)
    return numbers(c, parameters.get("out", "bf16")).reshape(sizes["m"], sizes["n"])[:m, :n], ran


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("how", ["blocks", "rows", "transposed"])
@pytest.mark.parametrize("out", ["bf16", "f32"])
@pytest.mark.parametrize("bias", [False, True])
def test_product(device, how, out, bias):
    columns = COLUMNS[device]
    parameters = tiles(device) | {"b": how, "out": out}
    m, k, n = 2 * ROWS * 16, 3 * 32, 2 * columns * parameters["tile_n"]
    a, b = random(m, k), random(k, n, seed=1, scale=k**-0.5)
    values = random(n, seed=2) if bias else None
    got, ran = product(parameters, a, b, values)
    want = reference.gemm(a, b, values)
    check(got, want)
    if out == "f32":
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)
    cores = ROWS * columns
    assert ran.symbols["gemm_mac"] == 2 * 2 * 3 * cores
    assert ran.symbols["gemm_store"] == ran.symbols["gemm_zero"] == 2 * 2 * cores
    assert ran.symbols["gemm_columns"] == (2 * cores if bias else 0)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("out", ["bf16", "f32"])
def test_gelu_after_the_bias(device, out):
    n = COLUMNS[device] * 2 * FRAGMENTS[device, "bf16"][2]
    a, b, bias = random(64, 64), random(64, n, seed=1, scale=0.4), random(n, seed=2)
    got, _ = product(tiles(device) | {"out": out, "gelu": True}, a, b, bias)
    want = reference.gemm(a, b, bias, gelu=True)
    check(got, want)
    assert want.min() < -0.1
    assert want.max() > 5
    if out == "f32":
        assert (np.abs(got - want) / np.maximum(1, np.abs(want))).max() < 5e-4


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("device", DEVICES)
def test_shapes_that_do_not_divide_the_tile(device, seed):
    numbers_ = np.random.default_rng(seed)
    m, k, n = (int(numbers_.integers(1, limit)) for limit in (200, 150, 200))
    how = ("blocks", "rows", "transposed")[seed % 3]
    a, b = random(m, k, seed=seed), random(k, n, seed=seed + 1, scale=k**-0.5)
    bias = random(n, seed=seed + 2) if seed % 2 else None
    got, _ = product(tiles(device) | {"b": how, "out": "bf16"}, a, b, bias)
    check(got, reference.gemm(a, b, bias))


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("tile", [(4, 8, 8), (48, 64, 16), (8, 128, 8), (32, 16, 64), (64, 64, 64)])
def test_tiles(device, tile):
    m, k, n = tile
    parameters = {"device": device, "tile_m": m, "tile_k": k, "tile_n": n}
    a, b = random(ROWS * m, 2 * k), random(2 * k, COLUMNS[device] * n, seed=1, scale=(2 * k) ** -0.5)
    bias = random(b.shape[1], seed=2)
    got, _ = product(parameters, a, b, bias)
    check(got, reference.gemm(a, b, bias))


@pytest.mark.parametrize("device", DEVICES)
def test_result_goes_into_columns_of_a_larger_matrix(device):
    parameters = tiles(device)
    n = COLUMNS[device] * parameters["tile_n"]
    m, k, ldc, offset = 64, 32, 3 * n + 4, n + 2
    a, b = random(m, k), random(k, n, seed=1)
    parameters |= {"m": m, "k": k, "n": n, "ldc": ldc, "c_offset": offset, "c_elements": (m + 1) * ldc}
    c, _ = launch(parameters, bf16(a), bf16(to_blocks(b, 32, parameters["tile_n"])))
    whole = c.view(np.uint16).reshape(m + 1, ldc)
    check(from_bf16(whole[:m, offset : offset + n]), reference.gemm(a, b))
    untouched = np.ones(whole.shape, bool)
    untouched[:m, offset : offset + n] = False
    assert (whole[untouched] == 0xAAAA).all()


@pytest.mark.parametrize("device", DEVICES)
def test_a_head_of_attention_inside_queries_keys_and_values(device):
    heads, size, positions = 3, 64, 128
    width = heads * size
    qkv = random(positions, 3 * width)
    head = 1
    q, k, v = (qkv[:, part * width + head * size :][:, :size] for part in range(3))
    shared = {"lda": 3 * width, "ldb": 3 * width, "a_elements": qkv.size, "b_elements": qkv.size}
    columns = COLUMNS[device]
    scores = tiles(device, 32, 64, positions // columns) | shared | {"m": positions, "k": size, "n": positions}
    scores |= {"b": "transposed", "out": "f32", "a_offset": head * size, "b_offset": width + head * size}
    c, _ = launch(scores, bf16(qkv), bf16(qkv))
    got = numbers(c, "f32").reshape(positions, positions)
    np.testing.assert_allclose(got, q @ k.T, rtol=1e-4, atol=1e-4)

    weights = from_bf16(to_bf16(np.abs(random(positions, positions, seed=1)) / positions))
    mix = tiles(device, 32, 64, size // columns) | {"m": positions, "k": positions, "n": size, "b": "rows"}
    mix |= {"ldb": 3 * width, "b_offset": 2 * width + head * size, "b_elements": qkv.size}
    mix |= {"ldc": width, "c_offset": head * size, "c_elements": positions * width}
    c, _ = launch(mix, bf16(weights), bf16(qkv))
    check(numbers(c, "bf16").reshape(positions, width)[:, head * size :][:, :size], weights @ v)


@pytest.mark.parametrize("device", DEVICES)
def test_rows_of_a_may_overlap(device):
    channels, taps, stride, m = 16, 3, 2, 64
    parameters = tiles(device, 16, 16)
    n = COLUMNS[device] * parameters["tile_n"]
    flat = random((m * stride + 2) * channels)
    rows = np.lib.stride_tricks.sliding_window_view(flat, taps * channels)[:: stride * channels][:m]
    b = random(taps * channels, n, seed=1, scale=0.2)
    parameters |= {"m": m, "k": taps * channels, "n": n, "lda": stride * channels, "a_elements": flat.size}
    c, _ = launch(parameters, bf16(flat), bf16(to_blocks(b, 16, parameters["tile_n"])))
    check(numbers(c, "bf16").reshape(m, n), rows @ b)


def integers(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).integers(-128, 128, shape).astype(np.int8)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("how", ["blocks", "rows", "transposed"])
def test_int8_sums_are_exact(device, how):
    m, k, n = 2 * ROWS * 16, 5 * 32, COLUMNS[device] * 16
    a, b = integers(m, k), integers(k, n, seed=1)
    a[0], b[:, 0] = -128, -128  # the largest sum
    parameters = {"device": device, "m": m, "k": k, "n": n, "tile_m": 16, "tile_k": 32, "tile_n": 16}
    parameters |= {"dtype": "i8", "out": "i32", "b": how}
    inputs = [np.ascontiguousarray(x).reshape(-1).view(np.uint8) for x in (a, stored(b, how, 32, 16))]
    c, _ = launch(parameters, *inputs)
    want = reference.gemm_i8(a, b)
    assert want[0, 0] == 128 * 128 * k
    np.testing.assert_array_equal(c.view(np.int32).reshape(m, n), want)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("out", ["bf16", "f32"])
@pytest.mark.parametrize("how", ["blocks", "transposed"])
def test_int8_with_scales(device, out, how):
    m, k, n = 64, 64, 2 * COLUMNS[device] * 16
    a, b = integers(m, k), integers(k, n, seed=1)
    scale = np.random.default_rng(2).uniform(1e-5, 2e-4, n).astype(np.float32)
    bias = random(n, seed=3)
    parameters = {"device": device, "m": m, "k": k, "n": n, "tile_m": 16, "tile_k": 32, "tile_n": 16}
    parameters |= {"dtype": "i8", "out": out, "bias": True, "b": how}
    inputs = [np.ascontiguousarray(x).reshape(-1).view(np.uint8) for x in (a, stored(b, how, 32, 16))]
    c, _ = launch(parameters, *inputs, np.concatenate([scale, bias]).view(np.uint8))
    got = numbers(c, out).reshape(m, n)
    want = reference.epilogue(reference.gemm_i8(a, b), scale, bias, gelu=False)
    check(got, want)
    if out == "f32":
        # Factors are kept to 16 bits: the core multiplies bfloat16 only.
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=5e-5)


def test_one_image_serves_all_shapes():
    base = tiles("npu1") | {"bias": True, "b": "rows"}
    small = base | {"m": 64, "k": 32, "n": 32}
    large = base | {"m": 256, "k": 96, "n": 128, "lda": 100, "ldc": 130, "c_offset": 2}
    first, second = load("gemm", small), load("gemm", large)
    assert design.objects(**small) == design.objects(**large)
    assert set(design.CORE) | {"m", "k", "n", "lda", "a_offset", "ldb", "b_offset", "ldc", "c_offset"} | {
        "a_elements",
        "b_elements",
        "c_elements",
    } == {field.name for field in dataclasses.fields(Shape)}
    assert set(design.CORE) <= set(small) | {"dtype", "out", "gelu"}
    for program, parameters in ((first, small), (second, large), (first, small)):
        shape = Shape(**parameters)
        a, b, bias = random(shape.m, shape.k), random(shape.k, shape.n, seed=1), random(shape.n, seed=2)
        whole = np.zeros((shape.m, shape.a_stride), np.float32)
        whole[:, : shape.k] = a
        c = np.full(shape.sizes[2], 0xAAAA, np.uint16)
        memory = [bf16(whole), bf16(b), bias.view(np.uint8), c.view(np.uint8)]
        program.run(memory)
        rows = np.lib.stride_tricks.as_strided(
            c[shape.c_offset :], (shape.m, shape.n), (2 * shape.c_stride, 2), writeable=False
        )
        check(from_bf16(rows), reference.gemm(a, b, bias))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_stays_so(bad):
    a, b = random(64, 64), random(64, 32, seed=1)
    a[3, 5] = bad
    got, _ = product(tiles("npu1"), a, b, random(32, seed=2))
    assert not np.isfinite(got[3]).any()
    assert np.isfinite(np.delete(got, 3, axis=0)).all()
    got, _ = product(tiles("npu1") | {"gelu": True}, a, b, None)
    assert np.isnan(got[3]).any()


@pytest.mark.parametrize("device", DEVICES)
def test_rounding_is_to_the_nearest(device):
    """Results that lie between two bfloat16 numbers: cutting off would be wrong on average."""
    n = COLUMNS[device] * tiles(device)["tile_n"]
    a, b = np.abs(random(64, 64)), np.abs(random(64, n, seed=1))
    got, _ = product(tiles(device), a, b)
    exact = reference.gemm(a, b)
    assert abs(((got - exact) / exact).mean()) < 2e-4
    np.testing.assert_allclose(got, from_bf16(to_bf16(exact)), rtol=2**-7)
    assert (got == from_bf16(to_bf16(exact))).mean() > 0.98


@pytest.mark.parametrize("device", DEVICES)
def test_what_lies_in_the_middle_becomes_even(device):
    n = COLUMNS[device] * tiles(device)["tile_n"]
    a, b = np.zeros((64, 32), np.float32), np.zeros((32, n), np.float32)
    a[:, :2], b[0] = 1, 1
    b[1] = np.resize([2.0**-8, 3 * 2.0**-8, -(2.0**-9), -3 * 2.0**-9], n)  # halves of a step above and below 1
    got, _ = product(tiles(device), a, b)
    np.testing.assert_array_equal(got[0, :4], [1, 1 + 2.0**-6, 1, 1 - 2.0**-7])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"m": 65}, "m = 65 is not a multiple of 64"),
        ({"k": 48}, "k = 48 is not a multiple"),
        ({"n": 40}, "n = 40 is not a multiple"),
        ({"tile_m": 6, "m": 24}, "tile_m = 6"),
        ({"m": 65 * 64}, "64 times"),
        ({"lda": 65}, "a_stride = 65 elements of bf16"),
        ({"c_offset": 1}, "c_offset = 1"),
        ({"out": "i32"}, "no product of bf16 into i32"),
        ({"dtype": "i8", "out": "i32", "bias": True}, "int8 has scales"),
        ({"dtype": "i8", "out": "i32", "gelu": True}, "GELU needs"),
        ({"device": "npu3"}, "npu3"),
        ({"tile_k": 256, "k": 256, "bias": True}, "too high for a bias"),
    ],
)
def test_what_does_not_fit_is_said(change, words):
    good = {"device": "npu1", "m": 64, "k": 64, "n": 64, "tile_m": 16, "tile_k": 32, "tile_n": 8}
    Shape(**good)
    with pytest.raises(ValueError, match=words):
        Shape(**good | change)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Shape) if field.type == "int"])
@pytest.mark.parametrize("bad", [-1, -64, 64.0, math.nan, "64", None, True])
def test_what_is_no_number_is_refused(name, bad):
    good = {"device": "npu1", "m": 64, "k": 64, "n": 64, "tile_m": 16, "tile_k": 32, "tile_n": 8}
    with pytest.raises(ValueError, match=name):
        Shape(**good | {name: bad})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        *(({name: 0}, f"{name} = 0") for name in ("m", "k", "n", "tile_m", "tile_k", "tile_n")),
        ({"m": 1 << 40}, "more than 64 times"),
        ({"b": "columns"}, "b = 'columns'"),
        ({"ldc": 62}, "written over one another"),
        ({"a_elements": 4095}, "a_elements = 4095, and 4096 are reached"),
        ({"b_elements": 4095, "b_offset": 2}, "b_elements = 4095, and 4098 are reached"),
        ({"c_elements": 1}, "c_elements = 1, and 4096 are reached"),
    ],
)
def test_buffers_that_are_too_small_and_sizes_that_are_none(change, words):
    good = {"device": "npu1", "m": 64, "k": 64, "n": 64, "tile_m": 16, "tile_k": 32, "tile_n": 8}
    with pytest.raises(ValueError, match=words):
        Shape(**good | change)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("kinds", DEFAULT_TILES)
def test_default_tiles_fit_into_a_core(device, kinds):
    dtype, out = kinds
    m, k, n = DEFAULT_TILES[kinds]
    bias = not (dtype == "i8" and out == "i32")
    shape = Shape(device, ROWS * m, k, COLUMNS[device] * n, m, k, n, dtype=dtype, out=out, bias=bias)
    assert shape.l1_bytes <= L1_BYTES
    # The emulation counts for itself.
    placed = load("gemm", {name: value for name, value in dataclasses.asdict(shape).items() if value}).design.tiles
    assert sum(placed.at((0, 2)).memory.values()) == shape.l1_bytes
    names = {"i8": "int8"}
    (row,) = [line for line in README.splitlines() if line.startswith(f"| {names.get(dtype, dtype)} → {out} |")]
    assert row.split("|")[-2].split(" / ")[DEVICES.index(device)].strip() == str(shape.l1_bytes)


def test_rows_of_a_come_through_different_columns():
    for device, columns in COLUMNS.items():
        shape = Shape(device, 64, 32, 16 * columns, 16, 32, 16)
        assert len({design.a_column(shape, row) for row in range(ROWS)}) == ROWS


@pytest.mark.slow
@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("sizes", [(1500, 1280, 1280), (1536, 5120, 1280), (1536, 1280, 5120)])
def test_shapes_of_large_models(device, sizes):
    m, k, n = sizes
    tile_n = 64 if n % (64 * COLUMNS[device]) == 0 else 32
    a, b = random(m, k), random(k, n, seed=1, scale=k**-0.5)
    got, _ = product(tiles(device, 64, 64, tile_n), a, b, random(n, seed=2))
    check(got, reference.gemm(a, b, random(n, seed=2)))
