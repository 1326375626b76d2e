"""Fifos of objects, their ends, and the links through mem tiles, as a design declares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from starling.npu.emulation.iron import recording
from starling.npu.emulation.iron.device import AnyMemTile, Tile
from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.kinds import ObjectType, is_int, object_type
from starling.npu.emulation.iron.taps import TensorAccessPattern
from starling.npu.emulation.iron.walks import Walk, walk_of_dims

Dims = Sequence[Sequence[int]] | None
HOST = "host"


class ObjectFifo:
    """Objects of one type on their way from one producer to its consumers."""

    def __init__(
        self,
        obj_type: Any,
        depth: int | None = 2,
        name: str | None = None,
        dims_to_stream: Dims = None,
        dims_from_stream_per_cons: Dims = None,
    ) -> None:
        self.name = name or recording.unique("of")
        what = f"ObjectFifo {self.name}"
        self.type: ObjectType = object_type(obj_type, what)
        self.depth = _depth(depth, what)
        self.to_stream = walk_of_dims(dims_to_stream, f"{what}, dims_to_stream")
        self.from_stream = walk_of_dims(dims_from_stream_per_cons, f"{what}, dims_from_stream_per_cons")
        self.producer: Handle | None = None
        self.consumers: list[Handle] = []

    def prod(self, depth: int | None = None, tile: Tile | None = None) -> Handle:
        """The producer's end; always the same."""
        if self.producer is None:
            self.producer = Handle(self, True, _depth(depth or self.depth, f"prod() of {self.name}"), None, tile)
        return self.producer

    def cons(self, depth: int | None = None, dims_from_stream: Dims = None, tile: Tile | None = None) -> Handle:
        """Another consumer's end."""
        what = f"cons() of {self.name}"
        walk = walk_of_dims(dims_from_stream, f"{what}, dims_from_stream") or self.from_stream
        self.consumers.append(Handle(self, False, _depth(depth or self.depth, what), walk, tile))
        return self.consumers[-1]


def _depth(depth: Any, what: str) -> int:
    if not is_int(depth) or depth < 1:
        raise Misuse(f"{what}: a depth of {depth!r}; it starts at 1")
    return int(depth)


