"""The recognition line with a recogniser and a log whose every step the test decides."""

import threading

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import Transcript
from starling.pipeline.events import Reply
from starling.pipeline.recognition import Recognised, RecognitionLine

CLIP = np.zeros(160, np.float32)


class Log:
    def __init__(self):
        self.said = []
        self.changed = threading.Condition()

    def _add(self, *what):
        with self.changed:
            self.said.append(what)
            self.changed.notify_all()

    def pending(self, samples, name=""):
        self._add("pending", len(samples))
        return f"u{len(samples)}"

    def finished(self, utterance, recognised):
        self._add("failed" if recognised.error else "finished", utterance)

    def delivered(self, utterance):
        self._add("delivered", utterance)

    def replied(self, utterance, reply):
        self._add("replied", utterance, reply.text)

    def discarded(self, utterance):
        self._add("discarded", utterance)

    def wait_for(self, *what):
        with self.changed:
            assert self.changed.wait_for(lambda: what in self.said, 5), self.said


class Bench:
    """A line; ``go`` lets the recogniser return."""

    def __init__(self, transcribe=None):
        self.log, self.results = Log(), []
        self.began, self.go, self.got = threading.Event(), threading.Event(), threading.Event()
        self.line = RecognitionLine(transcribe or self.transcribe, self.log, self.on_result)

    def transcribe(self, samples):
        self.began.set()
        assert self.go.wait(5)
        return Recognised(Transcript("text", "en", 0.01, 0.001), "legacy", "fake")

    def on_result(self, job, recognised):
        self.results.append((job, recognised))
        self.got.set()


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.go.set()
    bench.line.close()


def clip(length):
    return np.zeros(length, np.float32)


def test_an_utterance_is_stored_while_the_one_before_is_recognised(bench):
    bench.line.submit(1, clip(1))
    assert bench.began.wait(5)
    bench.line.submit(2, clip(2))
    bench.log.wait_for("pending", 2)
    assert bench.results == []


def test_the_text_is_stored_before_its_delivery(bench):
    bench.go.set()
    bench.line.submit(1, clip(1))
    assert bench.got.wait(5)
    bench.line.delivered(1, answered=True)
    bench.line.replied(1, Reply("an answer"))
    bench.line.close()
    assert bench.log.said == [("pending", 1), ("finished", "u1"), ("delivered", "u1"), ("replied", "u1", "an answer")]


def test_a_job_discarded_during_recognition_gives_no_result_and_its_time_is_counted(bench):
    bench.line.submit(1, clip(1))
    assert bench.began.wait(5)
    bench.line.discard(1)
    bench.go.set()
    bench.line.close()
    assert bench.results == []
    assert ("discarded", "u1") in bench.log.said
    assert bench.line.discarded_s > 0


def test_a_result_that_is_discarded_later_is_counted_too(bench):
    bench.go.set()
    bench.line.submit(1, clip(1))
    assert bench.got.wait(5)
    assert bench.line.discarded_s == 0
    bench.line.discard(1)
    assert bench.line.discarded_s > 0


def test_a_delivered_result_is_not_counted_as_discarded(bench):
    bench.go.set()
    bench.line.submit(1, clip(1))
    assert bench.got.wait(5)
    bench.line.delivered(1, answered=False)
    bench.line.close()
    assert bench.line.discarded_s == 0


@pytest.mark.parametrize(
    ("error", "code"), [(StarlingError("stt.failed", "It failed."), "stt.failed"), (ValueError(), "internal.bug")]
)
def test_failures_are_results_and_the_line_goes_on(error, code):
    def transcribe(samples):
        if len(samples) == 1:
            raise error
        return Recognised(Transcript("text", "en", 0.01, 0.001))

    bench = Bench(transcribe)
    bench.line.submit(1, clip(1))
    bench.line.submit(2, clip(2))
    bench.line.close()
    assert [recognised.error.code if recognised.error else "" for _, recognised in bench.results] == [code, ""]
    assert ("failed", "u1") in bench.log.said
