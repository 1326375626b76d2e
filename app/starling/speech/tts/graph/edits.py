"""Edits of Kokoro's graph that leave what it computes as it was, or nearly so. Each tells how many nodes it changed."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from starling.speech.tts.graph import wire
from starling.speech.tts.graph.model import FLOAT, Graph, Model, Node

SMALLEST_WEIGHT = 4096
"""Values of a weight below which quantising its input costs more than it saves."""
_WEIGHT_LIMIT = 63
"""Seven bits: with eight, the pairwise sums of AVX2's instruction would overflow."""
_OLDEST_INT8 = 11
_AXES_ARE_INPUTS = 13
_RANDOM = ("RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike")
_SEEDS = 1 << 22
"""A 32-bit float holds every whole number up to here."""


def write_seeds(graph: Graph) -> int:
    """Give every operator that draws noise a seed of its own, inner graphs included.

    The seed comes from the name of what is drawn, so that a graph and its edited copy draw the same noise.
    """
    count = 0
    for node in graph.nodes:
        if node.op in _RANDOM:
            node.put("seed", float(1 + zlib.crc32(node.outputs[0].encode()) % _SEEDS))
            count += 1
        for name, body in node.bodies().items():
            if drawn := write_seeds(body):
                node.put_body(name, body)
                count += drawn
    return count


def lift_constants(graph: Graph) -> int:
    """Make the Constant operators' tensors constants of the graph, where other edits look for them."""
    kept = []
    for node in graph.nodes:
        tensor = _tensor(node) if node.op == "Constant" and not node.domain else None
        if tensor is None:
            kept.append(node)
            continue
        fields = [one for one in wire.decode(tensor) if one[0] != 8]
        graph.constants[node.outputs[0]] = wire.encode([*fields, wire.text(8, node.outputs[0])])
    count, graph.nodes = len(graph.nodes) - len(kept), kept
    return count


def int8_products(model: Model) -> int:
    """Eight-bit weights for MatMul and Gemm, one scale a column; the other factor is quantised as it runs."""
    if model.opset < _OLDEST_INT8:
        return 0
    quantised: dict[str, list[str]] = {}
    return _replaced(model.graph, lambda graph, node: _int8(graph, node, quantised))


def squares(model: Model) -> int:
    """``Pow(x, 2)`` as ``Mul(x, x)``."""
    return _replaced(model.graph, _square)


def flat_convolutions(model: Model) -> int:
    """One-dimensional convolutions as two-dimensional ones of height 1, for which ONNX Runtime has faster code."""
    axes_are_inputs = model.opset >= _AXES_ARE_INPUTS
    return _replaced(model.graph, lambda graph, node: _flat(graph, node, axes_are_inputs))


def _replaced(graph: Graph, edit: Callable[[Graph, Node], list[Node] | None]) -> int:
    nodes: list[Node] = []
    count = 0
    for node in graph.nodes:
        made = edit(graph, node)
        count += made is not None
        nodes += [node] if made is None else made
    graph.nodes = nodes
    drop_unused(graph)
    return count


def drop_unused(graph: Graph) -> None:
    """Remove constants that nothing reads any more."""
    read = {name for node in graph.nodes for name in node.reads()} | set(graph.outputs)
    graph.constants = {name: raw for name, raw in graph.constants.items() if name in read}


def _int8(graph: Graph, node: Node, quantised: dict[str, list[str]]) -> list[Node] | None:
    weight = _weight(graph, node)
    if weight is None:
        return None
    activation, out = node.inputs[0], node.outputs[0]
    made: list[Node] = []
    if activation not in quantised:
        quantised[activation] = [f"{activation}__u8", f"{activation}__scale", f"{activation}__zero"]
        made.append(Node("DynamicQuantizeLinear", [activation], quantised[activation]))
    values, scale, zero = quantised[activation]
    weights, scales = _quantised(graph, node.inputs[1], out, weight)
    # The order in which ONNX Runtime knows it as one operator.
    made += [
        Node("MatMulInteger", [values, weights, zero], [f"{out}__i32"]),
        Node("Cast", [f"{out}__i32"], [f"{out}__f32"]),
        Node("Mul", [scale, scales], [f"{out}__scales"]),
        Node("Mul", [f"{out}__f32", f"{out}__scales"], [out]),
    ]
    made[-3].put("to", FLOAT)
    if node.op == "Gemm" and len(node.inputs) > 2 and node.inputs[2]:
        made[-1].outputs = [f"{out}__product"]
        made.append(Node("Add", [f"{out}__product", node.inputs[2]], [out]))
    for number, one in enumerate(made):
        one.name = f"{node.name or out}__int8_{number}"
    return made


