"""The partial line with a recogniser whose every answer the test decides."""

import queue

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.segments import Segment
from starling.pipeline.partials import WARM_UP, PartialLine

BUSY = StarlingError("engine.busy", "The engine is busy.")
HANGOVER_S = 2.0


class Bench:
    def __init__(self, *answers):
        self.answers, self.told = list(answers), queue.Queue()
        self.line = PartialLine(self.decode, lambda *told: self.told.put(told))

    def decode(self, samples):
        answer = self.answers.pop(0) if self.answers else "text"
        if isinstance(answer, StarlingError):
            raise answer
        return answer, 0.01

    def ends(self):
        told = self.told.get(timeout=5)
        self.line.ended(told[0], told[2], told[3])
        return told


@pytest.fixture
def bench():
    made = []

    def make(*answers):
        made.append(Bench(*answers))
        return made[-1]

    yield make
    for one in made:
        one.line.close()


def segment(seconds=1.0, number=1):
    return Segment(number, 0.0, seconds, seconds, 0.0, np.zeros(int(16_000 * seconds), np.float32))


def test_a_fresh_engine_is_measured_twice_and_then_text_comes(bench):
    one = bench("", "", "what is")
    one.line.offer(segment(), HANGOVER_S)
    one.line.engine_loaded()
    assert [one.ends()[0] for _ in range(2)] == [WARM_UP, WARM_UP]
    one.line.offer(segment(), HANGOVER_S)
    number, text, audio_s, took_s = one.ends()
    assert (number, text, audio_s) == (1, "what is", 1.0)
    assert took_s == 0.01


def test_without_live_text_a_fresh_engine_is_left_alone(bench):
    one = bench("what is")
    one.line.enabled = False
    one.line.engine_loaded()
    one.line.enabled = True
    one.line.measured(1.0, 0.01)
    one.line.offer(segment(), HANGOVER_S)
    assert one.ends()[:2] == (1, "what is")


def test_an_engine_that_is_not_quite_ready_is_asked_again(bench):
    one = bench(BUSY, BUSY, "", "")
    one.line.engine_loaded()
    assert [one.ends()[3] is not None for _ in range(2)] == [True, True]


def test_a_partial_that_fails_is_nothing_and_the_next_is_tried(bench):
    one = bench(BUSY, "what is it")
    one.line.measured(1.0, 0.01)
    one.line.offer(segment(1.0), HANGOVER_S)
    assert one.ends() == (1, "", 1.0, None)
    one.line.offer(segment(2.0), HANGOVER_S)
    assert one.ends()[1] == "what is it"


def test_switched_off_nothing_is_decoded(bench):
    one = bench("never")
    one.line.measured(1.0, 0.01)
    one.line.enabled = False
    one.line.offer(segment(), HANGOVER_S)
    one.line.close()
    assert one.told.empty()
