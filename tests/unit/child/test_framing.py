import io
import json
import struct

import numpy as np
import pytest

from starling.child import framing


def frame(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack("<II", len(header), len(body)) + header + body


def round_trip(data, arrays):
    stream = io.BytesIO()
    framing.write(stream, data, arrays)
    stream.seek(0)
    return framing.read(stream)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "int32", "int16", "uint8", "int8"])
def test_arrays_come_back_as_they_were(dtype):
    array = np.arange(24).reshape(2, 3, 4).astype(dtype)
    message = round_trip({"text": "ü €"}, {"a": array, "empty": array[:0], "strided": array[:, ::2]})
    assert message.data == {"text": "ü €"}
    for name, expected in {"a": array, "empty": array[:0], "strided": array[:, ::2]}.items():
        assert message.arrays[name].dtype == expected.dtype
        np.testing.assert_array_equal(message.arrays[name], expected)


def test_many_frames_then_a_clean_end():
    stream = io.BytesIO()
    for number in range(3):
        framing.write(stream, {"n": number})
    stream.seek(0)
    assert [framing.read(stream).data["n"] for _ in range(3)] == [0, 1, 2]
    assert framing.read(stream) is None


def test_every_cut_of_a_frame_is_an_error():
    stream = io.BytesIO()
    framing.write(stream, {"k": 1}, {"a": np.zeros(3, np.float32)})
    whole = stream.getvalue()
    for cut in range(1, len(whole)):
        with pytest.raises(framing.FrameError):
            framing.read(io.BytesIO(whole[:cut]))


def header(arrays, data=None) -> bytes:
    return json.dumps({"data": data if data is not None else {}, "arrays": arrays}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff" * 64,
        frame(b"not json"),
        frame(b"[]"),
        frame(b'{"data": {}}'),
        frame(b"[" * 100_000),
        frame(header([["a", "object", [1]]]), bytes(8)),
        frame(header([["a", "float32", [2]]]), bytes(4)),
        frame(header([["a", "float32", [1]]]), bytes(8)),
        frame(header([["a", "float32", [-1]]]), bytes(8)),
        frame(header([["a", ["float32"], [1]]]), bytes(4)),
        frame(header([], data=5)),
    ],
)
def test_what_is_not_a_frame(raw):
    with pytest.raises(framing.FrameError):
        framing.read(io.BytesIO(raw))


def test_a_pickle_cannot_be_sent():
    with pytest.raises(TypeError):
        framing.encode({"k": object()})
