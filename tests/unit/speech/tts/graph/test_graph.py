"""Kokoro's graph read, edited and cut in two, on a graph of its shape; ONNX Runtime judges what comes out."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.speech.tts import compare, kokoro_files
from starling.speech.tts.graph import edits, parts, split, store, wire
from starling.speech.tts.graph.model import Model, Node
from starling.speech.tts.split_session import SplitSession
from tests.helpers.kokoro_model import RATE, build

LENGTHS = (16, 32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build(tmp_path_factory.mktemp("kokoro") / "model", deep=True, noise=True, durations=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("place")


@pytest.fixture(scope="module")
def seeded(folder):
    model = store.read_model(folder / "model.onnx")
    assert edits.write_seeds(model.graph) == 6
    return model.encode()


def feeds(tokens):
    return {
        "tokens": np.arange(tokens, dtype=np.int64)[np.newaxis] * 7 % 178,
        "style": np.ones((1, 256), np.float32),
        "speed": np.ones(1, np.float32),
    }


def run(model, tokens=9):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, feeds(tokens))


def lifted(data):
    model = Model.decode(data)
    edits.lift_constants(model.graph)
    return model


def test_a_model_that_was_read_and_written_is_the_same(folder, seeded):
    data = (folder / "model.onnx").read_bytes()
    before, after = onnx.load_from_string(data), onnx.load_from_string(Model.decode(data).encode())
    onnx.checker.check_model(after)
    assert [str(node) for node in before.graph.node] == [str(node) for node in after.graph.node]
    assert {one.name: one.raw_data for one in before.graph.initializer} == {
        one.name: one.raw_data for one in after.graph.initializer
    }
    assert Model.decode(data).opset == 17


def test_with_seeds_fresh_sessions_draw_the_same_also_after_edits(seeded):
    first, again = run(seeded)[0], run(seeded)[0]
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(run(lifted(seeded).encode())[0], first)


@pytest.mark.parametrize(
    ("edit", "changed", "error"), [("squares", 1, 1e-6), ("flat_convolutions", 2, 1e-5), ("int8_products", 2, 5e-3)]
)
def test_an_edit_changes_the_graph_and_hardly_the_sound(seeded, edit, changed, error):
    model = lifted(seeded)
    before = {node.op for node in model.graph.nodes}
    assert getattr(edits, edit)(model) == changed
    data = model.encode()
    onnx.checker.check_model(onnx.load_from_string(data))
    sound, reference = run(data)[0], run(seeded)[0]
    np.testing.assert_allclose(sound, reference, atol=error)
    assert all(check.passed for check in compare.checks(sound, reference))
    gone = {"squares": {"Pow"}, "flat_convolutions": set(), "int8_products": {"MatMul", "Gemm"}}[edit]
    assert gone <= before - {node.op for node in model.graph.nodes}


def test_int8_makes_the_weights_smaller_and_leaves_the_small_ones(seeded):
    model = lifted(seeded)
    edits.int8_products(model)
    assert len(model.encode()) < len(seeded) - 3 * (64 * 96 * 2) + 3000
    assert model.graph.array("weight_up") is None  # nothing reads it any more


GEMMS = {
    "plain": ({}, (80, 64), True),
    "transposed": ({"transB": 1}, (64, 80), True),
    "scaled": ({"alpha": 0.5}, (80, 64), False),
    "transposed input": ({"transA": 1}, (80, 64), False),
    "small": ({}, (80, 8), False),
}


@pytest.mark.parametrize("case", GEMMS)
def test_products_are_only_taken_where_they_are_what_they_look_like(case):
    attributes, shape, taken = GEMMS[case]
    weight = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    node = helper.make_node("Gemm", ["x", "w"], ["y"], **attributes)
    value = helper.make_tensor_value_info
    rows = [80, 3] if "transA" in attributes else [3, 80]
    graph = helper.make_graph(
        [node],
        "g",
        [value("x", TensorProto.FLOAT, rows)],
        [value("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "w")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    model = Model.decode(made.SerializeToString())
    assert (edits.int8_products(model) == 1) is taken
    x = {"x": np.random.default_rng(1).standard_normal(rows).astype(np.float32)}
    ours, theirs = (
        onnxruntime.InferenceSession(data).run(None, x)[0] for data in (model.encode(), made.SerializeToString())
    )
    np.testing.assert_allclose(ours, theirs, atol=0.02 * np.abs(theirs).max() + 0.3)


def test_what_has_fixed_shapes_is_before_what_the_durations_decide(seeded):
    found = split.split(lifted(seeded))
    assert found is not None
    ops = {node.op for node in found.fixed.graph.nodes}
    assert {"MatMul", "Gemm", "Gather", "Conv"} <= ops
    assert not {"Range", "Sin", "If", "RandomNormal"} & ops
    assert {"Range", "Sin", "If", "Pow"} <= {node.op for node in found.rest.graph.nodes}
    assert set(found.cut) == {"duration", "level_each", "samples_scalar", "hz"}
    assert 0 < found.nodes[0] < found.nodes[1]


NODES = {
    "a constant shape": ([Node("Reshape", ["x", "k"], ["y"])], True),
    "a shape of an input": ([Node("Shape", ["x"], ["s"]), Node("Expand", ["x", "s"], ["y"])], True),
    "a computed shape": ([Node("Cast", ["x"], ["s"]), Node("Reshape", ["x", "s"], ["y"])], False),
    "a computed length": ([Node("Range", ["k", "x", "k"], ["r"]), Node("Cos", ["r"], ["y"])], False),
    "found by value": ([Node("NonZero", ["x"], ["y"])], False),
    "its shape": ([Node("NonZero", ["x"], ["z"]), Node("Shape", ["z"], ["y"])], False),
    "noise": ([Node("RandomNormalLike", ["x"], ["y"])], False),
}


@pytest.mark.parametrize("case", NODES)
def test_shapes_are_followed(seeded, case):
    nodes, fixed = NODES[case]
    graph = Model.decode(seeded).graph
    graph.nodes, graph.inputs, graph.constants = nodes, {"x": b""}, {"k": b""}
    assert split.analyse(graph).fixed(nodes[-1]) is fixed


class _HerePart:
    """The fixed part in sessions of this process."""

    lengths = LENGTHS
    placement = Placement("npu", ("a test",))

    def __init__(self, made):
        self._sessions = {n: onnxruntime.InferenceSession(str(made.fixed(n))) for n in LENGTHS}

    def run(self, length, given):
        session = self._sessions[length]
        names = [one.name for one in session.get_outputs()]
        found = session.run(names, given)
        return {name: np.ascontiguousarray(array) for name, array in zip(names, found, strict=True)}


@pytest.mark.parametrize(("tokens", "device"), [(9, "npu"), (16, "npu"), (20, "npu"), (40, "cpu")])
def test_both_parts_together_sound_as_the_whole(folder, place, seeded, tokens, device):
    made = parts.prepare(folder / "model.onnx", place, LENGTHS)
    rest = store.read_model(made.rest)
    edits.write_seeds(rest.graph)
    any_length = onnxruntime.InferenceSession(str(made.fixed()))
    session = SplitSession(made, _HerePart(made), any_length, onnxruntime.InferenceSession(rest.encode()))
    sound, durations = session.run(None, feeds(tokens))
    reference, expected = run(seeded, tokens)
    assert len(sound) == len(reference)
    np.testing.assert_array_equal(durations, expected)
    assert compare.log_spectral_distance(sound, reference) < 0.05  # the padding is heard by the last token alone
    assert session.placement.device == device
    assert "session provider CPUExecutionProvider" in session.placement.evidence[-1]
    assert [one.name for one in session.get_inputs()] == ["tokens", "style", "speed"]
    fixed = onnx.load(made.fixed(16))
    dims = [one.dim_value for one in fixed.graph.input[0].type.tensor_type.shape.dim]
    assert dims == [1, 16]


def test_parts_are_made_once_and_a_damaged_description_is_told(folder, tmp_path):
    made = parts.prepare(folder / "model.onnx", tmp_path, LENGTHS)
    before = made.rest.stat().st_mtime_ns
    assert parts.prepare(folder / "model.onnx", tmp_path, LENGTHS) == made
    assert made.rest.stat().st_mtime_ns == before
    (made.folder / parts.TOLD).write_text('{"cut": 5}')
    with pytest.raises(StarlingError) as caught:
        parts.prepare(folder / "model.onnx", tmp_path, LENGTHS)
    assert caught.value.code == "tts.bad_part"


def test_a_part_that_gives_another_shape_is_refused(folder, place):
    made = parts.prepare(folder / "model.onnx", place, LENGTHS)
    good = {name: np.zeros(growth.shape(16), np.float32) for name, growth in made.cut.items()}
    assert made.trimmed(good, 5)["hz"].shape == (5, 1)
    for bad in ({**good, "hz": np.zeros((3, 1))}, {**good, "hz": np.zeros(16)}, {"hz": good["hz"]}):
        with pytest.raises(StarlingError) as caught:
            made.trimmed(bad, 5)
        assert caught.value.code == "tts.bad_part"


def test_the_installed_file_is_never_changed_and_external_weights_are_not_edited(folder, tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(onnx.load(folder / "model.onnx"), path, save_as_external_data=True, location="w.data", size_threshold=0)
    with pytest.raises(StarlingError) as caught:
        store.read_model(path)
    assert caught.value.code == "tts.not_editable"


@pytest.mark.parametrize("data", [b"\x3a", b"\x3a\x05ab", b"\x07", b"\xff" * 12, b"\x08\x01"])
def test_what_is_no_model_is_told(data):
    with pytest.raises(wire.Damaged):
        Model.decode(data)


def test_a_session_with_fixed_noise_draws_the_same_in_every_process_and_another_does_not(folder):
    path = folder / "model.onnx"
    one, other = (kokoro_files.open_session(path, 1, 0, fixed_noise=True).run(None, feeds(9))[0] for _ in range(2))
    np.testing.assert_array_equal(one, other)
    free = kokoro_files.open_session(path, 1, 0).run(None, feeds(9))[0]
    assert not np.array_equal(free, one)


def test_spectra():
    times = np.arange(RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 220 * times)).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    assert compare.log_spectral_distance(tone, tone) == 0
    assert compare.log_spectral_distance(2 * noise, noise) == pytest.approx(20 * np.log10(2), abs=0.05)
    assert compare.log_spectral_distance(noise, tone) > 10
    for bad in (tone[:100], np.zeros(0, np.float32), np.full(RATE, np.nan, np.float32)):
        assert np.isnan(compare.log_spectral_distance(bad, tone))
        assert not all(check.passed for check in compare.checks(bad, tone))
    assert np.isnan(compare.log_spectral_distance(tone, np.zeros(RATE, np.float32)))
    assert not compare.checks(tone[: RATE - 600], tone)[0].passed
    assert np.isnan(compare.duration_difference(tone, tone[:0]))
