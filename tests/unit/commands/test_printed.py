import pytest

from starling.commands.printed import Printed
from starling.core.errors import StarlingError
from starling.pipeline import events


class Pipe:
    def __init__(self):
        self.open = True
        self.shown = []

    def __call__(self, event):
        if not self.open:
            raise BrokenPipeError
        self.shown.append(event)


def recovered():
    return events.Recovered("what time is it", 0.0, "legacy")


def test_events_are_shown():
    pipe = Pipe()
    printed = Printed(pipe)
    printed(recovered())
    printed.check()
    assert pipe.shown == [recovered()]


@pytest.mark.parametrize("known_first", [True, False])
def test_a_reader_that_went_away_ends_the_session(known_first):
    pipe, stops = Pipe(), []
    printed = Printed(pipe)
    pipe.open = False
    if known_first:
        printed.when_lost(lambda: stops.append(1))
    printed(events.Notice("hello"))
    if not known_first:
        printed.when_lost(lambda: stops.append(1))
    assert stops == [1]
    with pytest.raises(BrokenPipeError):
        printed.check()


def test_a_text_that_nobody_saw_was_not_delivered():
    pipe = Pipe()
    printed = Printed(pipe)
    pipe.open = False
    for _ in range(2):
        with pytest.raises(StarlingError) as told:
            printed(recovered())
        assert told.value.code == "cli.output_lost"
    printed(events.Notice("hello"))
