"""``starling listen``: the microphone, until interrupted."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starling.audio.microphone import Microphone
from starling.commands.listen_outside import Commanded
from starling.commands.options import add_json, add_recogniser, add_voice, chosen
from starling.commands.printed import Printed
from starling.commands.report import reply_figures, reply_json, tell_if_lower, utterance_figures, utterance_json
from starling.core.errors import StarlingError
from starling.pipeline import engines, events
from starling.pipeline.choice import Choice
from starling.pipeline.only_one import only_one
from starling.pipeline.readiness import Readiness
from starling.settings.store import load

if TYPE_CHECKING:
    from starling.pipeline.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_recogniser(parser)
    add_voice(parser)
    parser.add_argument("--microphone", metavar="NAME", help="input device (see starling devices)")
    parser.add_argument("--speaker", metavar="NAME", help="output device")
    parser.add_argument(
        "--answer",
        choices=("addressed", "everything", "nothing"),
        help="answer what begins with the wake phrase (setting assistant.answer), all, or only print texts",
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what is said, answer aloud; Ctrl-C or SIGTERM finishes what was said and ends."""
    choice = chosen(options, answer=options.answer, microphone=options.microphone, speaker=options.speaker)
    with only_one():
        wake_phrase = choice.wake_phrase if choice.answer == "addressed" else ""
        show = _ShowJson() if options.json else _ShowText(wake_phrase, _key_hint())
        printed = Printed(show)
        commanded = Commanded(choice, printed)
        readiness = Readiness(commanded)
        session = _session(choice, options.out, readiness)
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: session.coordinator.stop())
            printed.when_lost(session.coordinator.stop)
            readiness.built()
            with commanded.serving(session):
                session.run()
        finally:
            session.close()
            printed.check()
    return 0


def _session(choice: Choice, out: str | None, emit: Readiness) -> Session:
    """Processes first: models load and the microphone opens while this one imports the rest."""
    both = engines.start(choice, emit)
    tell_if_lower(choice, both.stt.supervisor.state().rung)
    source = Microphone(choice.microphone)
    from starling.commands.sinks import listening_outlet
    from starling.pipeline.session import Session

    outlet = listening_outlet(choice.speaker, out)
    return Session(choice, both, source, outlet.sink, emit, real_time=True, wav=outlet.wav, recover=True)


def _key_hint() -> str:
    """Global keys belong to the window; the key of a desktop that runs a command works here too."""
    from starling.pipeline.globalkeys import by_hand, wishes_of

    told = by_hand(wishes_of(load().get))  # what is wrong with them has been told
    lines = "".join(f"\n    {line}" for line in told.lines)
    return f"* No key is taken without the window. {told.text}{lines}"


class _ShowJson:
    """One JSON object a line, for scripts: ``{"event": ..., ...}``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self, event: events.Event) -> None:
        with self._lock:
            print(json.dumps({"event": _name(event), "at": round(time.time(), 3), **_data(event)}), flush=True)


def _name(event: events.Event) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(event).__name__)[1:]


def _data(event: events.Event) -> dict[str, Any]:
    match event:
        case events.Heard(utterance=utterance):
            return utterance_json(utterance)
        case events.ReplyEnded(reply=reply):
            return reply_json(reply)
        case events.Trouble(error=error):
            return error.to_json()
    return asdict(event)


class _ShowText:
    """For people: what was said and answered on stdout, everything about the machine on stderr."""

    def __init__(self, wake_phrase: str, key_hint: str = "") -> None:
        self._lock = threading.Lock()
        self._wake_phrase, self._key_hint = wake_phrase, key_hint

    def __call__(self, event: events.Event) -> None:
        lines = self._lines(event)
        with self._lock:
            for text, stream in lines:
                print(text, file=stream, flush=True)

    def _lines(self, event: events.Event) -> list[tuple[str, Any]]:
        match event:
            case events.Heard(utterance=utterance):
                return self._heard(utterance)
            case events.ReplyBegan(text=text):
                return [(f"starling  {text}", sys.stdout)]
            case events.ReplyEnded(reply=reply):
                figures = [(f"          {reply_figures(reply)}", sys.stdout)] if reply.tier else []
                error = StarlingError.from_json(reply.error) if reply.error else None
                return figures + ([(f"          ! {error}", sys.stderr)] if error else [])
            case events.Recovered(text=text, started_at=started_at):
                when = time.strftime("%d %b %H:%M", time.localtime(started_at))
                return [(f"recovered {text}   (said {when}, before Starling ended unexpectedly)", sys.stdout)]
            case events.Ready(stt=stt, microphone=microphone):
                hint = f"; say “{self._wake_phrase} …” to be answered" if self._wake_phrase else ""
                lines = [f"Listening to {microphone} with {stt}{hint}. Ctrl-C ends.", self._key_hint]
                return [(line, sys.stderr) for line in lines if line]
            case events.MicrophoneChanged() | events.SpeakerChanged():
                return [(f"* {_device(event)}", sys.stderr)] if event.state != "open" else []
            case events.EngineChanged(message=message):
                return [] if event.routine else [(f"* {message}", sys.stderr)]
            case events.Notice(text=text):
                return [(f"* {text}", sys.stderr)]
            case events.Trouble(error=error):
                return [(f"! {error}", sys.stderr)]
        return []

    def _heard(self, utterance: events.Utterance) -> list[tuple[str, Any]]:
        if utterance.error:
            error = StarlingError.from_json(utterance.error)
            return [(f"! {error} The recording is kept: starling transcribe --pending", sys.stderr)]
        if not utterance.text or utterance.verdict == "echo":
            return []
        who = "you" if utterance.verdict in ("answer", "stop") else "heard"
        return [(f"{who:<9} {utterance.text}", sys.stdout), (f"          {utterance_figures(utterance)}", sys.stdout)]


def _device(event: events.MicrophoneChanged | events.SpeakerChanged) -> str:
    word = "Microphone" if isinstance(event, events.MicrophoneChanged) else "Speaker"
    head = f"{word} {event.state.replace('_', ' ')}{f' ({event.device})' if event.device else ''}"
    what = " ".join(part for part in (event.message, event.fix) if part)
    return f"{head}: {what}" if what else head
