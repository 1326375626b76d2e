"""bfloat16 as NumPy does not know it: the upper half of a float32, in uint16."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError

BF16 = NDArray[np.uint16]
F32 = NDArray[np.float32]

_HALF = np.uint32(0x7FFF)
_ONE = np.uint32(1)
_SHIFT = np.uint32(16)
_EXPONENT = np.uint16(0x7F80)
_QUIET = np.uint16(0x0040)
"""Keeps a NaN whose payload lies in the lower half from becoming infinity."""


def to_bf16(values: NDArray[np.floating]) -> BF16:
    """Round to the nearest bfloat16, ties to even; infinities and NaN stay what they are.

    Formula: adding 0x7FFF and the lowest kept bit carries into the kept half exactly when IEEE 754 rounds up.
    """
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    rounded = bits >> _SHIFT
    rounded &= _ONE
    rounded += _HALF
    rounded += bits
    rounded >>= _SHIFT
    result = rounded.astype(np.uint16)
    nan = np.isnan(values)
    if nan.any():
        result[nan] = (bits[nan] >> _SHIFT).astype(np.uint16) | _QUIET
    return result


def from_bf16(values: BF16) -> F32:
    """Widen; exact."""
    return np.asarray((values.astype(np.uint32) << _SHIFT).view(np.float32))


def checked_bf16(values: NDArray[np.floating], what: str) -> BF16:
    """Round, and refuse what bfloat16 cannot hold.

    Args:
        values: float16, float32 or float64.
        what: for the error: ``the weights of conv1``.

    Raises:
        StarlingError: ``npu.not_finite`` for NaN and infinity before, ``npu.out_of_range`` for infinity after.
    """
    check_finite(values, what)
    with np.errstate(over="ignore"):
        result = to_bf16(values)
    if ((result & _EXPONENT) == _EXPONENT).any():
        raise StarlingError(
            "npu.out_of_range", f"A number of {what} is too large for bfloat16.", "Use another model or tier."
        )
    return result


def check_finite(values: NDArray[np.floating], what: str) -> None:
    """Refuse NaN and infinity.

    Raises:
        StarlingError: ``npu.not_finite``.
    """
    if not np.isfinite(values).all():
        bad = int(values.size - np.isfinite(values).sum())
        raise StarlingError(
            "npu.not_finite",
            f"{bad} of {values.size} values of {what} are not finite numbers.",
            "The result was thrown away; if this happens again, use another tier.",
        )
