"""``starling try``: one question through the whole loop, with what was measured."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from starling.audio.files import FileSource
from starling.audio.wav_sink import WavSink
from starling.commands.options import add_json, add_recogniser, add_voice, chosen, same_file
from starling.commands.report import reply_figures, reply_json, tell, tell_if_lower, utterance_figures, utterance_json
from starling.commands.sinks import open_outlet
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE
from starling.engine.clients import TtsClient
from starling.pipeline import engines, events
from starling.pipeline.choice import Choice
from starling.pipeline.session import Session
from starling.pipeline.speaking import Speaking

QUESTION = "what is twenty three times seven"
QUESTION_VOICE = "en-us"
SILENCE_SAMPLES = SAMPLE_RATE
STARTER_NOTE = (
    "The starter recogniser is used: a small Whisper for synthetic voices, good enough to show the loop. "
    "For people's voices give a Whisper model's folder with --model."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_recogniser(parser)
    add_voice(parser)
    parser.add_argument("--audio", metavar="FILE", help="hear this recording instead of a question spoken to itself")
    parser.add_argument("--paced", action="store_true", help="feed it in real time, as a microphone would")
    add_json(parser)
    parser.set_defaults(run=run, usage=parser.error)


def run(options: argparse.Namespace) -> int:
    """Speak or read a question, hear it, answer it, report."""
    if options.audio and options.out and same_file(options.audio, options.out):
        options.usage("--out names the recording; it would be overwritten")
    asked_itself = options.audio is None
    if asked_itself and options.stt is None and options.model is None:
        options.stt, options.model = "legacy", "starter"
    choice = chosen(options, answer="everything", keep_history=False)
    show = _Show(options, asked_itself, choice)
    both = engines.start(choice, show)
    tell_if_lower(choice, both.stt.supervisor.state().rung)
    with tempfile.TemporaryDirectory(prefix="starling-") as folder, closing(both):
        path = Path(options.audio) if options.audio else _question(Path(folder), choice, both)
        source = FileSource(path, paced=options.paced)
        outlet = open_outlet(choice.speaker, options.out)
        # Timers and notes of a trial go with it: the user's own may be in use, and would never be announced here.
        store = Path(folder) / "assistant"
        session = Session(choice, both, source, outlet.sink, show, real_time=options.paced, wav=outlet.wav, store=store)
        try:
            session.run()
            discarded_s = session.coordinator.discarded_s
        finally:
            session.close()
    return show.finish(discarded_s)


def _question(folder: Path, choice: Choice, both: engines.Engines) -> Path:
    """The question, spoken by espeak-ng into a file."""
    path = folder / "question.wav"
    sink = WavSink(path)
    with _espeak(choice, both) as client:
        reply = Speaking(client, sink, voice=QUESTION_VOICE).speak(QUESTION)
    sink.play(np.zeros(SILENCE_SAMPLES, np.float32), SAMPLE_RATE)  # for the hangover, as after a person's question
    sink.close()
    if reply.error:
        raise StarlingError.from_json(reply.error)
    return path


@contextmanager
def _espeak(choice: Choice, both: engines.Engines) -> Iterator[TtsClient]:
    """The session's own voice if that is espeak-ng, else one for the moment."""
    if both.tts.supervisor.state().rung.spec.tier == "demo":
        yield both.tts
        return
    client = engines.start_tts(replace(choice, tts_tier="demo"), lambda event: None)
    try:
        yield client
    finally:
        client.supervisor.close()


class _Show:
    """Prints what happens, or keeps it for the JSON report. Called from several threads, prints whole lines."""

    def __init__(self, options: argparse.Namespace, asked_itself: bool, choice: Choice) -> None:
        self._json = options.json
        self._paced = options.paced
        self._starter = choice.stt_model == "starter"
        self.utterances: list[events.Utterance] = []
        self.replies: list[events.Reply] = []
        self._errors: list[StarlingError] = []
        if self._starter:
            self._say(f"Note      {STARTER_NOTE}")
        if asked_itself:
            self._say(f"Question  “{QUESTION}”\n          spoken by espeak-ng, voice {QUESTION_VOICE}")

    def __call__(self, event: events.Event) -> None:
        match event:
            case events.Heard(utterance=utterance):
                self.utterances.append(utterance)
                self._say(f"Heard     “{utterance.text}”\n          {utterance_figures(utterance)}")
                if utterance.error:
                    self._errors.append(StarlingError.from_json(utterance.error))
            case events.ReplyEnded(reply=reply):
                self.replies.append(reply)
                self._say(f"Answer    “{reply.text}”\n          {reply_figures(reply)}")
                if reply.error:
                    self._errors.append(StarlingError.from_json(reply.error))
            case events.Trouble(error=error):
                print(f"starling: {error}", file=sys.stderr)
            case events.EngineChanged():
                tell(event)

    def finish(self, discarded_s: float) -> int:
        """The report's end and the exit code."""
        if self._json:
            report = {
                "utterances": [utterance_json(utterance) for utterance in self.utterances],
                "replies": [reply_json(reply) for reply in self.replies],
                "paced": self._paced,
                "discarded_s": round(discarded_s, 4),
                "notes": [STARTER_NOTE] if self._starter else [],
            }
            print(json.dumps(report, ensure_ascii=False, indent=2))
        if self._errors:
            raise self._errors[0]
        if not self.utterances:
            raise StarlingError(
                "try.no_speech", "No speech was found in the recording.", "Check that it is not silent or only noise."
            )
        return 0

    def _say(self, text: str) -> None:
        if not self._json:
            print(text, flush=True)
