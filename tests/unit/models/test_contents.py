"""What is looked at before a library may open a file."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.models.contents import MOST_VOICES, VOICE_SHAPE, check_voices
from tests.helpers import kokoro_model


def header(text: str, data: bytes = b"") -> bytes:
    written = text.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(written).to_bytes(2, "little") + written + data


def voices(path: Path, *members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(members):
            archive.writestr(f"a{number}.npy", data)
    return path


def code(path: Path) -> str:
    with pytest.raises(StarlingError) as caught:
        check_voices(path)
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        "{'descr': (",
        "(" * 5000,
        "'''",
        "{'descr': [('a','<f4'",
        "{'descr': 'zz', 'fortran_order': False, 'shape': ()}",
        "{'descr': '<f4'}",
        "",
    ],
)
def test_headers_that_are_none(tmp_path, text):
    assert code(voices(tmp_path / "v.bin", header(text))) == "model.bad_voices"


@pytest.mark.parametrize("shape", ["(10000000000, 1, 256)", "(510, 1, 255)", "()", "(510, 256)"])
def test_a_voice_of_another_shape_would_be_refused_when_it_is_needed(tmp_path, shape):
    """Numpy makes room for what a header claims before it reads the rest."""
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}"
    assert code(voices(tmp_path / "v.bin", header(text))) == "model.bad_voices"


def test_more_voices_than_memory(tmp_path):
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {VOICE_SHAPE}}}"
    path = voices(tmp_path / "v.bin", *[header(text)] * (MOST_VOICES + 1))
    assert code(path) == "model.bad_voices"


def test_a_file_of_good_voices(tmp_path):
    kokoro_model.write_voices(tmp_path / "v.bin", af_heart=np.zeros(VOICE_SHAPE, np.float32))
    check_voices(tmp_path / "v.bin")
