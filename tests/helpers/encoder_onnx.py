"""Writes the starter's encoder as ONNX with the static shapes of AMD's sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

_OPSET = 20


class Builder:
    """Nodes and weights of one graph."""

    def __init__(self, weights: dict[str, Any]) -> None:
        import onnx

        self._onnx = onnx
        self._weights = weights
        self.nodes: list[Any] = []
        self.initialisers: list[Any] = []
        self._count = 0

    def constant(self, array: Any) -> str:
        self._count += 1
        name = f"c{self._count}"
        self.initialisers.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        self._count += 1
        name = out or f"t{self._count}"
        self.nodes.append(self._onnx.helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def get(self, name: str) -> Any:
        return self._weights[f"model.encoder.{name}"]

    def conv(self, x: str, name: str, stride: int) -> str:
        weight, bias = self.constant(self.get(f"{name}.weight")), self.constant(self.get(f"{name}.bias"))
        return self.op("Gelu", self.op("Conv", x, weight, bias, pads=[1, 1], strides=[stride], kernel_shape=[3]))

    def linear(self, x: str, name: str) -> str:
        y = self.op("MatMul", x, self.constant(self.get(f"{name}.weight").T))
        bias = self._weights.get(f"model.encoder.{name}.bias")
        return y if bias is None else self.op("Add", y, self.constant(bias))

    def norm(self, x: str, name: str, out: str = "") -> str:
        scale, bias = self.constant(self.get(f"{name}.weight")), self.constant(self.get(f"{name}.bias"))
        return self.op("LayerNormalization", x, scale, bias, out=out, axis=-1, epsilon=1e-5)

    def attention(self, x: str, name: str, heads: int, width: int) -> str:
        split = self.constant(np.array([1, -1, heads, width // heads], np.int64))
        q, k, v = (self.op("Reshape", self.linear(x, f"{name}.{part}_proj"), split) for part in "qkv")
        q, v = (self.op("Transpose", part, perm=[0, 2, 1, 3]) for part in (q, v))
        scores = self.op("MatMul", q, self.op("Transpose", k, perm=[0, 2, 3, 1]))
        scaled = self.op("Mul", scores, self.constant(np.float32((width // heads) ** -0.5)))
        mixed = self.op("Transpose", self.op("MatMul", self.op("Softmax", scaled, axis=-1), v), perm=[0, 2, 1, 3])
        joined = self.op("Reshape", mixed, self.constant(np.array([1, -1, width], np.int64)))
        return self.linear(joined, f"{name}.out_proj")


def write(source: Path, target: Path, *, external: str = "", frames: int = 3000) -> Path:
    """Write ``target``; weights go to a file beside it that is called ``external``."""
    import onnx
    from onnx import TensorProto, helper

    with safe_open(source, framework="np") as file:
        metadata = file.metadata()
        weights = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}
    heads, layers = int(metadata["encoder_attention_heads"]), int(metadata["encoder_layers"])
    mels, width = weights["model.encoder.conv1.weight"].shape[1], weights["model.encoder.conv1.weight"].shape[0]
    graph = Builder(weights)
    x = graph.conv(graph.conv("input_features", "conv1", 1), "conv2", 2)
    x = graph.op("Transpose", x, perm=[0, 2, 1])
    x = graph.op("Add", x, graph.constant(weights["model.encoder.embed_positions.weight"][: frames // 2]))
    for layer in range(layers):
        name = f"layers.{layer}"
        normed = graph.norm(x, f"{name}.self_attn_layer_norm")
        x = graph.op("Add", x, graph.attention(normed, f"{name}.self_attn", heads, width))
        hidden = graph.op("Gelu", graph.linear(graph.norm(x, f"{name}.final_layer_norm"), f"{name}.fc1"))
        x = graph.op("Add", x, graph.linear(hidden, f"{name}.fc2"))
    graph.norm(x, "layer_norm", out="last_hidden_state")
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info("input_features", TensorProto.FLOAT, [1, mels, frames])],
            [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [1, frames // 2, width])],
            graph.initialisers,
        ),
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=9,
    )
    onnx.save(model, target, save_as_external_data=bool(external), location=external or None)
    return target
