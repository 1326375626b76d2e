"""C = A @ B on all cores: A goes along the rows of cores, B down the columns, each core sums up one tile of C.

A core's tile of C stays where it is while the tiles of K pass. The cores go down all rows of C before they go right, so
the values that belong to columns come once for each step, as an object of B's fifo: a core has two input channels.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from aie.helpers.taplib import TensorAccessPattern
from aie.iron import Buffer, Kernel, ObjectFifo, Program, Runtime, TaskGroup, Worker, WorkerRuntimeBarrier
from aie.iron.controlflow import range_
from aie.iron.device import NPU1, NPU2, Tile
from ml_dtypes import bfloat16

from ..objects import Argument, CoreObject, Dtype
from .shapes import BYTES, ROWS, STACK_BYTES, Shape

CORE = ("device", "tile_m", "tile_k", "tile_n", "dtype", "out", "bias", "gelu", "b")
"""Parameters that are baked into the cores; one image serves all others."""

TYPES: dict[str, Any] = {"bf16": bfloat16, "f32": np.float32, "i8": np.int8, "i32": np.int32}
BEGIN, END = 1, 2
"""Values of the cores' barrier. Waiting may leave it as it is: without END no core would wait for the next launch."""
DEVICES = {"npu1": NPU1, "npu2": NPU2}
SOURCE = Path(__file__).with_name("gemm.cc")


def object_name(shape: Shape) -> str:
    """Of the object file: all that is baked into it."""
    parts = [shape.device, shape.dtype, shape.out, f"{shape.tile_m}x{shape.tile_k}x{shape.tile_n}"]
    parts += [word for word, wanted in (("bias", shape.bias), ("gelu", shape.gelu)) if wanted]
    parts += ["transposed"] if shape.b == "transposed" else []
    return f"gemm_{'_'.join(parts)}.o"


def objects(**parameters: Any) -> tuple[CoreObject, ...]:
    """The one object that the workers link."""
    shape = Shape(**parameters)
    switches = {
        "INPUT_I8": shape.dtype == "i8",
        "OUT_F32": shape.out == "f32",
        "OUT_I32": shape.out == "i32",
        "WITH_COLUMNS": shape.bias,
        "WITH_GELU": shape.gelu,
        "B_TRANSPOSED": shape.b == "transposed",
    }
    defines = {"TILE_M": shape.tile_m, "TILE_K": shape.tile_k, "TILE_N": shape.tile_n, **switches}
    return (CoreObject(object_name(shape), SOURCE, tuple((name, str(int(value))) for name, value in defines.items())),)


