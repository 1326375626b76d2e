"""The parts of an ONNX model that are edited: nodes, constants, inputs and outputs. Field numbers are onnx.proto's."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.speech.tts.graph import wire
from starling.speech.tts.graph.wire import BYTES, Damaged, Field, Raw

FLOAT, UINT8, INT8, INT32, INT64 = 1, 2, 3, 6, 7
DTYPES: dict[int, np.dtype[Any]] = {
    FLOAT: np.dtype("<f4"),
    UINT8: np.dtype("u1"),
    INT8: np.dtype("i1"),
    INT32: np.dtype("<i4"),
    INT64: np.dtype("<i8"),
}
_MODEL_GRAPH = 7
_MODEL_OPSETS = 8
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_INPUT, _GRAPH_OUTPUT, _GRAPH_VALUE_INFO = 1, 5, 11, 12, 13
_ATTRIBUTE_TYPES = {"f": 1, "i": 2, "t": 4, "ints": 7}
_DEEPEST = 16


@dataclass
class Node:
    """One operator; attributes by name, each still encoded."""

    op: str
    inputs: list[str]
    outputs: list[str]
    name: str = ""
    domain: str = ""
    attributes: dict[str, Raw] = field(default_factory=dict)
    others: list[Field] = field(default_factory=list)

    def whole(self, name: str, default: int) -> int:
        """An attribute that is a whole number."""
        return next((wire.signed(value) for number, _, value in self._fields(name) if number == 3), default)

    def real(self, name: str, default: float) -> float:
        """An attribute that is a float."""
        for number, _, value in self._fields(name):
            if number == 2 and not isinstance(value, int):
                return float(struct.unpack("<f", value)[0])
        return default

    def wholes(self, name: str) -> list[int]:
        """An attribute that is a list of whole numbers; empty when it is not there."""
        return [one for number, kind, value in self._fields(name) if number == 8 for one in wire.packed(kind, value)]

    def string(self, name: str) -> str:
        """An attribute that is text; empty when it is not there."""
        return next((wire.string(value) for number, _, value in self._fields(name) if number == 4), "")

    def put(self, name: str, value: int | float | list[int]) -> None:
        """Set an attribute."""
        if isinstance(value, list):
            told, kind = [wire.whole(8, one) for one in value], "ints"
        elif isinstance(value, float):
            told, kind = [wire.real(2, value)], "f"
        else:
            told, kind = [wire.whole(3, value)], "i"
        self.attributes[name] = wire.encode([wire.text(1, name), *told, wire.whole(20, _ATTRIBUTE_TYPES[kind])])

    def bodies(self) -> dict[str, Graph]:
        """The graphs inside it, by attribute: branches of If, the body of Loop."""
        found = {}
        for name in self.attributes:
            for number, _, value in self._fields(name):
                if number == 6 and not isinstance(value, int):
                    found[name] = Graph.decode(value)
        return found

    def put_body(self, name: str, graph: Graph) -> None:
        """Replace the graph inside an attribute."""
        kept = [one for one in self._fields(name) if one[0] != 6]
        self.attributes[name] = wire.encode([*kept, (6, BYTES, graph.encode())])

    def reads(self) -> list[str]:
        """Every tensor it reads, those that its inner graphs take from outside too."""
        found = [name for name in self.inputs if name]
        for body in self.bodies().values():
            found += body.free()
        return found

    def encode(self) -> bytes:
        """Its bytes."""
        fields = [wire.text(1, name) for name in self.inputs] + [wire.text(2, name) for name in self.outputs]
        if self.name:
            fields.append(wire.text(3, self.name))
        fields.append(wire.text(4, self.op))
        fields += [(5, BYTES, raw) for raw in self.attributes.values()]
        if self.domain:
            fields.append(wire.text(7, self.domain))
        return wire.encode([*fields, *self.others])

    @classmethod
    def decode(cls, data: Raw) -> Node:
        """The inverse of :meth:`encode`."""
        node = cls("", [], [])
        for number, kind, value in wire.decode(data):
            if number == 1:
                node.inputs.append(wire.string(value))
            elif number == 2:
                node.outputs.append(wire.string(value))
            elif number == 3:
                node.name = wire.string(value)
            elif number == 4:
                node.op = wire.string(value)
            elif number == 7:
                node.domain = wire.string(value)
            elif number == 5 and not isinstance(value, int):
                node.attributes[_named(value, 1)] = value
            else:
                node.others.append((number, kind, value))
        return node

    def _fields(self, name: str) -> Iterable[Field]:
        return wire.decode(self.attributes[name]) if name in self.attributes else ()


@dataclass
class Graph:
    """A graph; everything but nodes is kept encoded, constants and values by name."""

    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Raw] = field(default_factory=dict)
    inputs: dict[str, Raw] = field(default_factory=dict)
    outputs: dict[str, Raw] = field(default_factory=dict)
    others: list[Field] = field(default_factory=list)

    @classmethod
    def decode(cls, data: Raw, depth: int = 0) -> Graph:
        """A graph of its bytes; told shapes of what lies between are left out, since edits would belie them."""
        if depth > _DEEPEST:
            raise Damaged("it is nested too deeply")
        graph = cls()
        named = {
            _GRAPH_INITIALIZER: (graph.constants, 8),
            _GRAPH_INPUT: (graph.inputs, 1),
            _GRAPH_OUTPUT: (graph.outputs, 1),
        }
        for number, kind, value in wire.decode(data):
            if isinstance(value, int):
                graph.others.append((number, kind, value))
            elif number == _GRAPH_NODE:
                graph.nodes.append(Node.decode(value))
            elif number in named:
                place, key = named[number]
                place[_named(value, key)] = value
            elif number != _GRAPH_VALUE_INFO:
                graph.others.append((number, kind, value))
        return graph

    def encode(self) -> bytes:
        """Its bytes."""
        fields: list[Field] = [(_GRAPH_NODE, BYTES, node.encode()) for node in self.nodes]
        for number, values in (
            (_GRAPH_INITIALIZER, self.constants),
            (_GRAPH_INPUT, self.inputs),
            (_GRAPH_OUTPUT, self.outputs),
        ):
            fields += [(number, BYTES, raw) for raw in values.values()]
        return wire.encode([*fields, *self.others])

    def free(self) -> list[str]:
        """What its nodes and outputs take from outside."""
        known = {*self.constants, *self.inputs}
        found: dict[str, None] = {}
        for node in self.nodes:
            found.update(dict.fromkeys(name for name in node.reads() if name not in known))
            known.update(node.outputs)
        found.update(dict.fromkeys(name for name in self.outputs if name not in known))
        return list(found)

    def array(self, name: str) -> NDArray[np.generic] | None:
        """A constant's values; None for one of another type, or whose values are elsewhere."""
        raw = self.constants.get(name)
        if raw is None:
            return None
        dims: list[int] = []
        kind, data = 0, None
        for number, coding, value in wire.decode(raw):
            if number == 1:
                dims += wire.packed(coding, value)
            elif number == 2:
                kind = wire.signed(value)
            elif number == 9 and not isinstance(value, int):
                data = value
            elif number == 4 and coding == BYTES and not isinstance(value, int):
                data = value  # float_data, packed: the same bytes
        size = int(np.prod(dims, dtype=np.int64))
        if data is None or kind not in DTYPES or len(data) != DTYPES[kind].itemsize * size:
            return None
        return np.frombuffer(data, DTYPES[kind]).reshape(dims)

    def add(self, name: str, array: NDArray[np.generic]) -> str:
        """Add a constant; its name."""
        kind = next(number for number, dtype in DTYPES.items() if dtype == array.dtype)
        fields = [wire.whole(1, size) for size in array.shape]
        data = (9, BYTES, np.ascontiguousarray(array).tobytes())
        self.constants[name] = wire.encode([*fields, wire.whole(2, kind), wire.text(8, name), data])
        return name


