import pytest

from starling.core.talk_key import TAP_S, Talk, TalkKey

HOLD = TAP_S + 0.1
TAP = TAP_S - 0.1


@pytest.mark.parametrize(
    ("steps", "expected", "active"),
    [
        ([("press", 0)], [Talk.BEGIN], True),
        ([("press", 0), ("release", HOLD)], [Talk.BEGIN, Talk.END], False),
        ([("press", 0), ("release", TAP)], [Talk.BEGIN, Talk.LATCH], True),
        ([("press", 0), ("press", 0.1), ("release", HOLD)], [Talk.BEGIN, None, Talk.END], False),
        ([("press", 0), ("release", TAP), ("press", 5)], [Talk.BEGIN, Talk.LATCH, Talk.END], False),
        (
            [("press", 0), ("release", TAP), ("press", 5), ("release", 9)],
            [Talk.BEGIN, Talk.LATCH, Talk.END, None],
            False,
        ),
        ([("release", 0)], [None], False),
        ([("press", 0), ("reset", 0), ("release", HOLD)], [Talk.BEGIN, None, None], False),
        (
            [("press", 0), ("release", TAP), ("reset", 0), ("press", 5)],
            [Talk.BEGIN, Talk.LATCH, None, Talk.BEGIN],
            True,
        ),
        ([("press", 0), ("reset", 0), ("release", 1), ("press", 2)], [Talk.BEGIN, None, None, Talk.BEGIN], True),
    ],
)
def test_what_the_key_asks_for(steps, expected, active):
    key = TalkKey()
    said = [key.reset() if name == "reset" else getattr(key, name)(at) for name, at in steps]
    assert said == expected
    assert key.active is active


def test_a_tap_of_exactly_the_limit_is_a_hold():
    key = TalkKey()
    key.press(0.0)
    assert key.release(TAP_S) is Talk.END
