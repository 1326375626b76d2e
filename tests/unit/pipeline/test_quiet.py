import pytest

from starling.pipeline import events
from starling.pipeline.quiet import Quiet

BEGAN, ENDED, DROPPED = events.SpeechBegan(0.0), events.SpeechEnded(), events.SpeechDropped("noise")
UTTERANCE = events.Utterance(0.0, 1.0, "legacy", "x", 1.0, None, None)
HEARD = events.Heard(UTTERANCE)
REPLY, REPLIED = events.ReplyBegan("Yes."), events.ReplyEnded(events.Reply("Yes."))
MUTED = events.Listening("assistant", "always", True)
SOUND = events.Sound(-40.0, 0.1, 0.5, (), 0.1)


@pytest.mark.parametrize(
    ("heard", "busy"),
    [
        ([], False),
        ([SOUND], False),
        ([BEGAN], True),
        ([BEGAN, DROPPED], False),
        ([BEGAN, ENDED], True),
        ([BEGAN, ENDED, HEARD], False),
        ([BEGAN, ENDED, BEGAN, ENDED, HEARD], True),
        ([HEARD, HEARD], False),
        ([REPLY], True),
        ([REPLY, REPLIED], False),
        ([BEGAN, ENDED, HEARD, REPLY], True),
        ([BEGAN, MUTED], False),
        ([BEGAN, events.Listening("assistant", "hold", False)], True),
    ],
)
def test_busy(heard, busy):
    quiet = Quiet(0.0)
    for number, event in enumerate(heard):
        quiet.hear(event, float(number))
    assert quiet.busy is busy
    assert (quiet.lasted_s(100.0) == 0.0) is busy


def test_quiet_counts_from_the_last_thing_that_went_on():
    quiet = Quiet(10.0)
    assert quiet.lasted_s(15.0) == 5.0
    quiet.hear(BEGAN, 20.0)
    quiet.hear(DROPPED, 25.0)
    quiet.hear(SOUND, 29.0)
    assert quiet.lasted_s(30.0) == 5.0