class Handle:
    """An end of a fifo.

    Attributes:
        owner: the Worker or Link that uses it, or ``HOST``.
    """

    def __init__(self, fifo: ObjectFifo, produces: bool, depth: int, from_stream: Walk | None, tile: Tile | None):
        self.fifo = fifo
        self.produces = produces
        self.depth = depth
        self.from_stream = from_stream
        self.tile = tile
        self.owner: Any = None

    def __repr__(self) -> str:
        return f"{self.fifo.name}.{'prod' if self.produces else 'cons'}()"

    def own(self, owner: Any) -> None:
        """Used by one only.

        Raises:
            Misuse: it is another's.
        """
        if self.owner is not None and self.owner is not owner:
            raise Misuse(f"{self!r} is used twice; call cons() once for each consumer")
        self.owner = owner

    def acquire(self, num_elem: int) -> NoReturn:
        """For core functions, which get the end through fn_args."""
        raise Misuse(f"{self!r}.acquire outside a core function, or not through its Worker's fn_args")

    def release(self, num_elem: int) -> NoReturn:
        """For core functions, which get the end through fn_args."""
        raise Misuse(f"{self!r}.release outside a core function, or not through its Worker's fn_args")

    def fill(
        self,
        source: recording.RuntimeData,
        tap: TensorAccessPattern | None = None,
        wait: bool = False,
        group: recording.TaskGroup | None = None,
    ) -> recording.Task:
        """Send from a host buffer."""
        if not self.produces:
            raise Misuse(f"{self!r}.fill: only a producer's end is filled")
        return recording.active("fill").transfer(self, source, tap, wait, group)

    def drain(
        self,
        dest: recording.RuntimeData,
        tap: TensorAccessPattern | None = None,
        wait: bool = False,
        group: recording.TaskGroup | None = None,
    ) -> recording.Task:
        """Receive into a host buffer."""
        if self.produces:
            raise Misuse(f"{self!r}.drain: only a consumer's end is drained")
        return recording.active("drain").transfer(self, dest, tap, wait, group)

    def split(
        self,
        offsets: Sequence[int],
        tile: Tile | None = AnyMemTile,
        depths: Sequence[int] | None = None,
        obj_types: Sequence[Any] | None = None,
        names: Sequence[str] | None = None,
        dims_to_stream: Sequence[Dims] | None = None,
        dims_from_stream: Sequence[Dims] | None = None,
    ) -> list[ObjectFifo]:
        """Parts of every object to a fifo each, through a mem tile."""
        if self.produces:
            raise Misuse(f"{self!r}.split: only a consumer's end is split")
        parts = self._parts(offsets, depths, obj_types, names, dims_to_stream, dims_from_stream, "split")
        Link(self.fifo, parts, list(offsets), [self, *(part.prod() for part in parts)], tile, joins=False)
        return parts

    def join(
        self,
        offsets: Sequence[int],
        tile: Tile | None = AnyMemTile,
        depths: Sequence[int] | None = None,
        obj_types: Sequence[Any] | None = None,
        names: Sequence[str] | None = None,
        dims_to_stream: Sequence[Dims] | None = None,
        dims_from_stream: Sequence[Dims] | None = None,
    ) -> list[ObjectFifo]:
        """Objects from a fifo each to parts of one object, through a mem tile."""
        if not self.produces:
            raise Misuse(f"{self!r}.join: only a producer's end is joined")
        parts = self._parts(offsets, depths, obj_types, names, dims_to_stream, dims_from_stream, "join")
        Link(self.fifo, parts, list(offsets), [self, *(part.cons() for part in parts)], tile, joins=True)
        return parts

    def forward(
        self,
        tile: Tile | None = AnyMemTile,
        obj_type: Any = None,
        depth: int | None = None,
        name: str | None = None,
        dims_to_stream: Dims = None,
        dims_from_stream: Dims = None,
    ) -> ObjectFifo:
        """Through a mem tile."""
        if self.produces:
            raise Misuse(f"{self!r}.forward: only a consumer's end is forwarded")
        return self.split(
            [0],
            tile,
            None if depth is None else [depth],
            None if obj_type is None else [obj_type],
            [name or f"{self.fifo.name}_fwd"],
            [dims_to_stream],
            [dims_from_stream],
        )[0]

    def _parts(
        self,
        offsets: Sequence[int],
        depths: Sequence[int] | None,
        obj_types: Sequence[Any] | None,
        names: Sequence[str] | None,
        to_stream: Sequence[Dims] | None,
        from_stream: Sequence[Dims] | None,
        verb: str,
    ) -> list[ObjectFifo]:
        count = len(offsets)
        for given in (depths, obj_types, names, to_stream, from_stream):
            if given is not None and len(given) != count:
                raise Misuse(f"{self!r}.{verb}: {len(given)} values for {count} offsets")
        kind = self.fifo.type
        types = obj_types or [_annotation(kind)] * count
        return [
            ObjectFifo(
                types[index],
                depths[index] if depths else self.depth,
                names[index] if names else f"{self.fifo.name}_{verb}{index}",
                to_stream[index] if to_stream else None,
                from_stream[index] if from_stream else None,
            )
            for index in range(count)
        ]


def _annotation(kind: ObjectType) -> Any:
    import numpy as np

    return np.ndarray[kind.shape, np.dtype[kind.dtype.type]]  # type: ignore[name-defined]


class Link:
    """Parts of the objects of one fifo, each with a fifo of its own, in a mem tile.

    Attributes:
        whole: the fifo with the larger objects.
        parts: the other fifos, one for each segment of the object.
        offsets: of the segments, in elements.
        joins: data goes from the parts to the whole.
    """

    def __init__(
        self,
        whole: ObjectFifo,
        parts: list[ObjectFifo],
        offsets: list[int],
        ends: list[Handle],
        tile: Tile | None,
        joins: bool,
    ) -> None:
        self.whole, self.parts, self.offsets, self.tile, self.joins = whole, parts, offsets, tile, joins
        self.depth = ends[0].depth
        for end in ends:
            end.own(self)
        for part in parts:
            if part.type.dtype != whole.type.dtype:
                raise Misuse(f"{part.name} has {part.type.dtype} elements, {whole.name} {whole.type.dtype}")
        if len(parts) > 1 or joins:
            self._check_tiling()

    def _check_tiling(self) -> None:
        reached = 0
        for offset, part in sorted(zip(self.offsets, self.parts, strict=True), key=lambda pair: pair[0]):
            if offset != reached:
                raise Misuse(
                    f"{part.name} starts at element {offset} of {self.whole.name}, the one before ends at {reached}; "
                    "hardware drops or repeats data without a word"
                )
            reached += part.type.size
        if reached != self.whole.type.size:
            raise Misuse(f"the parts of {self.whole.name} have {reached} elements, its objects {self.whole.type.size}")

    def segment(self, index: int) -> int:
        """Elements of a segment; a forwarded object is one segment, whatever the fifo behind it cuts it into."""
        return self.parts[index].type.size if len(self.parts) > 1 or self.joins else self.whole.type.size

    def __repr__(self) -> str:
        return f"the {'join' if self.joins else 'split'} of {self.whole.name}"
