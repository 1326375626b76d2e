import importlib
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.common.numbers import float_bits
from kernels.common.rows import COLUMNS, Operator, Rows, factored
from kernels.common.testing import needs_compiler, on_both_devices
from starling.npu.emulation.iron import load

LARGEST = [
    ("softmax", {"rows": 128, "width": 1536}, 4, 32784, 79872),
    ("layernorm", {"rows": 128, "width": 1280, "out": "f32"}, 4, 37904, 92160),
    ("gelu", {"count": 1 << 17}, 4, 10252, 32768),
    ("add", {"count": 1 << 17}, 2, 22540, 40960),
    ("snake", {"channels": 512, "time": 512}, 4, 12304, 34816),
]
"""Operator, parameters, cores of a column, bytes of a core and of a mem tile as the READMEs state them."""


@needs_compiler
@on_both_devices
@pytest.mark.parametrize(("op", "parameters", "workers", "core", "mem_tile"), LARGEST)
def test_memory_is_what_the_readme_says(device, op, parameters, workers, core, mem_tile):
    design = load(op, {"device": device, **parameters}).design
    places = Counter(design.places[id(worker)] for worker in design.workers)
    assert places == {(column, 2 + row): 1 for column in range(COLUMNS[device]) for row in range(workers)}
    for column in range(COLUMNS[device]):
        assert sum(design.tiles.at((column, 2)).memory.values()) == core
        assert sum(design.tiles.at((column, 1)).memory.values()) == mem_tile


def operator(device, units, workers=4):
    rows = Rows("x", "f32", 16)
    return Operator(device, units, "symbol", "object.o", (rows,), rows, workers=workers)


@given(st.sampled_from(list(COLUMNS)), st.integers(1, 500), st.sampled_from([2, 4]))
def test_every_group_has_one_column(device, groups, workers):
    given_units = operator(device, groups * workers, workers)
    shares = [given_units.share(column) for column in range(COLUMNS[device])]
    taken = [group for first, count in shares for group in range(first, first + count)]
    assert taken == list(range(groups))
    counts = [count for _, count in shares]
    assert max(counts) - min(counts) <= 1


@given(st.sampled_from(["bf16", "f32"]), st.integers(1, 128))
def test_factors_fit_a_descriptor(dtype, sixteenths):
    parts, inner = factored(Rows("x", dtype, 16 * sixteenths))
    words = inner // (2 if dtype == "bf16" else 1)
    assert parts * inner == 16 * sixteenths
    assert parts <= 1023
    assert words <= 1023
    assert dtype == "f32" or inner % 2 == 0


@given(st.floats(width=32, allow_nan=False))
def test_bits_are_the_number(value):
    assert np.int32(float_bits(value)).view(np.float32) == np.float32(value)


@pytest.mark.parametrize("stride", [3_000_000, 1040])
def test_rows_too_far_apart(stride):
    rows = Rows("x", "f32", 1024, stride)
    if stride > 1 << 20:
        with pytest.raises(ValueError, match="apart"):
            Operator("npu1", 4, "symbol", "object.o", (rows,), rows)
    else:
        assert rows.elements(4) == 3 * stride + 1024


ODD = (0, -1024, 1024.0, math.nan, "1024", True, 1 << 40)
GOOD = {
    "softmax": {"rows": 8, "width": 64},
    "layernorm": {"rows": 8, "width": 64},
    "gelu": {"count": 8192, "tile": 1024},
    "add": {"count": 8192, "tile": 1024},
    "snake": {"channels": 16, "time": 1024, "tile": 512},
}


@pytest.mark.parametrize(("op", "name"), [(op, name) for op, sizes in GOOD.items() for name in sizes])
@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_number_of_things_is_refused(op, name, odd):
    arguments = importlib.import_module(f"kernels.{op}.design").arguments
    assert arguments(device="npu1", **GOOD[op])
    with pytest.raises(ValueError, match=r"\S"):
        arguments(device="npu1", **GOOD[op] | {name: odd})


@pytest.mark.parametrize("odd", [math.nan, math.inf, 0.0, -1.0, 1e39])
@pytest.mark.parametrize(("op", "name"), [("softmax", "scale"), ("layernorm", "epsilon")])
def test_scalars_that_a_core_cannot_have_are_refused(op, name, odd):
    arguments = importlib.import_module(f"kernels.{op}.design").arguments
    with pytest.raises(ValueError, match=r"\S"):
        arguments(device="npu1", **GOOD[op] | {name: odd})
