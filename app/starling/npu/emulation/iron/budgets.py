"""What the tiles of an array have, and what a design takes of it.

Sources: the target models of Xilinx/mlir-aie (lib/Dialect/AIE/IR/AIETargetModel.cpp) at 1.4.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starling.npu.emulation.iron.device import MEM_ROW, SHIM_ROW
from starling.npu.emulation.iron.faults import BudgetExceeded

Place = tuple[int, int]

SHIM_DESCRIPTORS = 16
"""Transfers of the host that a column's shim holds at once."""
SHIM_QUEUE = 4
"""Transfers that a channel of a shim takes before the first is done; more are dropped (Xilinx/mlir-aie pull 3734)."""


@dataclass(frozen=True)
class Budget:
    """Of a kind of tile.

    Attributes:
        memory: bytes of data.
        incoming: DMA channels from the stream.
        outgoing: DMA channels to the stream.
        descriptors: of buffers.
        locks: of buffers and barriers.
    """

    memory: int
    incoming: int
    outgoing: int
    descriptors: int
    locks: int


BUDGETS = {
    "core": Budget(64 << 10, 2, 2, 16, 16),
    "mem tile": Budget(512 << 10, 6, 6, 48, 64),
    "shim": Budget(0, 2, 2, SHIM_DESCRIPTORS, 16),
}


def kind_of(place: Place) -> str:
    """Of the tile there."""
    return {SHIM_ROW: "shim", MEM_ROW: "mem tile"}.get(place[1], "core")


@dataclass
class Tile:
    """What is taken of one tile.

    Attributes:
        memory: bytes, by what takes them.
        incoming: ends that receive.
        outgoing: ends that send.
    """

    place: Place
    memory: dict[str, int] = field(default_factory=dict)
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)
    descriptors: dict[str, int] = field(default_factory=dict)
    locks: dict[str, int] = field(default_factory=dict)

    def take_memory(self, what: str, nbytes: int) -> None:
        """For objects, buffers or the stack."""
        self.memory[what] = self.memory.get(what, 0) + nbytes

    def take_channel(self, what: str, outgoing: bool) -> None:
        """For the end of a fifo."""
        (self.outgoing if outgoing else self.incoming).append(what)

    def take_descriptors(self, what: str, count: int) -> None:
        """One for each object."""
        self.descriptors[what] = self.descriptors.get(what, 0) + count

    def take_locks(self, what: str, count: int) -> None:
        """Two for a ring of objects, one for a barrier."""
        self.locks[what] = self.locks.get(what, 0) + count

    def check(self) -> None:
        """Refuse what it has not.

        Raises:
            BudgetExceeded: says what takes how much.
        """
        budget, kind = BUDGETS[kind_of(self.place)], kind_of(self.place)
        if sum(self.memory.values()) > budget.memory:
            self._refuse(f"{sum(self.memory.values())} bytes, {budget.memory} at most", self.memory)
        for name, taken, most in (
            ("in", self.incoming, budget.incoming),
            ("out", self.outgoing, budget.outgoing),
        ):
            if len(taken) > most:
                self._refuse(f"{len(taken)} DMA channels {name}, a {kind} has {most}", dict.fromkeys(taken, 1))
        for name, counted, most in (
            ("buffer descriptors", self.descriptors, budget.descriptors),
            ("locks", self.locks, budget.locks),
        ):
            if kind != "shim" and sum(counted.values()) > most:
                self._refuse(f"{sum(counted.values())} {name}, a {kind} has {most}", counted)

    def _refuse(self, text: str, taken: dict[str, int]) -> None:
        parts = ", ".join(f"{what} {amount}" for what, amount in taken.items())
        raise BudgetExceeded(f"{kind_of(self.place)} {self.place}: {text}: {parts}")


class Tiles:
    """Every tile of an array."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self._tiles: dict[Place, Tile] = {}
        self._reserved: dict[Place, tuple[int, int]] = {}

    def at(self, place: Place) -> Tile:
        """The tile there."""
        return self._tiles.setdefault(place, Tile(place))

    def reserve(self, place: Place, channels: tuple[int, int]) -> None:
        """Channels in and out for something that was placed there."""
        taken = self._reserved.get(place, (0, 0))
        self._reserved[place] = (taken[0] + channels[0], taken[1] + channels[1])

    def first_fit(self, row: int, channels: tuple[int, int], nbytes: int) -> int:
        """The first column with so much free in a row.

        Raises:
            BudgetExceeded: there is none.
        """
        budget = BUDGETS[kind_of((0, row))]
        for column in range(self.columns):
            taken = self._reserved.get((column, row), (0, 0))
            memory = sum(self.at((column, row)).memory.values())
            if (
                taken[0] + channels[0] <= budget.incoming
                and taken[1] + channels[1] <= budget.outgoing
                and memory + nbytes <= budget.memory
            ):
                return column
        raise BudgetExceeded(
            f"no {kind_of((0, row))} has {channels[0]} channels in, {channels[1]} out and {nbytes} bytes free"
        )

    def check(self) -> None:
        """Refuse what a tile has not."""
        for tile in self._tiles.values():
            tile.check()

    def check_descriptors(self, column: int, active: int, task: Any) -> None:
        """Refuse more transfers at once than a shim holds.

        Raises:
            BudgetExceeded: it is one too many.
        """
        if active > SHIM_DESCRIPTORS:
            raise BudgetExceeded(
                f"Too many simultaneously active buffer descriptors on tile ({column}, 0), which supports up to "
                f"{SHIM_DESCRIPTORS}: {task!r} is one more; finish TaskGroups in between"
            )
