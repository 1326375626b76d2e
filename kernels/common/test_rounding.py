"""How the accumulator rounds a sum is not documented: the arithmetic must not depend on it."""

import ctypes
import importlib
import platform
from contextlib import contextmanager

import numpy as np
import pytest

from kernels.common.numbers import float_bits
from kernels.common.testing import BF16_STEP, needs_compiler, relative_error, rounded
from kernels.gelu.reference import gelu
from kernels.layernorm.reference import layernorm
from kernels.snake.reference import snake
from kernels.softmax.reference import softmax
from starling.npu.emulation.cores import Registers, library
from starling.npu.xrt.bf16 import from_bf16, to_bf16

MODES = {"nearest": 0, "down": 0x400, "up": 0x800, "towards zero": 0xC00}
"""fesetround() of x86-64, SSE included."""

pytestmark = [
    needs_compiler,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the modes' numbers are those of x86-64"),
    pytest.mark.parametrize("mode", MODES),
]


@contextmanager
def rounding(mode):
    environment = ctypes.CDLL(None)
    assert environment.fesetround(MODES[mode]) == 0
    try:
        yield
    finally:
        environment.fesetround(0)


def call(mode, op, symbol, arguments, **parameters):
    (source,) = importlib.import_module(f"kernels.{op}.design").objects(**parameters)
    core, registers = library(source, "npu1"), Registers()
    with rounding(mode):
        core.call(symbol, arguments, registers)


def hold(result, reference):
    assert np.abs(relative_error(result, reference)).max() <= 1.05 * BF16_STEP


def values(count, spread, seed=0):
    return np.random.default_rng(seed).normal(0, spread, count).astype(np.float32)


def test_softmax(mode):
    x, keep, powers, out = values(256, 6), np.ones(256, np.float32), np.zeros(256, np.float32), np.zeros(256, np.uint16)
    call(mode, "softmax", "softmax_bf16", [x, keep, powers, out, float_bits(1.0)], width=256)
    reference = softmax(x[None], keep, 1.0)[0]
    hold(from_bf16(out), reference)
    large = reference > 1e-6
    assert (np.abs(from_bf16(out) - reference)[large] <= 1.2 * BF16_STEP * reference[large]).all()


def test_layernorm(mode):
    x, parameters, centred, out = values(256, 3), values(512, 1), np.zeros(256, np.float32), np.zeros(256, np.uint16)
    call(mode, "layernorm", "layernorm_bf16", [x, parameters, centred, out, float_bits(1e-5)], width=256)
    hold(from_bf16(out), layernorm(x[None], parameters[:256], parameters[256:], 1e-5)[0])


def test_gelu(mode):
    x = rounded(values(1024, 4))
    out = np.zeros(1024, np.uint16)
    call(mode, "gelu", "gelu_bf16", [to_bf16(x), out])
    hold(from_bf16(out), gelu(x))


def test_snake(mode):
    x, alpha, out = values(512, 5), np.float32([1.7]), np.zeros(512, np.float32)
    call(mode, "snake", "snake_f32", [x, alpha, out, np.int32([0, 0, 1]), 1])
    assert np.abs(relative_error(out, snake(x[None], alpha)[0])).max() <= 2.0**-12
