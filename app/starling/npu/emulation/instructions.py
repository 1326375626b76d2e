"""Instruction streams of the emulation: which design, with which parameters.

A real stream is made by the compiler from a design's runtime sequence; this one says the same as text: magic, version,
bytes of the text, then the text in 32-bit words.
"""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from starling.npu.xrt.lowering import Job

MAGIC = 0x53544C4E
VERSION = 3
_HEAD = 3

Words = NDArray[np.uint32]


def encode(job: Job) -> Words:
    """The stream of one job."""
    text = json.dumps([job.op, job.symbol, dict(job.parameters)], sort_keys=True).encode()
    body = np.frombuffer(text.ljust(-(-len(text) // 4) * 4, b"\0"), np.uint32)
    return np.concatenate([np.array([MAGIC, VERSION, len(text)], np.uint32), body])


def decode(words: Words) -> Job:
    """The job of a stream.

    Raises:
        ValueError: it is none.
    """
    if len(words) < _HEAD or words[0] != MAGIC or words[1] != VERSION:
        raise ValueError("these are no instructions")
    text = words[_HEAD:].tobytes()
    size = int(words[2])
    if len(text) != -(-size // 4) * 4:
        raise ValueError("these instructions break off")
    try:
        op, symbol, parameters = json.loads(text[:size])
    except (TypeError, RecursionError) as error:
        raise ValueError("these instructions name no design") from error
    if not (isinstance(op, str) and isinstance(symbol, str) and isinstance(parameters, dict)):
        raise ValueError("these instructions name no design")
    return Job(op, symbol, parameters)
