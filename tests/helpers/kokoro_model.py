"""A Kokoro-shaped model for tests: the original's inputs, outputs and voices file around a row of tones.

Every token sounds as a tone of its own for ``FRAMES_PER_TOKEN`` frames of 600 samples, so that length, order and
speed can be checked. It says nothing about the original's sound or speed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RATE = 24_000
FRAME_SAMPLES = 600
FRAMES_PER_TOKEN = 4
STYLE_ROWS = 510
STYLE_SIZE = 256
NOISE = 0.004
TOKEN_KINDS = 178
"""Of the original's vocabulary."""
_GROUPS = (
    "af_heart af_alloy af_aoede af_bella af_jessica af_kore af_nicole af_nova af_river af_sarah af_sky",
    "am_adam am_echo am_eric am_fenrir am_liam am_michael am_onyx am_puck am_santa",
    "bf_alice bf_emma bf_isabella bf_lily bm_daniel bm_fable bm_george bm_lewis",
    "ef_dora em_alex em_santa ff_siwis hf_alpha hf_beta hm_omega hm_psi if_sara im_nicola",
    "jf_alpha jf_gongitsune jf_nezumi jf_tebukuro jm_kumo pf_dora pm_alex pm_santa",
    "zf_xiaobei zf_xiaoni zf_xiaoxiao zf_xiaoyi zm_yunjian zm_yunxi zm_yunxia zm_yunyang",
)
VOICES = tuple(" ".join(_GROUPS).split())


def build(
    folder: Path, *, new_names: bool = False, durations: bool = False, noise: bool = False, deep: bool = False
) -> Path:
    """Write ``model.onnx`` and ``voices.bin`` into ``folder``, which is returned.

    Args:
        folder: made if absent.
        new_names: ``input_ids, style, speed -> waveform`` instead of ``tokens, style, speed -> audio``.
        durations: a second output ``duration``, frames for each token, int64.
        noise: unseeded noise, as the original draws, by every operator that draws any, and one inside a branch.
        deep: layers like the original's: products and a convolution over the tokens, before their durations are
            known; a convolution and squares over the samples.
    """
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(_model(new_names, durations, noise, deep), folder / "model.onnx")
    write_voices(folder / "voices.bin")
    return folder


def write_voices(path: Path, **replaced: np.ndarray) -> None:
    """Write a voices file: npz of (510, 1, 256) float32 for each name; ``replaced`` puts other arrays in."""
    rng = np.random.default_rng(0)
    row = rng.standard_normal((1, 1, STYLE_SIZE)).astype(np.float32)
    styles = {name: np.repeat(row * (1 + index / 100), STYLE_ROWS, 0) for index, name in enumerate(VOICES)}
    with path.open("wb") as file:
        np.savez(file, **{**styles, **replaced})


