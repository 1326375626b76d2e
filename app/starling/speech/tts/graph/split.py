"""Kokoro in two: what has fixed shapes once the number of tokens is fixed, and what depends on how long they sound.

Kokoro reads the tokens, decides how many frames each of them sounds, and spreads what it knows of a token over its
frames: from there on every shape depends on what was computed. A compiler for an NPU needs fixed shapes, so only the
part before can be given to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from starling.speech.tts.graph.edits import drop_unused
from starling.speech.tts.graph.model import Graph, Model, Node, value_info

_FOUND_BY_VALUE = frozenset({"NonZero", "Unique", "Compress", "NonMaxSuppression", "Loop", "Scan", "If"})
"""Operators whose output's shape hangs on what they are given."""
_SHAPE_INPUTS: dict[str, tuple[int, ...]] = {
    "Range": (0, 1, 2),
    "ConstantOfShape": (0,),
    "Reshape": (1,),
    "Expand": (1,),
    "Tile": (1,),
    "Slice": (1, 2, 3, 4),
    "Pad": (1, 3),
    "Resize": (1, 2, 3),
    "Upsample": (1,),
    "OneHot": (1,),
    "TopK": (1,),
    "Split": (1,),
}
"""Which inputs say the output's shape."""
_ONLY_SHAPE = frozenset({"Shape", "Size"})
_NOISE = frozenset(
    {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"}
)


@dataclass
class Known:
    """What is known of a graph's tensors before it runs.

    Attributes:
        computed: tensors whose values depend on the inputs' values.
        unbounded: tensors whose shapes do, and all that is made of them.
    """

    computed: set[str] = field(default_factory=set)
    unbounded: set[str] = field(default_factory=set)

    def fixed(self, node: Node) -> bool:
        """Whether the node computes something of a shape that is known: work for an NPU."""
        outputs = set(node.outputs)
        return not outputs.isdisjoint(self.computed) and outputs.isdisjoint(self.unbounded)


@dataclass(frozen=True)
class Parts:
    """Two models that together are the one they come from.

    Attributes:
        fixed: from the model's inputs to ``cut``.
        rest: from the inputs and ``cut`` to the model's outputs.
        cut: the tensors that go from one to the other, or are outputs of the model already.
        nodes: of the first, and of both.
    """

    fixed: Model
    rest: Model
    cut: tuple[str, ...]
    nodes: tuple[int, int]


def analyse(graph: Graph) -> Known:
    """Follow the nodes in their order."""
    known = Known(computed={name for name in graph.inputs if name not in graph.constants})
    for node in graph.nodes:
        reads = node.reads()
        unbounded = any(name in known.unbounded for name in reads) or node.op in _NOISE or _by_value(node, known)
        computed = unbounded or (node.op not in _ONLY_SHAPE and any(name in known.computed for name in reads))
        if computed:
            known.computed.update(filter(None, node.outputs))
        if unbounded:
            known.unbounded.update(filter(None, node.outputs))
    return known


def split(model: Model) -> Parts | None:
    """The two parts; None when one of them would be empty. The model is not changed."""
    graph = model.graph
    known = analyse(graph)
    producers = {out: node for node in graph.nodes for out in node.outputs if out}
    fixed = {out for node in graph.nodes if known.fixed(node) for out in node.outputs if out}
    cut, rest = _behind(graph.outputs, producers, stop=fixed)
    if not cut or not rest:
        return None
    _, before = _behind(cut, producers, stop=frozenset())
    first = _part(model, before, cut)
    last = _part(model, rest, [name for name in graph.outputs if name not in cut], extra=cut)
    computing = sum(known.fixed(node) for node in first.graph.nodes)
    return Parts(first, last, tuple(cut), (computing, len(graph.nodes)))


def declare(values: dict[str, bytes | memoryview], told: Mapping[str, tuple[int, Iterable[int | None]]]) -> None:
    """Give those of a graph's inputs or outputs that are told of this element type and shape."""
    for name in values:
        if name in told:
            values[name] = value_info(name, *told[name])


def _by_value(node: Node, known: Known) -> bool:
    if node.op in _FOUND_BY_VALUE:
        return any(name in known.computed for name in node.reads())
    places = _SHAPE_INPUTS.get(node.op, ())
    return any(place < len(node.inputs) and node.inputs[place] in known.computed for place in places)


def _behind(wanted: Iterable[str], producers: dict[str, Node], stop: Iterable[str]) -> tuple[dict[str, None], set[int]]:
    """What has to run for the wanted tensors (ids of nodes), and where it stopped."""
    halt = frozenset(stop)
    stopped: dict[str, None] = {}
    nodes: set[int] = set()
    open_names = list(wanted)
    while open_names:
        name = open_names.pop()
        if name in halt:
            stopped[name] = None
            continue
        node = producers.get(name)
        if node is not None and id(node) not in nodes:
            nodes.add(id(node))
            open_names += node.reads()
    return stopped, nodes


def _part(model: Model, nodes: set[int], outputs: Iterable[str], extra: Iterable[str] = ()) -> Model:
    whole = model.graph
    chosen = [node for node in whole.nodes if id(node) in nodes]
    read = {name for node in chosen for name in node.reads()} | set(outputs)
    inputs = {name: raw for name, raw in whole.inputs.items() if name in read and name not in whole.constants}
    inputs |= {name: value_info(name) for name in extra if name in read}
    told = {name: whole.outputs.get(name, value_info(name)) for name in outputs}
    graph = Graph(chosen, dict(whole.constants), inputs, told, list(whole.others))
    drop_unused(graph)
    return Model(graph, list(model.others))
