"""Instruction streams of the emulation: what is none is said, whatever lies in memory."""

import numpy as np
import pytest

from starling.npu.emulation.instructions import MAGIC, VERSION, decode, encode
from starling.npu.xrt.lowering import Job

JOB = Job("gelu", "gelu_bf16", {"device": "npu1", "count": 16384})


def stream(text: bytes, size: int | None = None) -> np.ndarray:
    body = np.frombuffer(text.ljust(-(-len(text) // 4) * 4, b"\0"), np.uint32)
    return np.concatenate([np.array([MAGIC, VERSION, len(text) if size is None else size], np.uint32), body])


def test_there_and_back() -> None:
    assert decode(encode(JOB)) == JOB


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"5",
        b"null",
        b"{}",
        b'["gelu", "gelu_bf16"]',
        b'["gelu", "gelu_bf16", 3]',
        b'[1, "gelu_bf16", {}]',
        b'["gelu", null, {}]',
        b'["gelu", "gelu_bf16", {}',
        b"\xff\xfe\xfd",
        b"[" * 100_000,
    ],
)
def test_text_that_names_no_design(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(stream(text))


@pytest.mark.parametrize("words", [0, 1, 2, 3, 7])
def test_streams_that_break_off(words: int) -> None:
    with pytest.raises(ValueError, match="instructions"):
        decode(encode(JOB)[:words])


def test_random_words() -> None:
    random = np.random.default_rng(0)
    for size in range(64):
        words = random.integers(0, 1 << 32, size, np.uint32)
        with pytest.raises(ValueError, match=r"\S"):
            decode(words)
        words[: min(2, size)] = (MAGIC, VERSION)[: min(2, size)]
        with pytest.raises(ValueError, match=r"\S"):
            decode(words)
