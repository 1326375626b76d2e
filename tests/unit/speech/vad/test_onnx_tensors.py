import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from starling.speech.vad.onnx_tensors import float_tensors


def model(*tensors):
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    node = helper.make_node("Identity", [tensors[0].name if tensors else "x"], ["y"])
    return helper.make_model(helper.make_graph([node], "g", [], [output], list(tensors))).SerializeToString()


def test_float_tensors_come_in_their_shapes_and_others_are_left_out():
    weights = np.arange(12, dtype=np.float32).reshape(3, 4)
    found = float_tensors(
        model(
            numpy_helper.from_array(weights, "w"),
            numpy_helper.from_array(np.array([1, 2], np.int64), "shape"),
            numpy_helper.from_array(np.float32(0.5), "scalar"),
        )
    )
    assert set(found) == {"w", "scalar"}
    np.testing.assert_array_equal(found["w"], weights)
    assert found["scalar"].shape == ()


def test_a_model_without_weights_gives_none():
    assert float_tensors(model()) == {}


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_what_is_cut_is_refused(cut):
    whole = model(numpy_helper.from_array(np.ones(50, np.float32), "w"))
    assert onnx.load_from_string(whole)
    with pytest.raises(ValueError, match=r"cut|reshape|wire"):
        float_tensors(whole[:-cut])
