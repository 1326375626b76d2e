import numpy as np
import pytest

from starling.audio.ring import Ring


def ramp(start: int, count: int, channels: int = 2) -> np.ndarray:
    return np.repeat(np.arange(start, start + count, dtype=np.float32)[:, None], channels, axis=1)


def test_what_goes_in_comes_out_in_order_across_many_wraps() -> None:
    ring, out = Ring(10, 2), []
    for start in range(0, 700, 7):
        assert ring.put(ramp(start, 7)) == 7
        out.append(ring.take())
    assert np.array_equal(np.concatenate(out), ramp(0, 700))
    assert ring.overruns == 0


def test_a_full_ring_keeps_the_old_and_counts_the_rest() -> None:
    ring = Ring(8, 1)
    ring.put_or_drop(ramp(0, 5, 1))
    ring.put_or_drop(ramp(5, 5, 1))
    assert (ring.level, ring.overruns, ring.written) == (8, 2, 8)
    assert np.array_equal(ring.take(), ramp(0, 8, 1))
    assert ring.put(ramp(20, 3, 1)) == 3


@pytest.mark.parametrize(("waiting", "asked", "got"), [(0, 4, 0), (3, 4, 3), (4, 4, 4), (6, 4, 4)])
def test_take_into_fills_from_the_start_and_leaves_the_rest_alone(waiting: int, asked: int, got: int) -> None:
    ring = Ring(8, 1)
    ring.put(ramp(0, 5, 1))
    ring.take()
    ring.put(ramp(1, waiting, 1))
    out = np.full((asked, 1), -1, np.float32)
    assert ring.take_into(out) == got
    assert np.array_equal(out[:got], ramp(1, got, 1))
    assert (out[got:] == -1).all()


def test_clear_forgets() -> None:
    ring = Ring(8, 1)
    ring.put(ramp(0, 6, 1))
    ring.clear()
    assert ring.level == 0
    assert ring.put(ramp(0, 9, 1)) == 8
