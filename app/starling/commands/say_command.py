"""``starling say TEXT…``."""

from __future__ import annotations

import argparse
import json
import sys

from starling import locate
from starling.commands import bench_voices, voice_lists
from starling.commands.console import printable, read_stdin
from starling.commands.options import add_json, add_voice, chosen
from starling.commands.report import reply_figures, reply_json, tell
from starling.commands.sinks import open_outlet
from starling.core.errors import StarlingError
from starling.pipeline import engines, events
from starling.pipeline.session import Mouth
from starling.pipeline.speaking import Speaking
from starling.pipeline.voice_figures import VoiceBook


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("text", nargs="*", help="what to say; standard input when nothing or - is given")
    parser.add_argument("--voices", action="store_true", help="list the voices of the tier in use, by language")
    parser.add_argument("--metrics", action="store_true", help="show what each voice has cost on this machine so far")
    add_voice(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Speak a text; interrupting it silences at once."""
    if options.voices:
        return _list_voices(options)
    if options.metrics:
        table = bench_voices.kept()
        print(json.dumps(table.to_json(), ensure_ascii=False, indent=2) if options.json else table.to_text())
        return 0
    text = _text(options.text)
    choice = chosen(options)
    client = engines.start_tts(choice, tell)
    try:
        outlet = open_outlet(choice.speaker, options.out, required=True)
        try:
            speaking = Speaking(
                client,
                outlet.sink,
                voice=choice.voice,
                speed=choice.speed,
                volume=choice.volume,
                measured=VoiceBook(locate.data_dir()).keep,
            )
            reply = Mouth(speaking, played=not outlet.wav, wav=outlet.wav).speak(text)
        finally:
            outlet.sink.close()
    finally:
        client.supervisor.close()
    return _report(reply, as_json=options.json)


def _list_voices(options: argparse.Namespace) -> int:
    choice = chosen(options)
    client = engines.start_tts(choice, tell)
    try:
        listed, variants = client.voices(), client.variants()
        tier = client.supervisor.state().rung.spec.tier
    finally:
        client.supervisor.close()
    shown = voice_lists.shown(tier, listed)
    if options.json:
        data = voice_lists.as_json(tier, shown, variants, choice.favourites)
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print("\n".join(voice_lists.lines(tier, shown, variants, choice.favourites)))
    return 0


def _text(words: list[str]) -> str:
    text = read_stdin() if words in ([], ["-"]) else printable(" ".join(words))
    if not text.strip():
        raise StarlingError("say.nothing", "There is nothing to say.", "Give a text: starling say Hello")
    return text


def _report(reply: events.Reply, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"replies": [reply_json(reply)]}, ensure_ascii=False, indent=2))
    for note in reply.notes:
        print(f"starling: {note}", file=sys.stderr)
    if reply.error:
        raise StarlingError.from_json(reply.error)
    if reply.audio_s is None and not reply.stopped:
        raise StarlingError("say.nothing", "Nothing in this text can be spoken.", "Give it words: starling say Hello")
    if not as_json:
        print(reply_figures(reply))
    return 0
