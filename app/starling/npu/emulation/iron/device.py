"""``aie.iron.device``: the arrays that programs are placed on."""

from __future__ import annotations

from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.kinds import is_int

CORE_ROWS = 4
FIRST_CORE_ROW = 2
SHIM_ROW, MEM_ROW = 0, 1


class Tile:
    """A place: column and row; row 0 is the shim, 1 the mem tile, 2 to 5 are cores."""

    def __init__(self, col: int | None = None, row: int | None = None) -> None:
        if not all(value is None or (is_int(value) and value >= 0) for value in (col, row)):
            raise Misuse(f"Tile({col!r}, {row!r}) is no column and row")
        self.col = col
        self.row = row

    def __repr__(self) -> str:
        return f"Tile({self.col}, {self.row})"


AnyShimTile, AnyMemTile, AnyComputeTile = Tile(), Tile(), Tile()
"""No wish."""


class Device:
    """An array of tiles.

    Attributes:
        name: ``npu1`` or ``npu2``.
        columns: usable.
    """

    name = ""
    columns = 0


class NPU1(Device):
    """Phoenix and Hawk Point."""

    name, columns = "npu1", 4


class NPU2(Device):
    """Strix and Krackan."""

    name, columns = "npu2", 8


def place(tile: Tile | None, rows: range, columns: int, what: str) -> tuple[int | None, int | None]:
    """Column and row that are asked for, checked; None where there is no wish.

    Raises:
        Misuse: the device has no such tile, or of another kind.
    """
    if tile is None:
        return None, None
    if not isinstance(tile, Tile):
        raise Misuse(f"{what}: {tile!r} is no Tile")
    if (tile.col is not None and tile.col >= columns) or (tile.row is not None and tile.row not in rows):
        raise Misuse(f"{what}: {tile} is not in columns 0 to {columns - 1} and rows {rows.start} to {rows.stop - 1}")
    return tile.col, tile.row
