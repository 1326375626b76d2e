"""Replies that stream, on the reply line: shown as they grow, stopped at once, confirmed, told when they break."""

import threading

import pytest

from starling.assistant.llm.questions import Question
from starling.core.errors import StarlingError
from starling.pipeline.events import Reply
from starling.pipeline.replies import ReplyLine
from tests.helpers.pulse import wait_until

BROKEN = StarlingError("llm.broke_off", "It broke off.", "Ask again.")


class Told:
    """A reply whose pieces the test decides: texts, errors, and events that are waited for."""

    def __init__(self, *steps):
        self.steps, self.ended_with, self.cancelled = steps, [], threading.Event()

    def __iter__(self):
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, threading.Event):
                while not step.wait(0.01) and not self.cancelled.is_set():
                    pass
            if self.cancelled.is_set():
                return
            if isinstance(step, str):
                yield step

    def cancel(self):
        self.cancelled.set()

    def ended(self, said):
        self.ended_with.append(said)


class Assistant:
    def __init__(self):
        self.replies = {}
        self.words = []

    def answer(self, request):
        return self.replies.get(request, f"about {request}")

    def confirm(self, yes):
        self.words.append(yes)
        return Told("Done.") if yes else ""

    def due(self):
        return []

    def seconds_to_next(self):
        return None


class Voice:
    """Says pieces one by one; a stop ends it."""

    def __init__(self):
        self.spoken, self.pieces, self.stopped = [], [], threading.Event()

    def speak(self, text, unwanted=None):
        self.stopped.clear()
        self.pieces = []
        for piece in [text] if isinstance(text, str) else text:
            self.pieces.append(piece)
        said = "".join(self.pieces)
        self.spoken.append(said)
        stopped = self.stopped.is_set()
        return Reply(said, stopped=stopped, said=said[:4] if stopped else None)

    def play(self, samples, unwanted=None):
        return Reply("")

    def stop(self):
        self.stopped.set()


class Audience:
    def __init__(self):
        self.happened = []
        self.changed = threading.Condition()

    def note(self, *what):
        with self.changed:
            self.happened.append(what)
            self.changed.notify_all()

    def reply_began(self, text, job):
        self.note("began", text)

    def reply_grew(self, text, job):
        self.note("grew", text)

    def confirm_asked(self, question, job):
        self.note("asked", question)

    def reply_ended(self, reply, job):
        self.note("ended", reply)

    def replay_began(self, turn, text, of_reply=True):
        self.note("told", text)

    def replay_ended(self, turn, error, of_reply=True):
        self.note("told to the end", turn)

    def answered(self, job, reply):
        self.note("answered", job)

    def wait(self, kind, count=1):
        def found():
            return [what[1] for what in self.happened if what[0] == kind]

        with self.changed:
            assert self.changed.wait_for(lambda: len(found()) >= count, 5), self.happened
            return found()


@pytest.fixture
def line():
    assistant, voice, audience = Assistant(), Voice(), Audience()
    line = ReplyLine(assistant, voice, audience)
    line.assistant, line.voice, line.audience = assistant, voice, audience
    yield line
    line.close()


def give(line, *steps):
    told = line.assistant.replies["q"] = Told(*steps)
    line.submit("q", 1)
    return told


def test_a_reply_is_shown_as_it_grows_and_spoken_whole(line):
    more, end = threading.Event(), threading.Event()
    told = give(line, "The sky.", more, " Is blue.", end)
    assert line.audience.wait("began") == ["The sky."]
    more.set()
    assert line.audience.wait("grew") == ["The sky. Is blue."]
    end.set()
    line.audience.wait("answered")
    assert line.voice.spoken == ["The sky. Is blue."]
    assert told.ended_with == [None]


def test_many_small_pieces_are_shown_together_and_none_is_lost(line):
    give(line, *("a" for _ in range(2000)))
    line.audience.wait("answered")
    shown = line.audience.wait("began") + line.audience.wait("grew")
    assert len(shown) < 200
    assert shown[-1] == "a" * 2000


def test_a_stop_ends_the_stream_and_the_reply_knows_what_was_said(line):
    told = give(line, "The sky is blue.", threading.Event())
    assert wait_until(lambda: line.voice.pieces, 5)
    line.stop()
    (reply,) = line.audience.wait("ended")
    line.audience.wait("answered")
    assert told.cancelled.is_set()
    assert (reply.stopped, reply.text, told.ended_with) == (True, "The sky is blue.", ["The "])
    assert "told" not in [what[0] for what in line.audience.happened]


def test_a_stop_before_the_first_word_says_nothing(line):
    told = give(line, threading.Event(), "The sky.")
    assert wait_until(lambda: line._growing is not None, 5)
    line.submit("next", 2)
    line.stop()
    line.audience.wait("answered", 2)
    assert told.ended_with == [""]
    assert line.voice.spoken in ([], [""])


def test_what_broke_off_is_told_after_what_came(line):
    told = give(line, "The sky is", BROKEN)
    line.submit("next", 2)
    line.audience.wait("answered", 2)
    reply = line.audience.wait("ended")[0]
    assert (reply.text, reply.error) == ("The sky is", BROKEN.to_json())
    assert line.voice.spoken == ["The sky is", "It broke off.", "about next"]
    assert told.ended_with == [None]


def test_what_never_began_is_told(line):
    give(line, BROKEN)
    line.audience.wait("answered")
    assert [what[0] for what in line.audience.happened] == ["ended", "told", "told to the end", "answered"]


def test_a_bug_in_a_stream_ends_this_reply_only(line):
    give(line, "The sky", ValueError("secret"))
    line.submit("next", 2)
    line.audience.wait("answered", 2)
    reply = line.audience.wait("ended")[0]
    assert reply.error["code"] == "internal.bug"
    assert "secret" not in str(reply.error)
    assert line.voice.spoken[-1] == "about next"


def test_a_question_is_asked_and_answered_by_hand(line):
    give(line, "Sure.", Question(" Shall I?"))
    line.audience.wait("answered")
    assert line.audience.wait("asked") == ["Shall I?"]
    line.confirm(True, 2)
    line.audience.wait("answered", 2)
    line.confirm(False, 3)
    line.audience.wait("answered", 3)
    assert line.assistant.words == [True, False]
    assert line.voice.spoken == ["Sure. Shall I?", "Done."]


def test_what_is_to_be_done_is_not_lost_by_a_stop(line):
    told = give(line, "The sky.", threading.Event())
    line.audience.wait("began")
    done = threading.Event()
    line.do(done.set)
    line.stop()
    assert done.wait(5)
    assert told.cancelled.is_set()
