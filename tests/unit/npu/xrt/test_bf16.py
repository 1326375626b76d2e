"""Rounding to bfloat16, against the definition."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from starling.core.errors import StarlingError
from starling.npu.xrt.bf16 import check_finite, checked_bf16, from_bf16, to_bf16

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
LARGEST = float(from_bf16(np.array([0x7F7F], np.uint16))[0])


def bits(*values: float) -> list[int]:
    return [int(value) for value in to_bf16(np.array(values, np.float32))]


@given(floats.filter(lambda value: abs(value) <= LARGEST))
def test_the_nearest_is_taken_and_of_two_the_even(value: float) -> None:
    (chosen,) = bits(value)
    neighbours = [candidate for candidate in (chosen - 1, chosen, chosen + 1) if 0 <= candidate <= 0xFFFF]
    exact = Fraction(float(np.float32(value)))

    def distance(candidate: int) -> Fraction | None:
        found = float(from_bf16(np.array([candidate], np.uint16))[0])
        return abs(Fraction(found) - exact) if np.isfinite(found) else None

    mine = distance(chosen)
    assert mine is not None
    for other in neighbours:
        away = distance(other)
        if other != chosen and away is not None:
            assert mine < away or (mine == away and chosen % 2 == 0) or value == 0


@given(st.integers(0, 0xFFFF).filter(lambda value: value & 0x7F80 != 0x7F80))
def test_what_bfloat16_holds_stays(value: int) -> None:
    assert to_bf16(from_bf16(np.array([value], np.uint16)))[0] == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 0x3F80),
        (-0.0, 0x8000),
        (1 + 2**-8, 0x3F80),
        (1 + 3 * 2**-8, 0x3F82),
        (1 + 2**-8 + 2**-23, 0x3F81),
        (float("inf"), 0x7F80),
        (float("-inf"), 0xFF80),
        (3.4e38, 0x7F80),
    ],
)
def test_cases(value: float, expected: int) -> None:
    assert bits(value) == [expected]


def test_nan_stays_nan() -> None:
    sneaky = np.array([0x7F800001, 0xFFFFFFFF, 0x7FC00000], np.uint32).view(np.float32)
    assert np.isnan(from_bf16(to_bf16(sneaky))).all()


def test_rounding_has_no_direction() -> None:
    values = np.random.default_rng(0).standard_normal(100_000).astype(np.float32)
    assert abs(float((from_bf16(to_bf16(values)) / values - 1).mean())) < 1e-5


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_number_before(bad: float) -> None:
    with pytest.raises(StarlingError, match=r"1 of 3 values of the weights of fc1") as refused:
        checked_bf16(np.array([1, bad, 2], np.float32), "the weights of fc1")
    assert refused.value.code == "npu.not_finite"
    with pytest.raises(StarlingError):
        check_finite(np.array([bad], np.float16), "x")


def test_too_large_after() -> None:
    with pytest.raises(StarlingError) as refused:
        checked_bf16(np.array([3.4e38], np.float32), "x")
    assert refused.value.code == "npu.out_of_range"
    checked_bf16(np.array([LARGEST, -LARGEST, 65504], np.float32), "x")


def test_shapes_and_strides_stay() -> None:
    values = np.arange(24, dtype=np.float32).reshape(4, 6)[::2, ::-1]
    assert (from_bf16(to_bf16(values)) == values).all()
    assert to_bf16(np.zeros((0, 3), np.float32)).shape == (0, 3)
