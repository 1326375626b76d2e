"""The reply line with an assistant and a voice whose every step the test decides."""

import threading

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.pipeline.events import Reply
from starling.pipeline.replies import ReplyLine


class Assistant:
    def __init__(self):
        self.thinking, self.go = threading.Event(), threading.Event()
        self.announcements = []

    def answer(self, request):
        if request == "slow":
            self.thinking.set()
            assert self.go.wait(5)
        if request == "nothing":
            return ""
        if request == "bad":
            raise StarlingError("assistant.bad", "It failed.")
        if request == "bug":
            raise ValueError
        return f"about {request}"

    def due(self):
        due, self.announcements = self.announcements, []
        return due

    def seconds_to_next(self):
        return 0.01


class Voice:
    def __init__(self):
        self.spoken, self.silenced = [], threading.Event()

    def speak(self, text, unwanted):
        self.spoken.append(text)
        return Reply(text)

    def play(self, samples, unwanted):
        if not len(samples):
            raise StarlingError("audio.bad", "It failed.")
        self.spoken.append(len(samples))
        return Reply("")

    def stop(self):
        self.silenced.set()


class Bench:
    def __init__(self):
        self.assistant, self.voice = Assistant(), Voice()
        self.done, self.ended, self.replays, self.changed = [], [], [], threading.Condition()
        self.line = ReplyLine(self.assistant, self.voice, self)

    def reply_began(self, text, job):
        pass

    def reply_ended(self, reply, job):
        self.ended.append(reply)

    def replay_began(self, turn, text, of_reply):
        self.replays.append((turn, of_reply))

    def replay_ended(self, turn, error, of_reply):
        with self.changed:
            self.done.append((turn, error))
            self.changed.notify_all()

    def answered(self, job, reply):
        with self.changed:
            self.done.append((job, reply.text if reply else None))
            self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.done) >= count, 5), self.done
        return self.done


@pytest.fixture
def bench():
    bench = Bench()
    yield bench
    bench.assistant.go.set()
    bench.line.close()


def test_requests_are_answered_in_order_and_each_is_done_once(bench):
    for job, request in enumerate(("one", "nothing", "two"), 1):
        bench.line.submit(request, job)
    assert bench.wait_for(3) == [(1, "about one"), (2, None), (3, "about two")]
    assert bench.voice.spoken == ["about one", "about two"]


@pytest.mark.parametrize(("request_text", "code"), [("bad", "assistant.bad"), ("bug", "internal.bug")])
def test_a_failed_answer_is_told_and_the_next_is_given(bench, request_text, code):
    bench.line.submit(request_text, 1)
    bench.line.submit("two", 2)
    bench.wait_for(2)
    assert bench.ended[0].error["code"] == code
    assert bench.voice.spoken == ["about two"]


def test_a_stop_before_the_voice_begins_is_not_lost(bench):
    bench.line.submit("slow", 1)
    assert bench.assistant.thinking.wait(5)
    bench.line.submit("waiting", 2)
    bench.line.stop()
    bench.assistant.go.set()
    assert sorted(bench.wait_for(2)) == [(1, None), (2, None)]
    assert bench.voice.spoken == []
    assert bench.voice.silenced.is_set()


def test_after_a_stop_the_next_request_is_answered(bench):
    bench.line.stop()
    bench.line.submit("one", 1)
    assert bench.wait_for(1) == [(1, "about one")]


def test_announcements_are_spoken_unasked_and_a_failing_voice_does_not_end_the_line(bench):
    def fail(text, unwanted):
        bench.voice.speak = Voice.speak.__get__(bench.voice)
        raise ValueError

    bench.voice.speak = fail
    bench.assistant.announcements = ["the timer is done"]
    bench.line.submit("one", 1)
    bench.line.submit("two", 2)
    bench.wait_for(2)
    assert "about two" in bench.voice.spoken
    assert bench.done[1] == (2, "about two")


def test_close_ends_the_thread_while_requests_wait(bench):
    bench.line.submit("slow", 1)
    assert bench.assistant.thinking.wait(5)
    bench.line.submit("waiting", 2)
    bench.assistant.go.set()
    bench.line.close()
    assert not any(thread.name == "replies" for thread in threading.enumerate())


def test_a_turn_is_played_again_from_its_recording_or_else_spoken(bench):
    bench.line.replay("a", "what was said", np.zeros(5, np.float32))
    bench.line.replay("b", "what was answered")
    assert bench.wait_for(2) == [("a", None), ("b", None)]
    assert bench.voice.spoken == [5, "what was answered"]
    assert bench.replays == [("a", False), ("b", True)]


def test_a_replay_that_fails_is_told_and_the_next_request_is_answered(bench):
    bench.line.replay("a", "what was said", np.zeros(0, np.float32))
    bench.line.submit("one", 1)
    (turn, error), second = bench.wait_for(2)
    assert (turn, error["code"], second) == ("a", "audio.bad", (1, "about one"))


def test_somebody_else_speaks_in_their_turn(bench):
    def perform(unwanted):
        bench.voice.spoken.append("performed")
        return Reply("")

    bench.line.submit("one", 1)
    bench.line.perform("a sample", perform, lambda: None)
    bench.line.submit("two", 2)
    assert bench.wait_for(3) == [(1, "about one"), ("", None), (2, "about two")]
    assert bench.voice.spoken == ["about one", "performed", "about two"]


def test_a_performance_that_a_stop_drops_is_told(bench):
    dropped = []
    bench.line.submit("slow", 1)
    assert bench.assistant.thinking.wait(5)
    bench.line.perform("a sample", lambda: pytest.fail("performed"), lambda: dropped.append(True))
    bench.line.stop()
    bench.assistant.go.set()
    assert dropped == [True]
    bench.wait_for(1)


def test_a_stop_between_the_text_and_the_voice_is_heeded(bench):
    asked = []
    bench.reply_began = lambda text, job: bench.line.stop()
    bench.voice.speak = lambda text, unwanted: asked.append(unwanted()) or Reply(text, stopped=True)
    bench.line.submit("one", 1)
    bench.wait_for(1)
    assert asked == [True]


class Stream:
    def __init__(self):
        self.told = []

    def __iter__(self):
        self.told.append("asked")
        return iter(())

    def cancel(self):
        self.told.append("cancelled")

    def ended(self, said):
        self.told.append(said)


def test_a_streamed_reply_that_a_stop_drops_is_told_its_end(bench):
    """It may have done something already, which the conversation has to know of."""
    stream, answer = Stream(), bench.assistant.answer
    bench.assistant.answer = lambda request: answer(request) and stream
    bench.line.submit("slow", 1)
    assert bench.assistant.thinking.wait(5)
    bench.line.stop()
    bench.assistant.go.set()
    assert bench.wait_for(1) == [(1, None)]
    assert stream.told == ["cancelled", ""]