def _weight(graph: Graph, node: Node) -> NDArray[np.float32] | None:
    """The constant (k, n) that this node multiplies with, where it is large enough; None for any other node."""
    if node.domain or node.op not in ("MatMul", "Gemm"):
        return None
    found = graph.array(node.inputs[1])
    if found is None or found.ndim != 2 or found.dtype != np.float32 or found.size < SMALLEST_WEIGHT:
        return None
    weight = np.asarray(found, np.float32)
    if not np.isfinite(weight).all():
        return None
    if node.op == "MatMul":
        return weight
    if node.whole("transA", 0) or node.real("alpha", 1.0) != 1.0 or node.real("beta", 1.0) != 1.0:
        return None
    return weight.T if node.whole("transB", 0) else weight


def _quantised(graph: Graph, name: str, out: str, weight: NDArray[np.float32]) -> tuple[str, str]:
    """The names of the eight-bit weight and of its scales. Named by the output: it may be used both ways."""
    scales = np.maximum(np.abs(weight).max(axis=0), np.finfo(np.float32).tiny) / np.float32(_WEIGHT_LIMIT)
    rounded = np.rint(weight / scales).astype(np.int8)
    return graph.add(f"{name}__{out}__s8", rounded), graph.add(f"{name}__{out}__scales", scales.astype(np.float32))


def _square(graph: Graph, node: Node) -> list[Node] | None:
    if node.op != "Pow" or node.domain:
        return None
    exponent = graph.array(node.inputs[1])
    if exponent is None or exponent.shape not in ((), (1,)) or exponent.item() != 2:
        return None
    return [Node("Mul", [node.inputs[0]] * 2, node.outputs, node.name)]


def _flat(graph: Graph, node: Node, axes_are_inputs: bool) -> list[Node] | None:
    weight = graph.array(node.inputs[1]) if node.op == "Conv" and not node.domain else None
    if weight is None or weight.ndim != 3 or node.string("auto_pad") not in ("", "NOTSET"):
        return None
    data, out, flat = node.inputs[0], node.outputs[0], f"{node.inputs[1]}__flat"
    if flat not in graph.constants:
        graph.add(flat, weight[:, :, np.newaxis, :])
    wide = Node("Conv", [f"{out}__in", flat, *node.inputs[2:]], [f"{out}__out"], f"{node.name or out}__flat")
    wide.attributes = dict(node.attributes)
    begin, end = node.wholes("pads") or [0, 0]
    wide.put("pads", [0, begin, 0, end])
    wide.put("kernel_shape", [1, weight.shape[2]])
    for name in ("strides", "dilations"):
        wide.put(name, [1, *(node.wholes(name) or [1])])
    before = _reshaped(graph, "Unsqueeze", data, f"{out}__in", axes_are_inputs)
    return [before, wide, _reshaped(graph, "Squeeze", f"{out}__out", out, axes_are_inputs)]


def _reshaped(graph: Graph, op: str, data: str, out: str, axes_are_inputs: bool) -> Node:
    node = Node(op, [data], [out], f"{out}__{op}")
    if axes_are_inputs:
        node.inputs.append(graph.add("axis_2__flat", np.array([2], np.int64)))
    else:
        node.put("axes", [2])
    return node


def _tensor(node: Node) -> wire.Raw | None:
    raw = node.attributes.get("value")
    if raw is None:
        return None
    return next((value for number, _, value in wire.decode(raw) if number == 5 and not isinstance(value, int)), None)
