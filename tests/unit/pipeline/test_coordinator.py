"""The whole loop with real threads, and fakes where sound and models would be."""

import queue
import threading

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Transcript
from starling.core.segmenter import Segmenter, SegmenterConfig
from starling.pipeline import events
from starling.pipeline.conversation import Rules
from starling.pipeline.coordinator import Coordinator
from starling.pipeline.ears import Ears
from starling.pipeline.mailbox import Mailbox
from starling.pipeline.recognition import Recognised, RecognitionLine
from starling.pipeline.replies import ReplyLine


class LoudIsSpeech:
    def probability(self, frame):
        return float(np.abs(frame).max() > 0.1)

    def reset(self):
        pass


class Blocks:
    """A source that gives what it has as fast as it is asked."""

    def __init__(self, samples, happenings=None):
        self._blocks = [samples[i : i + 700] for i in range(0, len(samples), 700)]
        self._happenings = happenings or {}
        self._read = 0

    def read(self, timeout_s):
        self._read += 1
        return self._blocks.pop(0) if self._blocks else None

    def events(self):
        return self._happenings.pop(self._read, [])


class Log:
    def __init__(self):
        self.said = []

    def pending(self, samples):
        name = f"u{len(self.said)}"
        self.said.append(("pending", name))
        return name

    def finished(self, utterance, recognised):
        self.said.append(("failed" if recognised.error else "finished", utterance))

    def delivered(self, utterance):
        self.said.append(("delivered", utterance))

    def replied(self, utterance, reply):
        self.said.append(("replied", utterance))

    def discarded(self, utterance):
        self.said.append(("discarded", utterance))


class Assistant:
    def answer(self, request):
        return f"You said {request}."

    def due(self):
        return []

    def seconds_to_next(self):
        return None


class Voice:
    def __init__(self):
        self.spoken = []
        self.stopped = threading.Event()

    def speak(self, text):
        self.spoken.append(text)
        return events.Reply(text)

    def stop(self):
        self.stopped.set()


def tone(seconds):
    return (0.5 * np.sin(np.arange(int(seconds * SAMPLE_RATE)) * 0.3)).astype(np.float32)


def quiet(seconds):
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


class Loop:
    """The pipeline over a given stream; ``texts`` are what the recogniser returns, in order."""

    def __init__(self, samples, texts, *, policy="everything", source=None, translate=None, real_time=False):
        self.texts = queue.SimpleQueue()
        for text in texts:
            self.texts.put(text)
        self.log, self.voice, self.events, self.lengths = Log(), Voice(), [], []
        mailbox = Mailbox()
        self.line = RecognitionLine(self.transcribe, self.log, mailbox.result)
        self.replies = ReplyLine(Assistant(), self.voice, mailbox)
        rules = Rules(policy, lambda text: None, lambda text, speaking: text == "stop")
        ears = Ears(LoudIsSpeech(), Segmenter(SegmenterConfig()))
        self.coordinator = Coordinator(
            source or Blocks(samples),
            ears,
            mailbox,
            self.line,
            self.replies,
            rules,
            self.events.append,
            real_time=real_time,
            translate=translate,
        )

    def transcribe(self, samples):
        self.lengths.append(len(samples) / SAMPLE_RATE)
        text = self.texts.get_nowait()
        if isinstance(text, StarlingError):
            raise text
        return Recognised(Transcript(text, "en", len(samples) / SAMPLE_RATE, 0.01), "legacy", "fake")

    def run(self):
        self.coordinator.run()
        self.line.close()
        self.replies.close()
        return [event.utterance for event in self.events if isinstance(event, events.Heard)]


def test_each_utterance_is_heard_once_in_order_and_answered():
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1), tone(1), quiet(1)]), ["one", "two"])
    heard = loop.run()
    assert [utterance.text for utterance in heard] == ["one", "two"]
    assert [utterance.tier for utterance in heard] == ["legacy", "legacy"]
    assert loop.voice.spoken == ["You said one.", "You said two."]
    assert abs(heard[0].start_s - 1.0) < 0.07
    assert abs(heard[0].end_s - 2.0) < 0.07
    assert [kind for kind, _ in loop.log.said] == ["pending", "finished", "delivered", "replied"] * 2


def test_a_short_pause_discards_the_early_result_and_its_audio():
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(0.4), tone(1), quiet(1)]), ["half", "whole"])
    heard = loop.run()
    assert [utterance.text for utterance in heard] == ["whole"]
    assert ("discarded", "u0") in loop.log.said
    assert loop.lengths[1] > loop.lengths[0] + 1


def test_the_text_is_there_at_the_endpoint_when_the_early_result_holds():
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1)]), ["early"])
    (heard,) = loop.run()
    assert heard.endpoint_to_text_ms == 0.0
    assert len(loop.lengths) == 1


def test_speech_at_the_end_of_the_stream_is_not_lost():
    loop = Loop(np.concatenate([quiet(1), tone(1)]), ["cut off"])
    assert [utterance.text for utterance in loop.run()] == ["cut off"]


def test_a_failed_utterance_is_shown_and_its_audio_kept():
    error = StarlingError("stt.failed", "Every recogniser failed.", "Try another model.")
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1)]), [error])
    (heard,) = loop.run()
    assert heard.error["code"] == "stt.failed"
    assert [kind for kind, _ in loop.log.said] == ["pending", "failed"]
    assert loop.voice.spoken == []


def test_a_lost_microphone_ends_the_utterance_and_keeps_it():
    samples = np.concatenate([quiet(1), tone(1.5), tone(1.5), quiet(1)])
    source = Blocks(samples, {60: ["lost"]})
    loop = Loop(samples, ["before", "after"], source=source, translate=lambda _: events.MicrophoneChanged("lost"))
    heard = loop.run()
    assert [utterance.text for utterance in heard] == ["before", "after"]
    assert any(isinstance(event, events.MicrophoneChanged) for event in loop.events)


def test_stop_ends_a_stream_that_never_would():
    class Endless:
        def __init__(self):
            self.reads = 0
            self.heard = threading.Event()

        def read(self, timeout_s):
            self.reads += 1
            if self.reads > 3:
                self.heard.set()
                threading.Event().wait(0.01)
            return tone(0.1)

        def events(self):
            return []

    source = Endless()
    loop = Loop(None, ["what was said"], source=source, real_time=True)
    runner = threading.Thread(target=loop.coordinator.run)
    runner.start()
    assert source.heard.wait(5)
    loop.coordinator.stop()
    runner.join(5)
    assert not runner.is_alive()
    loop.line.close()
    loop.replies.close()
    heard = [event.utterance.text for event in loop.events if isinstance(event, events.Heard)]
    assert heard == ["what was said"]


@pytest.mark.parametrize("policy", ["addressed", "nothing"])
def test_what_is_not_addressed_is_heard_and_not_answered(policy):
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1)]), ["just talking"], policy=policy)
    (heard,) = loop.run()
    assert heard.verdict == "not_addressed"
    assert loop.voice.spoken == []


@pytest.mark.parametrize("real_time", [True, False])
def test_a_source_that_breaks_says_why_and_what_was_said_is_kept(real_time):
    class Breaking(Blocks):
        def read(self, timeout_s):
            if not self._blocks:
                raise StarlingError("audio.broken", "The file broke off.")
            return super().read(timeout_s)

    loop = Loop(None, ["before it broke"], source=Breaking(np.concatenate([quiet(1), tone(1)])), real_time=real_time)
    assert [utterance.text for utterance in loop.run()] == ["before it broke"]
    assert [event.error.code for event in loop.events if isinstance(event, events.Trouble)] == ["audio.broken"]