@dataclass
class Model:
    """A model: one graph, and everything else as it was."""

    graph: Graph
    others: list[Field]

    @classmethod
    def decode(cls, data: Raw) -> Model:
        """Raises :class:`Damaged`."""
        graph, others = None, []
        for number, kind, value in wire.decode(data):
            if number == _MODEL_GRAPH and not isinstance(value, int):
                graph = Graph.decode(value)
            else:
                others.append((number, kind, value))
        if graph is None:
            raise Damaged("it holds no graph")
        return cls(graph, others)

    def encode(self) -> bytes:
        """Its bytes."""
        return wire.encode([*self.others, (_MODEL_GRAPH, BYTES, self.graph.encode())])

    @property
    def opset(self) -> int:
        """Of the standard operators."""
        for number, _, value in self.others:
            if number == _MODEL_OPSETS and not isinstance(value, int):
                told = {key: found for key, _, found in wire.decode(value)}
                if not wire.string(told.get(1, b"")):
                    return wire.signed(told.get(2, 1))
        return 1


def value_info(name: str, kind: int = 0, shape: Iterable[int | None] = ()) -> bytes:
    """An input's or output's declaration; None is a size that changes.

    Without a kind ONNX Runtime finds both by itself, of outputs only.
    """
    fields = [wire.text(1, name)]
    if kind:
        dims = [wire.inner(1, [] if size is None else [wire.whole(1, size)]) for size in shape]
        fields.append(wire.inner(2, [wire.inner(1, [wire.whole(1, kind), wire.inner(2, dims)])]))
    return wire.encode(fields)


def _named(data: Raw, key: int) -> str:
    return next((wire.string(value) for number, _, value in wire.decode(data) if number == key), "")
