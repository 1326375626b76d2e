"""What DMAs do to data, against NumPy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.npu.emulation.iron.dataflow import ObjectFifo
from starling.npu.emulation.iron.program import Worker
from starling.npu.emulation.iron.taps import TensorAccessPattern
from tests.helpers.iron import BF16, array, kernel, passing, resolved, run

DTYPES = st.sampled_from([np.dtype(np.int8), np.dtype(np.int32), np.dtype(np.float32), BF16])
FEW = settings(max_examples=60, deadline=None)


@st.composite
def tilings(draw):
    """A matrix, the tiles it is cut into, and the dims that send it tile by tile."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    height, width = draw(st.integers(1, 4)), 4 * draw(st.integers(1, 3))
    stride = columns * width
    dims = [(rows, height * stride), (columns, width), (height, stride), (width, 1)]
    return rows, columns, height, width, dims


def tiles(matrix, rows, columns, height, width):
    return matrix.reshape(rows, height, columns, width).swapaxes(1, 2)


def one_way(kind, to_stream, from_stream, total, mem_from=None):
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    small = inp.cons(dims_from_stream=mem_from).forward(name="small", dims_to_stream=to_stream)
    worker = Worker(passing, [small.cons(dims_from_stream=from_stream), out.prod(), kernel("copy", kind, kind), 1])

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    return resolved(sequence, [total, total], [inp.prod(), out.cons()], [worker])


@FEW
@given(tilings(), DTYPES, st.integers(1, 3))
def test_a_mem_tile_sends_a_matrix_tile_by_tile(tiling, dtype, count):
    *shape, dims = tiling
    size = int(np.prod(shape))
    matrices = np.arange(count * size).astype(dtype).reshape(count, -1)
    made = np.zeros_like(matrices)
    run(one_way(array(size, dtype=dtype), dims, None, array(count * size, dtype=dtype)), matrices, made)
    for before, after in zip(matrices, made, strict=True):
        assert (after == tiles(before, *shape).reshape(-1)).all()


@FEW
@given(tilings(), DTYPES)
def test_a_mem_tile_writes_what_comes_tile_by_tile_as_a_matrix(tiling, dtype):
    *shape, dims = tiling
    size = int(np.prod(shape))
    matrix = np.arange(size).astype(dtype)
    sent, made = tiles(matrix, *shape).reshape(-1).copy(), np.zeros(size, dtype)
    run(one_way(array(size, dtype=dtype), None, None, array(size, dtype=dtype), mem_from=dims), sent, made)
    assert (made == matrix).all()


@FEW
@given(tilings(), DTYPES)
def test_there_and_back(tiling, dtype):
    *shape, dims = tiling
    size = int(np.prod(shape))
    matrix, made = np.arange(size).astype(dtype), np.zeros(size, dtype)
    run(one_way(array(size, dtype=dtype), dims, None, array(size, dtype=dtype), mem_from=dims), matrix, made)
    assert (made == matrix).all()


@st.composite
def host_tilings(draw):
    rows, columns, height, width, _ = draw(tilings())
    return rows, columns, height, width, draw(st.integers(1, 3)), 4 * draw(st.integers(0, 3))


@FEW
@given(host_tilings(), DTYPES, st.sampled_from([1, 2, 3]))
def test_a_shim_reads_tiles_of_a_matrix_again_and_again_and_writes_them_back(tiling, dtype, cut):
    rows, columns, height, width, repeats, gap = tiling
    stride = columns * width + gap
    size = rows * height * stride + gap
    matrix = np.arange(size).astype(dtype)
    tile = height * width
    tap = TensorAccessPattern((size,), gap, [repeats * rows, columns, height, width], [0, width, stride, 1])
    sent = repeats * rows * columns * tile
    made = np.full(size, 9, dtype)
    kind = array(tile * columns if cut == 1 else tile if cut == 2 else width, dtype=dtype)
    inp, out = ObjectFifo(kind, name="inp"), ObjectFifo(kind, name="out")
    objects = sent // int(np.prod(kind.__args__[0]))
    worker = Worker(passing, [inp.cons(), out.prod(), kernel("copy", kind, kind), objects])

    def sequence(given, made, fill, drain):
        fill.fill(given, tap)
        drain.drain(made, tap, wait=True)

    run(resolved(sequence, [array(size, dtype=dtype)] * 2, [inp.prod(), out.cons()], [worker]), matrix, made)
    expected = np.full(size, 9, dtype)
    place = gap + np.arange(height)[:, None] * stride + np.arange(columns * width)
    expected[place] = matrix[place]
    assert (made == expected).all()


@FEW
@given(st.lists(st.integers(1, 4), min_size=1, max_size=6), st.integers(1, 3), DTYPES)
def test_a_split_and_a_join_are_their_own_inverse(sizes, count, dtype):
    sizes = [4 * size for size in sizes]
    offsets = [int(offset) for offset in np.cumsum([0, *sizes[:-1]])]
    whole = array(sum(sizes), dtype=dtype)
    inp, out = ObjectFifo(whole, name="inp"), ObjectFifo(whole, name="out")
    kinds = [array(size, dtype=dtype) for size in sizes]
    ins = inp.cons().split(offsets, obj_types=kinds, names=[f"i{index}" for index in range(len(sizes))])
    outs = out.prod().join(offsets, obj_types=kinds, names=[f"o{index}" for index in range(len(sizes))])
    workers = [
        Worker(passing, [given.cons(), made.prod(), kernel("double", kind, kind), 1])
        for given, made, kind in zip(ins, outs, kinds, strict=True)
    ]

    def sequence(given, made, fill, drain):
        fill.fill(given)
        drain.drain(made, wait=True)

    total = array(count * sum(sizes), dtype=dtype)
    data = (np.arange(count * sum(sizes)) % 50).astype(dtype)
    made = np.zeros_like(data)
    run(resolved(sequence, [total, total], [inp.prod(), out.cons()], workers), data, made)
    assert (made == data * 2).all()
