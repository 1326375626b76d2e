from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.core.frames import Framer


@settings(deadline=None)
@given(st.lists(st.integers(0, 1300), max_size=20), st.integers(1, 600))
def test_frames_are_the_stream_whatever_the_blocks(lengths: list[int], size: int) -> None:
    stream = np.arange(1, sum(lengths) + 1, dtype=np.float32)
    framer = Framer(size)
    frames = [frame for block in np.split(stream, np.cumsum(lengths)[:-1]) for frame in framer.feed(block)]
    frames += framer.flush()
    assert all(frame.shape == (size,) for frame in frames)
    joined = np.concatenate([np.zeros(0, np.float32), *frames])
    assert np.array_equal(joined[: len(stream)], stream)
    assert not joined[len(stream) :].any()
    assert len(joined) - len(stream) < size


def test_frames_do_not_share_the_callers_block() -> None:
    block = np.ones(8, np.float32)
    frames = Framer(4).feed(block)
    block[:] = 0
    assert all(frame.all() for frame in frames)


def test_flush_leaves_nothing_for_the_next_stream() -> None:
    framer = Framer(4)
    framer.feed(np.ones(3, np.float32))
    assert len(framer.flush()) == 1
    assert framer.flush() == []
    assert np.array_equal(framer.feed(np.full(4, 2, np.float32))[0], np.full(4, 2, np.float32))
