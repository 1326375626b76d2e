"""The host shim of the AIE API computes what the hardware's documents say, above all in rounding."""

import shutil

import numpy as np
import pytest

from kernels.objects import CoreObject
from starling.core.errors import StarlingError
from starling.npu.emulation import cores
from starling.npu.xrt.bf16 import from_bf16, to_bf16

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")

TRUNCATE, NEAREST_AWAY, NEAREST_EVEN = 0, 11, 12
SOURCE = r"""
#include <aie_api/aie.hpp>
using F = aie::vector<float, 16>;
using H = aie::vector<bfloat16, 16>;
using I = aie::vector<int32, 16>;
static F f(const float *p) { return aie::load_v<16>(p); }
extern "C" {
void narrow(const float *in, bfloat16 *out, int n) {
  for (int i = 0; i < n; i += 16) aie::store_v(out + i, aie::accum<accfloat, 16>(f(in + i)).to_vector<bfloat16>());
}
void scalar(const float *in, bfloat16 *out, int n) {
  for (int i = 0; i < n; ++i) out[i] = bfloat16(in[i]);
}
void widen(const bfloat16 *in, float *out) {
  aie::accum<accfloat, 16> wide;
  wide.from_vector(aie::load_v<16>(in));
  aie::store_v(out, wide.to_vector<float>());
}
void arithmetic(const float *a, const float *b, float *out) {
  const H c = aie::accum<accfloat, 16>(f(a)).to_vector<bfloat16>();
  const H d = aie::accum<accfloat, 16>(f(b)).to_vector<bfloat16>();
  F sum = aie::add(f(a), f(b)), difference = aie::sub(f(a), f(b)), product = aie::mul(c, d);
  F negated = aie::neg(f(a)), absolute = aie::abs(f(a)), low = aie::min(f(a), f(b)), high = aie::max(f(a), f(b));
  F chosen = aie::select(f(a), f(b), aie::lt(f(a), f(b))), more = aie::mac(aie::accum<accfloat, 16>(f(a)), c, d);
  F less = aie::msc(aie::accum<accfloat, 16>(f(a)), c, d), same = aie::broadcast<float, 16>(a[3]);
  const F all[] = {sum, difference, product, negated, absolute, low, high, chosen, more, less, same};
  for (const F &v : all) { aie::store_v(out, v); out += 16; }
}
void bf16_sum(const bfloat16 *a, const bfloat16 *b, bfloat16 *out) {
  aie::store_v(out, aie::add(aie::load_v<16>(a), aie::load_v<16>(b)));
}
void reduce(const float *a, const bfloat16 *b, float *out) {
  out[0] = aie::reduce_add(f(a)); out[1] = aie::reduce_max(f(a)); out[2] = aie::reduce_min(f(a));
  out[3] = aie::reduce_add(aie::load_v<16>(b));
}
void shift(const int32 *in, int8 *out, int bits) {
  aie::accum<acc32, 16> sum(aie::load_v<16>(in));
  aie::store_v(out, sum.to_vector<int8>(bits));
}
void saturate(int mode) { aie::set_saturation(static_cast<aie::saturation_mode>(mode)); }
void move(const int32 *in, int32 *out) {
  const I a = aie::load_v<16>(in), b = aie::load_v<16>(in + 16);
  auto [zip, zipped] = aie::interleave_zip(a, b, 4);
  auto [even, odd] = aie::interleave_unzip(a, b, 2);
  const I all[] = {aie::transpose(a, 2, 8), aie::reverse(a), zip, zipped, even, odd,
                   aie::concat(b.extract<8>(1), a.extract<8>(0))};
  for (const I &v : all) { aie::store_v(out, v); out += 16; }
}
void fixed(const float *in, int32 *out, float *back) {
  aie::store_v(out, aie::to_fixed(f(in), 4));
  aie::store_v(back, aie::to_float(aie::to_fixed(f(in), 4), 4));
}
#ifdef ROWS
using Unit = aie::mmul<ROWS, DEPTH, COLUMNS, TYPE, TYPE, accauto>;
void multiply(const TYPE *a, const TYPE *b, const OUT *c, OUT *out) {
  Unit unit(aie::load_v<Unit::size_C>(c)), fresh;
  unit.mac(aie::load_v<Unit::size_A>(a), aie::load_v<Unit::size_B>(b));
  fresh.mul(aie::load_v<Unit::size_A>(a), aie::load_v<Unit::size_B>(b));
  aie::store_v(out, unit.to_vector<OUT>());
  aie::store_v(out + Unit::size_C, fresh.to_vector<OUT>());
}
#endif
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shim")


def compiled(folder, device="npu1", **defines):
    source = folder / "core.cc"
    source.write_text(SOURCE)
    pairs = tuple((name, str(value)) for name, value in defines.items())
    return cores.library(CoreObject("core.o", source, pairs), device)


@pytest.fixture(scope="module")
def shim(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARLING_HOME", str(folder))
        yield compiled(folder)
    cores._loaded.cache_clear()


def floats(*bits):
    return np.array(bits, np.uint32).view(np.float32)


def hard_numbers():
    """Ties, neighbours of ties, zeros, infinities, NaN with any payload, denormals, the largest."""
    upper = np.array([0, 0x8000, 1, 0x3F80, 0x3F81, 0xBF80, 0xBF81, 0x7F7F, 0xFF7F, 0x7F80, 0xFF80, 0x7FC0, 0x0080])
    lower = np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF])
    chosen = (upper[:, None] << 16 | lower).reshape(-1).astype(np.uint32)
    more = np.random.default_rng(0).integers(0, 1 << 32, 4096 - len(chosen), np.uint32)
    return np.concatenate([chosen, more]).view(np.float32)


def expected(values, mode):
    bits = values.view(np.uint32)
    if mode == NEAREST_EVEN:
        result = to_bf16(values)
    elif mode == NEAREST_AWAY:
        result = ((bits.astype(np.uint64) + 0x8000) >> 16).astype(np.uint16)
    else:
        result = (bits >> 16).astype(np.uint16)
    return np.where(np.isnan(values), (bits >> 16).astype(np.uint16) | 0x40, result)


@pytest.mark.parametrize("mode", [TRUNCATE, NEAREST_AWAY, NEAREST_EVEN])
@pytest.mark.parametrize("function", ["narrow", "scalar"])
def test_rounding_to_bfloat16(shim, mode, function):
    values = hard_numbers()
    out = np.zeros(len(values), np.uint16)
    shim.call(function, [values, out, len(values)], cores.Registers(rounding=mode))
    np.testing.assert_array_equal(out, expected(values, mode))


def test_truncation_is_towards_zero(shim):
    values = np.resize(floats(0x3F80FFFF, 0xBF80FFFF), 16)
    out = np.zeros(16, np.uint16)
    shim.call("narrow", [values, out, 16], cores.Registers())
    assert set(out.tolist()) == {0x3F80, 0xBF80}


def test_widening_is_exact(shim):
    halves = np.random.default_rng(0).integers(0, 1 << 16, 16, np.uint16)
    out = np.zeros(16, np.float32)
    shim.call("widen", [halves, out])
    np.testing.assert_array_equal(out.view(np.uint32), from_bf16(halves).view(np.uint32))


def test_arithmetic(shim):
    a, b = (from_bf16(to_bf16(x)) for x in np.random.default_rng(1).standard_normal((2, 16)))
    a[0], b[0] = -0.0, 0.0
    out = np.zeros((11, 16), np.float32)
    shim.call("arithmetic", [a, b, out])
    low, high = np.minimum(a, b), np.maximum(a, b)
    want = [a + b, a - b, a * b, -a, np.abs(a), low, high, np.where(a < b, b, a), a + a * b, a - a * b]
    for got, exact in zip(out, [*want, np.full(16, a[3])], strict=True):
        np.testing.assert_allclose(got, exact, rtol=1e-6, atol=1e-7)
    assert np.signbit(out[4]).sum() == 0
    assert not np.signbit(out[3][0])


def test_bfloat16_sums_are_rounded_once(shim):
    a, b = (to_bf16(x) for x in np.random.default_rng(2).standard_normal((2, 16)))
    out = np.zeros(16, np.uint16)
    shim.call("bf16_sum", [a, b, out], cores.Registers(rounding=NEAREST_EVEN))
    np.testing.assert_array_equal(out, to_bf16(from_bf16(a) + from_bf16(b)))


def test_reductions(shim):
    a = np.random.default_rng(3).standard_normal(16).astype(np.float32)
    b = to_bf16(a)
    out = np.zeros(4, np.float32)
    shim.call("reduce", [a, b, out], cores.Registers(rounding=NEAREST_EVEN))
    np.testing.assert_allclose(out[:3], [a.sum(), a.max(), a.min()], rtol=1e-5)
    assert out[3] == pytest.approx(from_bf16(b).sum(), rel=2**-7)


@pytest.mark.parametrize(
    ("mode", "want"),
    [
        (TRUNCATE, [0, 0, 0, 1, -1, -1, -1, -2]),
        (NEAREST_AWAY, [0, 1, 1, 2, 0, -1, -1, -2]),
        (NEAREST_EVEN, [0, 0, 1, 2, 0, 0, -1, -2]),
    ],
)
def test_shifts_are_rounded(shim, mode, want):
    values = np.resize(np.array([1, 2, 3, 6, -1, -2, -3, -6], np.int32), 16)
    out = np.zeros(16, np.int8)
    shim.call("shift", [values, out, 2], cores.Registers(rounding=mode))
    assert out[:8].tolist() == want


@pytest.mark.parametrize(("mode", "want"), [(0, [44, -44, 127]), (1, [127, -128, 127]), (3, [127, -127, 127])])
def test_saturation(shim, mode, want):
    values = np.resize(np.array([300, -300, 127], np.int32), 16)
    out = np.zeros(16, np.int8)
    registers = cores.Registers()
    shim.call("saturate", [mode], registers)
    shim.call("shift", [values, out, 0], registers)
    assert out[:3].tolist() == want


def test_elements_move(shim):
    values = np.arange(32, dtype=np.int32)
    out = np.zeros((7, 16), np.int32)
    shim.call("move", [values, out])
    a, b = values[:16], values[16:]
    zipped = np.stack([a.reshape(4, 4), b.reshape(4, 4)], 1).reshape(2, 16)
    pairs = values.reshape(-1, 2)
    want = [a.reshape(2, 8).T.reshape(-1), a[::-1], *zipped, pairs[::2].reshape(-1), pairs[1::2].reshape(-1)]
    np.testing.assert_array_equal(out, [*want, np.concatenate([b[8:], a[:8]])])


def test_fixed_point(shim):
    values = np.linspace(-2, 2, 16, dtype=np.float32)
    out, back = np.zeros(16, np.int32), np.zeros(16, np.float32)
    shim.call("fixed", [values, out, back], cores.Registers(rounding=NEAREST_EVEN))
    np.testing.assert_array_equal(out, np.rint(values * 16))
    np.testing.assert_array_equal(back, np.rint(values * 16) / 16)


@pytest.mark.parametrize("call", ["aie::mul(f(in), f(in))", "aie::mac(aie::accum<accfloat, 16>(), f(in), 2.0f)"])
def test_there_is_no_multiplier_of_float32(folder, monkeypatch, call):
    """The API takes it, and the hardware computes nonsense."""
    monkeypatch.setenv("STARLING_HOME", str(folder))
    source = folder / "float.cc"
    source.write_text(SOURCE + f'extern "C" void square(const float *in) {{ auto result = {call}; }}')
    with pytest.raises(StarlingError, match="no multiplier of float32"):
        cores.library(CoreObject("core.o", source), "npu2")


SHAPES = [
    ("npu1", 4, 8, 4, "bfloat16", "float"),
    ("npu2", 4, 8, 8, "bfloat16", "float"),
    ("npu1", 4, 8, 8, "int8", "int32"),
    ("npu2", 8, 8, 8, "int8", "int32"),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape[0]} {shape[4]}")
def test_matrix_unit(folder, monkeypatch, shape):
    monkeypatch.setenv("STARLING_HOME", str(folder))
    device, r, s, t, element, out_type = shape
    library = compiled(folder, device, ROWS=r, DEPTH=s, COLUMNS=t, TYPE=element, OUT=out_type)
    random = np.random.default_rng(4)
    if element == "int8":
        a, b = random.integers(-128, 128, (r, s)).astype(np.int8), random.integers(-128, 128, (s, t)).astype(np.int8)
        c = random.integers(-1000, 1000, (r, t)).astype(np.int32)
        exact = a.astype(np.int32) @ b.astype(np.int32)
    else:
        a, b = to_bf16(random.standard_normal((r, s))), to_bf16(random.standard_normal((s, t)))
        c = random.standard_normal((r, t)).astype(np.float32)
        exact = from_bf16(a) @ from_bf16(b)
    out = np.zeros((2, r, t), c.dtype)
    library.call("multiply", [a, b, c, out])
    np.testing.assert_allclose(out, [c + exact, exact], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "shape", [("npu1", 8, 8, 8, "int8"), ("npu1", 4, 8, 8, "bfloat16"), ("npu2", 4, 4, 4, "bfloat16")]
)
def test_a_shape_that_the_unit_has_not_does_not_compile(folder, monkeypatch, shape):
    monkeypatch.setenv("STARLING_HOME", str(folder))
    device, r, s, t, element = shape
    with pytest.raises(StarlingError, match="no such shape"):
        compiled(
            folder, device, ROWS=r, DEPTH=s, COLUMNS=t, TYPE=element, OUT="int32" if element == "int8" else "float"
        )