def _model(new_names: bool, durations: bool, noise: bool, deep: bool) -> onnx.ModelProto:
    tokens, audio = ("input_ids", "waveform") if new_names else ("tokens", "audio")
    inputs = [
        helper.make_tensor_value_info(tokens, TensorProto.INT64, [1, "tokens"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, STYLE_SIZE]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info(audio, TensorProto.FLOAT, ["samples"])]
    if durations:
        outputs.append(helper.make_tensor_value_info("duration", TensorProto.INT64, ["tokens"]))
    nodes, constants = _nodes(tokens, audio, durations, noise), _constants(noise)
    if deep:
        last = _sample_layers(nodes, audio)  # changes the others
        nodes = [*_token_layers(tokens), *nodes, *last]
        constants += _weights()
    graph = helper.make_graph(nodes, "kokoro-shaped", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def _nodes(tokens: str, audio: str, durations: bool, noise: bool) -> list[onnx.NodeProto]:
    """A token is round(4 / speed) frames of 600 samples, a tone of 100 Hz + 10 Hz x token, its level from the style."""
    node = helper.make_node
    loud = "clean" if noise else audio
    nodes = [
        node("Div", ["frames", "speed"], ["frames_wanted"]),
        node("Round", ["frames_wanted"], ["frames_whole"]),
        node("Cast", ["frames_whole"], ["frames_each"], to=TensorProto.INT64),
        node("Reshape", [tokens, "flat"], ["ids"]),
        node("Cast", ["ids"], ["ids_float"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["ids_float", "one"], ["column"]),
        node("Mul", ["column", "hz_per_token"], ["offset"]),
        node("Add", ["offset", "base_hz"], ["hz"]),
        node("Mul", ["frames_each", "frame_samples"], ["samples_each"]),
        node("Squeeze", ["samples_each"], ["samples_scalar"]),
        node("Range", ["zero", "samples_scalar", "step"], ["ramp"]),
        node("Cast", ["ramp"], ["time"], to=TensorProto.FLOAT),
        node("Mul", ["hz", "time"], ["turns"]),
        node("Mul", ["turns", "radians"], ["phase"]),
        node("Sin", ["phase"], ["tones"]),
        node("ReduceMean", ["style"], ["mood"], keepdims=0),
        node("Tanh", ["mood"], ["mood_bounded"]),
        node("Mul", ["mood_bounded", "level_range"], ["level_offset"]),
        node("Add", ["level_offset", "level_base"], ["level"]),
        node("Mul", ["tones", "level"], ["sound"]),
        node("Reshape", ["sound", "flat"], [loud]),
    ]
    if noise:
        nodes += [
            node("RandomNormalLike", [loud], ["random"], scale=1.0),
            node("RandomUniformLike", [loud], ["random_even"], low=-1.0, high=1.0),
            node("RandomNormal", [], ["normal"], shape=[1], scale=1.0),
            node("RandomUniform", [], ["even"], shape=[1], low=-1.0, high=1.0),
            node("If", ["always"], ["branched"], then_branch=_branch("then"), else_branch=_branch("else")),
            node("Sum", ["random", "random_even", "normal", "even", "branched"], ["noises"]),
            node("Mul", ["noises", "noise_level"], ["hiss"]),
            node("Add", [loud, "hiss"], [audio]),
        ]
    if durations:
        nodes += [node("Shape", ["ids"], ["count"]), node("Expand", ["frames_each", "count"], ["duration"])]
    return nodes


def _branch(name: str) -> onnx.GraphProto:
    drawn = helper.make_tensor_value_info(f"{name}_drawn", TensorProto.FLOAT, [1])
    node = helper.make_node("RandomNormal", [], [f"{name}_drawn"], shape=[1], scale=1.0)
    return helper.make_graph([node], name, [], [drawn])


def _constants(noise: bool) -> list[onnx.TensorProto]:
    values: dict[str, np.ndarray] = {
        "frames": np.array([FRAMES_PER_TOKEN], np.float32),
        "flat": np.array([-1], np.int64),
        "one": np.array([1], np.int64),
        "hz_per_token": np.array(10.0, np.float32),
        "base_hz": np.array(100.0, np.float32),
        "frame_samples": np.array([FRAME_SAMPLES], np.int64),
        "zero": np.array(0, np.int64),
        "step": np.array(1, np.int64),
        "radians": np.array(2 * np.pi / RATE, np.float32),
        "level_range": np.array(0.1, np.float32),
        "level_base": np.array(0.3, np.float32),
    }
    if noise:
        values |= {"noise_level": np.array(NOISE, np.float32), "always": np.array(True)}
    return [numpy_helper.from_array(value, name) for name, value in values.items()]


def _token_layers(tokens: str) -> list[onnx.NodeProto]:
    """What a token is worth, from itself and its neighbours: 1 or a little off it, as ``token_level`` (tokens, 1)."""
    node = helper.make_node
    return [
        node("Reshape", [tokens, "flat"], ["deep_ids"]),
        node("Gather", ["embeddings", "deep_ids"], ["embedded"]),
        node("MatMul", ["embedded", "weight_up"], ["up"]),
        node("Tanh", ["up"], ["up_bounded"]),
        node("Gemm", ["up_bounded", "weight_down", "bias_down"], ["down"], transB=1),
        node("Transpose", ["down"], ["channels"], perm=[1, 0]),
        node("Unsqueeze", ["channels", "zero_axis"], ["batch"]),
        node("Conv", ["batch", "kernel", "kernel_bias"], ["neighbours"], kernel_shape=[3], pads=[1, 1]),
        node("ReduceMean", ["neighbours"], ["worth"], axes=[1], keepdims=0),
        node("Transpose", ["worth"], ["worth_column"], perm=[1, 0]),
        node("Tanh", ["worth_column"], ["worth_bounded"]),
        node("Mul", ["worth_bounded", "worth_range"], ["worth_offset"]),
        node("Add", ["worth_offset", "unit"], ["token_level"]),
    ]


def _sample_layers(nodes: list[onnx.NodeProto], audio: str) -> list[onnx.NodeProto]:
    """A convolution and a square over the samples; what made the audio makes ``plain`` instead."""
    node = helper.make_node
    for one in nodes:
        if one.op_type == "Constant":
            continue
        for place, name in enumerate(one.input):
            if name == "level" and one.op_type == "Mul":
                one.input[place] = "level_each"
            elif name == audio:
                one.input[place] = "plain"
        one.output[:] = ["plain" if name == audio else name for name in one.output]
    at = next(number for number, one in enumerate(nodes) if "level_each" in one.input)
    nodes.insert(at, node("Mul", ["level", "token_level"], ["level_each"]))
    return [
        node("Unsqueeze", ["plain", "two_axes"], ["plain_batch"]),
        node("Conv", ["plain_batch", "filter"], ["filtered"], kernel_shape=[5], pads=[2, 2]),
        node("Constant", [], ["exponent"], value=numpy_helper.from_array(np.array(2.0, np.float32))),
        node("Pow", ["filtered", "exponent"], ["squared"]),
        node("Mul", ["squared", "square_share"], ["squared_small"]),
        node("Add", ["filtered", "squared_small"], ["shaped"]),
        node("Reshape", ["shaped", "flat"], [audio]),
    ]


def _weights() -> list[onnx.TensorProto]:
    rng = np.random.default_rng(1)

    def drawn(*shape: int) -> np.ndarray:
        return (rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    values: dict[str, np.ndarray] = {
        "embeddings": drawn(TOKEN_KINDS, 64),
        "weight_up": drawn(64, 96),
        "weight_down": drawn(64, 96),
        "bias_down": drawn(64),
        "kernel": drawn(64, 64, 3),
        "kernel_bias": drawn(64),
        "worth_range": np.array(0.1, np.float32),
        "unit": np.array(1.0, np.float32),
        "zero_axis": np.array([0], np.int64),
        "two_axes": np.array([0, 1], np.int64),
        "filter": np.array([[[0.05, 0.1, 0.7, 0.1, 0.05]]], np.float32),
        "square_share": np.array(0.05, np.float32),
    }
    return [numpy_helper.from_array(value, name) for name, value in values.items()]
