import pytest

from starling.engine import deadlines
from starling.engine.deadlines import Pace, call_deadline_s


@pytest.mark.parametrize(
    ("audio_s", "rtf", "expected"),
    [
        (0.0, None, 30.0),
        (4.0, None, 70.0),
        (4.0, 0.1, 5.0 + 4 * 0.1 * 30),
        (60.0, 0.1, 5.0 + 4 * 0.1 * 60),
        (4.0, 0.0, 5.0),
    ],
)
def test_deadline(audio_s, rtf, expected):
    assert call_deadline_s(audio_s, rtf) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("audio_s", "rtf", "expected"), [(0.0, None, 8.0), (4.0, None, 12.0), (4.0, 0.1, 5.0 + 4 * 0.1 * 30)]
)
def test_an_accelerator_that_was_not_measured_gets_less(audio_s, rtf, expected):
    assert call_deadline_s(audio_s, rtf, accelerated=True) == pytest.approx(expected)
    assert Pace(worst_rtf=rtf, accelerated=True).deadline_s(audio_s) == pytest.approx(expected)


def test_a_short_clip_may_take_as_long_as_the_whole_window_took():
    """Without short context the cost does not depend on the clip's length."""
    cost_s = 6.0
    assert call_deadline_s(1.0, cost_s / 28.0) > 2 * cost_s


def test_pace_keeps_the_worst_and_doubles_once():
    pace = Pace()
    pace.measured(10.0, 1.0)
    pace.measured(10.0, 0.5)
    pace.measured(0.0, 9.0)
    assert pace.worst_rtf == pytest.approx(0.1)
    usual = pace.deadline_s(4.0)
    for _ in range(2):
        pace.timed_out = True
        assert pace.deadline_s(4.0) == pytest.approx(deadlines.TIMEOUT_FACTOR * usual)
