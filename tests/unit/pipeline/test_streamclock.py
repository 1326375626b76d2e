from starling.pipeline.streamclock import StreamClock


def test_the_earliest_block_tells_when_the_stream_began():
    clock = StreamClock()
    for stream_s, now_s in ((0.1, 100.3), (0.2, 100.32), (0.3, 100.6)):
        clock.arrived(stream_s, now_s)
    assert clock.wall(0.0) == 100.32 - 0.2
    assert clock.since(0.2, 101.0) is not None
    assert abs(clock.since(0.2, 101.0) - 0.68) < 1e-9


def test_before_the_first_block_nothing_is_known():
    assert StreamClock().since(1.0, 5.0) is None


def test_a_slow_moment_does_not_move_the_origin_but_a_gap_does():
    clock = StreamClock()
    clock.arrived(1.0, 11.0)
    for _ in range(9):
        clock.arrived(2.0, 14.0)
    clock.arrived(2.1, 12.1)
    assert clock.wall(0.0) == 10.0
    for block in range(10):
        clock.arrived(3.0 + block / 10, 18.0 + block / 10)
    assert abs(clock.wall(3.9) - 18.9) < 1e-9
