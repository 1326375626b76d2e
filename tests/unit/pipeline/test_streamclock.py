import pytest

from starling.pipeline.streamclock import WINDOW_S, StreamClock


def test_the_promptest_block_tells_when_the_stream_began():
    clock = StreamClock()
    for stream_s, now_s in ((0.1, 100.3), (0.2, 100.32), (0.3, 100.6)):
        clock.arrived(stream_s, now_s)
    assert clock.wall(0.0) == pytest.approx(100.12)
    assert clock.since(0.2, 101.0) == pytest.approx(0.68)


def test_before_the_first_block_nothing_is_known():
    assert StreamClock().since(1.0, 5.0) is None


def test_a_slow_moment_does_not_move_the_origin():
    clock = StreamClock()
    clock.arrived(1.0, 11.0)
    clock.arrived(2.0, 14.0)
    assert clock.wall(0.0) == pytest.approx(10.0)


def test_a_device_that_runs_slow_is_followed():
    clock = StreamClock()
    for block in range(36_000):  # an hour at -100 ppm
        clock.arrived(block / 10, 10.0 + block / 10 * 1.0001)
    stream_s = 3599.9
    assert clock.since(stream_s, 10.0 + stream_s * 1.0001) <= WINDOW_S * 1e-4 + 1e-9
