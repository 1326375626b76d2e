"""Runs operators in Starling's emulation, for their tests."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from starling.npu.emulation.iron import load
from starling.npu.xrt.bf16 import from_bf16, to_bf16

DEVICES = ("npu1", "npu2")
NUMPY = {"bf16": np.uint16, "f32": np.float32}

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
on_both_devices = pytest.mark.parametrize("device", DEVICES)

TOLERANCE = 2e-2
"""What is promised, relative to max(1, |reference|)."""
BF16_STEP = 2.0**-8
"""Half a step of bfloat16 is this much of a value; a result of bfloat16 differs by it from an exact reference."""
BIAS = 5e-4
"""Mean signed relative error: cutting off instead of rounding makes 2e-3 of it."""

UNTOUCHED = from_bf16(np.full(1, 0xAAAA, np.uint16))[0]
"""bfloat16 that nobody wrote."""


def rounded(values):
    """What bfloat16 holds of float32 values."""
    return from_bf16(to_bf16(np.asarray(values, np.float32)))


def buffer(values, dtype):
    """Flat, in the type of an argument."""
    return to_bf16(values).reshape(-1) if dtype == "bf16" else np.ascontiguousarray(values, np.float32).reshape(-1)


class Loaded:
    """An operator with its parameters in the emulation."""

    def __init__(self, op, arguments, **parameters):
        self.arguments = arguments(**parameters)
        self.program = load(op, parameters)
        self.ran = None

    def __call__(self, *inputs):
        """The result as float32; what was not written stays 0xAA."""
        memory = [buffer(values, entry.dtype) for values, entry in zip(inputs, self.arguments[:-1], strict=True)]
        result = self.arguments[-1]
        out = np.full(result.nbytes, 0xAA, np.uint8)
        self.ran = self.program.run([*(part.view(np.uint8) for part in memory), out])
        numbers = out.view(NUMPY[result.dtype])
        return from_bf16(numbers) if result.dtype == "bf16" else numbers


def relative_error(result, reference):
    """Signed, relative to max(1, |reference|)."""
    wide = np.asarray(reference, np.float64)
    return (np.asarray(result, np.float64) - wide) / np.maximum(1, np.abs(wide))


def check(result, reference, dtype="bf16"):
    """Hold the promise, and what the arithmetic really gives: half a step for bfloat16, 2^-13 for float32."""
    error = relative_error(result, reference)
    assert np.abs(error).max() <= TOLERANCE
    assert np.abs(error).max() <= (BF16_STEP if dtype == "bf16" else 2.0**-13)
    assert abs(error.mean()) <= BIAS


def check_bias(result, reference, floor=1e-30):
    """No drift of the values' size, small ones too: rounding to nearest."""
    large = np.abs(reference) > floor
    assert large.sum() > 400, "too few values to tell a drift from chance"
    error = (result[large] - reference[large]) / reference[large].astype(np.float64)
    assert np.abs(error).max() <= 1.1 * BF16_STEP
    assert abs(error.mean()) <= BIAS