def arguments(**parameters: Any) -> tuple[Argument, ...]:
    """A, B, the columns' values if there are any, and C."""
    shape = Shape(**parameters)
    a, b, c = shape.sizes
    dtype: Dtype = "i8" if shape.dtype == "i8" else "bf16"
    result = [Argument("a", dtype, a), Argument("b", dtype, b)]
    if shape.bias:
        count = shape.column_values * shape.n
        result.append(Argument("columns", dtype, count * 4 // BYTES[dtype], holds="f32"))
    out: Dtype = "bf16" if shape.out == "bf16" else "f32" if shape.out == "f32" else "i32"
    return (*result, Argument("c", out, c))


def design(**parameters: Any) -> Any:
    """The program.

    Args:
        **parameters: ``device``; ``m``, ``k``, ``n`` of the problem, multiples of what the array takes at once;
            ``tile_m``, ``tile_k``, ``tile_n`` of a core; ``dtype`` of A and B (``bf16``, ``i8``); ``out``, the type of
            C (``bf16``, ``f32``, with int8 also ``i32``); ``bias``: there is a value (int8: a scale and a value) for
            each column; ``gelu``; ``b``: B lies in tiles (``blocks``), as (k, n) ``rows`` or as (n, k)
            ``transposed``; ``lda``, ``ldb``, ``ldc``: elements from row to row; ``a_offset``, ``b_offset``,
            ``c_offset``: of the first element; ``a_elements``, ``b_elements``, ``c_elements``: sizes of the buffers.
            Zero for the last nine is what a problem alone in its buffers has.

    Raises:
        ValueError: the shape does not fit the array.
    """
    shape = Shape(**parameters)
    fifos = _Fifos(shape)
    barrier = WorkerRuntimeBarrier()
    counts: list[Any] = []
    workers = [
        _worker(shape, fifos, column, row, barrier, counts) for column in range(shape.columns) for row in range(ROWS)
    ]
    types = [_flat(TYPES[argument.dtype], argument.elements) for argument in arguments(**parameters)]
    handles = [fifos.a_in, fifos.b_in, fifos.c_out]
    sequence = _sequence(shape, counts, barrier)
    runtime = Runtime(sequence, [*types, *handles])
    return Program(DEVICES[shape.device](), runtime, workers=workers).resolve_program()


def _flat(dtype: Any, elements: int) -> Any:
    return np.ndarray[(elements,), np.dtype[dtype]]  # type: ignore[misc]


def a_column(shape: Shape, row: int) -> int:
    """The column through whose shim and mem tile the A of a row of cores comes."""
    return row * shape.columns // ROWS


class _Fifos:
    """Data's ways: A for each row, B and C for each column, each through a mem tile that cuts or joins it."""

    def __init__(self, shape: Shape) -> None:
        r, s, t = shape.fragment
        dtype, out = TYPES[shape.dtype], TYPES[shape.out]
        tile_m, tile_k, tile_n = shape.tile_m, shape.tile_k, shape.tile_n
        a_type, b_type = _flat(dtype, tile_m * tile_k), _flat(dtype, tile_k * tile_n)
        c_type, c_joined = _flat(out, tile_m * tile_n), _flat(out, ROWS * tile_m * tile_n)
        self.a_in, self.a = [], []
        for row in range(ROWS):
            place = a_column(shape, row)
            whole = ObjectFifo(a_type, name=f"A{row}")
            self.a_in.append(whole.prod(tile=Tile(place, 0)))
            cut = cut_dims(tile_m, tile_k, r, s)
            self.a.append(whole.cons().forward(name=f"a{row}", dims_to_stream=cut, tile=Tile(place, 1)))
        self.b_in, self.b, self.c_out, self.c = [], [], [], []
        for column in range(shape.columns):
            whole = ObjectFifo(b_type, name=f"B{column}")
            self.b_in.append(whole.prod(tile=Tile(column, 0)))
            cut = (
                cut_transposed_dims(tile_k, tile_n, s, t) if shape.b == "transposed" else cut_dims(tile_k, tile_n, s, t)
            )
            self.b.append(whole.cons().forward(name=f"b{column}", dims_to_stream=cut, tile=Tile(column, 1)))
            joined = ObjectFifo(c_joined, name=f"C{column}", dims_to_stream=uncut_dims(tile_m, tile_n, r, t))
            self.c.append(
                joined.prod().join(
                    [row * tile_m * tile_n for row in range(ROWS)],
                    obj_types=[c_type] * ROWS,
                    depths=[1] * ROWS,  # a tile of C leaves while the next one is summed up elsewhere
                    names=[f"c{column}_{row}" for row in range(ROWS)],
                    tile=Tile(column, 1),
                )
            )
            self.c_out.append(joined.cons(tile=Tile(column, 0)))


def cut_dims(rows: int, width: int, high: int, wide: int) -> list[tuple[int, int]]:
    """A row-major tile as row-major fragments of ``high`` x ``wide``."""
    return [(rows // high, high * width), (width // wide, wide), (high, width), (wide, 1)]


def cut_transposed_dims(tile_k: int, tile_n: int, s: int, t: int) -> list[tuple[int, int]]:
    """A row-major (n, k) tile as fragments of t x s, in the order of the (k, n) tile's."""
    return [(tile_k // s, s), (tile_n // t, t * tile_k), (t, tile_k), (s, 1)]


def uncut_dims(rows: int, width: int, high: int, wide: int) -> list[tuple[int, int]]:
    """Row-major fragments as a row-major tile."""
    return [(rows // high, high * width), (high, wide), (width // wide, high * wide), (wide, 1)]


def _worker(shape: Shape, fifos: _Fifos, column: int, row: int, barrier: Any, counts: list[Any]) -> Any:
    """The core at a place of the array; its loop counts are appended to ``counts``."""
    sum_type = np.int32 if shape.dtype == "i8" else np.float32
    sums_type = _flat(sum_type, shape.tile_m * shape.tile_n)
    columns_type = _flat(np.float32, shape.columns_bytes(shape.fragment[0]) // 4)
    a_type, b_type = (
        _flat(TYPES[shape.dtype], size) for size in (shape.tile_m * shape.tile_k, shape.tile_k * shape.tile_n)
    )
    c_type = _flat(TYPES[shape.out], shape.tile_m * shape.tile_n)
    name = object_name(shape)
    place = f"{column}_{row}"
    sums = Buffer(sums_type, name=f"sums{place}")
    columns = Buffer(columns_type, name=f"columns{place}")
    count = Buffer(_flat(np.int32, 3), initial_value=np.zeros(3, np.int32), name=f"count{place}", use_write_rtp=True)
    counts.append(count)
    kernels = [
        Kernel("gemm_zero", name, [sums_type]),
        Kernel("gemm_mac", name, [a_type, b_type, sums_type]),
        Kernel("gemm_store", name, [sums_type, columns_type, c_type]),
        *([Kernel("gemm_columns", name, [b_type, columns_type])] if shape.bias else []),
    ]
    return Worker(
        _core_with_columns if shape.bias else _core,
        [
            fifos.a[row].cons(),
            fifos.b[column].cons(),
            fifos.c[column][row].prod(),
            sums,
            columns,
            count,
            barrier,
            *kernels,
        ],
        tile=Tile(column, 2 + row),
        stack_size=STACK_BYTES,
    )


def _down(a: Any, b: Any, c: Any, sums: Any, columns: Any, count: Any, zero: Any, mac: Any, store: Any) -> None:
    """The tiles of C below one another, each summed up over the tiles of K."""
    for _ in range_(count[1]):
        zero(sums)
        for _ in range_(count[2]):
            mac(a.acquire(1), b.acquire(1), sums)
            a.release(1)
            b.release(1)
        store(sums, columns, c.acquire(1))
        c.release(1)


def _core(
    a: Any, b: Any, c: Any, sums: Any, columns: Any, count: Any, barrier: Any, zero: Any, mac: Any, store: Any
) -> None:
    """One launch of a core: ``count`` holds the steps right, the steps down and the tiles of K."""
    barrier.wait_for_value(BEGIN)
    for _ in range_(count[0]):
        _down(a, b, c, sums, columns, count, zero, mac, store)
    barrier.wait_for_value(END)


def _core_with_columns(
    a: Any,
    b: Any,
    c: Any,
    sums: Any,
    columns: Any,
    count: Any,
    barrier: Any,
    zero: Any,
    mac: Any,
    store: Any,
    take: Any,
) -> None:
    """Alike, with an object of columns' values before each step right."""
    barrier.wait_for_value(BEGIN)
    for _ in range_(count[0]):
        take(b.acquire(1), columns)
        b.release(1)
        _down(a, b, c, sums, columns, count, zero, mac, store)
    barrier.wait_for_value(END)


def _sequence(shape: Shape, counts: list[Any], barrier: Any) -> Any:
    """What the host's DMAs do in one launch."""

    def run(a: Any, b: Any, columns: Any, c: Any, a_in: list[Any], b_in: list[Any], c_out: list[Any]) -> None:
        for count in counts:
            count[0], count[1], count[2] = shape.column_steps, shape.row_blocks, shape.k_tiles
        barrier.set(BEGIN)
        running: list[Any] = []
        for step in range(shape.column_steps):
            group = TaskGroup()
            for row in range(ROWS):
                a_in[row].fill(a, tap=_a_tap(shape, row), group=group)
            for column in range(shape.columns):
                tile = step * shape.columns + column
                if columns is not None:
                    b_in[column].fill(columns, tap=_columns_tap(shape, tile), group=group)
                b_in[column].fill(b, tap=_b_tap(shape, tile), group=group)
                c_out[column].drain(c, tap=_c_tap(shape, tile), wait=True, group=group)
            running.append(group)
            if len(running) > 1:  # two steps are under way: the next one's data flows while one ends
                running.pop(0).finish()
        for group in running:
            group.finish()
        barrier.set(END)

    def without_columns(a: Any, b: Any, c: Any, a_in: list[Any], b_in: list[Any], c_out: list[Any]) -> None:
        run(a, b, None, c, a_in, b_in, c_out)

    return run if shape.bias else without_columns


def _a_tap(shape: Shape, row: int) -> Any:
    """All of a row of cores' A: block by block down the rows, tile by tile along K."""
    return TensorAccessPattern(
        (shape.sizes[0],),
        shape.a_offset + row * shape.tile_m * shape.a_stride,
        [shape.row_blocks, shape.k_tiles, shape.tile_m, shape.tile_k],
        [ROWS * shape.tile_m * shape.a_stride, shape.tile_k, shape.a_stride, 1],
    )


def _b_tap(shape: Shape, tile: int) -> Any:
    """The tiles along K of one tile of columns, once for each block of rows."""
    down, along, stride = shape.tile_k, shape.tile_n, shape.b_stride
    first, next_tile = tile * shape.tile_n, shape.tile_k * stride
    if shape.b == "transposed":
        down, along = shape.tile_n, shape.tile_k
        first, next_tile = tile * shape.tile_n * stride, shape.tile_k
    elif shape.b == "blocks":
        stride = shape.tile_n
        first, next_tile = tile * shape.k * shape.tile_n, shape.b_tile
    return TensorAccessPattern(
        (shape.sizes[1],),
        shape.b_offset + first,
        [shape.row_blocks, shape.k_tiles, down, along],
        [0, next_tile, stride, 1],
    )


def _columns_tap(shape: Shape, tile: int) -> Any:
    """The values of one tile of columns, again and again until they fill an object."""
    per_value = 4 // BYTES[shape.dtype]
    width = shape.n * per_value
    return TensorAccessPattern(
        (shape.column_values * width,),
        tile * shape.tile_n * per_value,
        [shape.object_repeats, 1, shape.column_values, shape.tile_n * per_value],
        [0, 0, width, 1],
    )


def _c_tap(shape: Shape, tile: int) -> Any:
    """Down the rows of C, in one tile of columns; the four cores' tiles are joined to one."""
    return TensorAccessPattern(
        (shape.sizes[2],),
        shape.c_offset + tile * shape.tile_n,
        [1, shape.row_blocks, ROWS * shape.tile_m, shape.tile_n],
        [0, ROWS * shape.tile_m * shape.c_stride, shape.c_stride, 1],
    )
