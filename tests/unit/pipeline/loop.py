"""The pipeline with real threads, and fakes where sound and models would be."""

import queue
import threading

import numpy as np

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
from starling.pipeline.turnbook import TurnBook


class LoudIsSpeech:
    def probability(self, frame):
        return float(np.abs(frame).max() > 0.1)

    def reset(self):
        pass


class Script:
    """A source of samples and of things to do between them: each is called with the coordinator, on its thread."""

    def __init__(self, *steps):
        self._steps = list(steps)
        self.coordinator = None

    def read(self, timeout_s):
        while self._steps and callable(self._steps[0]):
            self._steps.pop(0)(self.coordinator)
        if not self._steps:
            return None
        block, self._steps[0] = self._steps[0][:700], self._steps[0][700:]
        if not len(self._steps[0]):
            self._steps.pop(0)
        return block

    def events(self):
        return []


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

    def pending(self, samples, name=""):
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

    def name(self, at):
        return f"t{len(self.said)}"

    def typed(self, name, at, text):
        self.said.append(("typed", name))


class Assistant:
    def answer(self, request):
        return "" if request == "nothing" else f"You said {request}."

    def due(self):
        return []

    def seconds_to_next(self):
        return None


class Voice:
    def __init__(self):
        self.spoken = []
        self.stopped = threading.Event()

    def speak(self, text, unwanted):
        self.spoken.append(text)
        return events.Reply(text)

    def play(self, samples, unwanted):
        self.spoken.append(len(samples))
        return events.Reply("")

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
        mailbox = self.mailbox = Mailbox()
        self.book = TurnBook()
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
            book=self.book,
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
