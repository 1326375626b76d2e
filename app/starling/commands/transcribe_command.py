"""``starling transcribe FILE…``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO, cast

from starling.commands.options import add_recogniser, chosen, same_file
from starling.commands.report import tell, tell_if_lower
from starling.core.errors import StarlingError
from starling.engine.clients import SttClient
from starling.pipeline import engines
from starling.pipeline.choice import Choice
from starling.pipeline.filework import Recording
from starling.speech.stt.longform import Line
from starling.speech.stt.subtitles import Format, render


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("files", nargs="*", metavar="FILE", help="recordings: WAV, FLAC, MP3, OGG, M4A …")
    parser.add_argument("--format", choices=("txt", "srt", "vtt", "json"), default="txt", help="of the result")
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.add_argument("--output", metavar="PATH", help="write to this file, or into this folder, one file each")
    parser.add_argument("--pending", action="store_true", help="utterances that a crashed run had recorded")
    add_recogniser(parser)
    parser.set_defaults(run=run, usage=parser.error)


def run(options: argparse.Namespace) -> int:
    """Transcribe every file; one that fails is told and the others go on."""
    if bool(options.files) == options.pending:
        options.usage("give the recordings to transcribe, or --pending")
    if clash := _clash(options):
        options.usage(clash)
    choice = chosen(options)
    with _recogniser(choice) as client:
        if options.pending:
            return _pending(choice, client)
        failures = 0
        for name in options.files:
            try:
                _one(Path(name), options, choice, client)
            except StarlingError as error:
                failures += 1
                print(f"starling: {_about(name, error)}", file=sys.stderr)
        return 1 if failures else 0


def _clash(options: argparse.Namespace) -> str:
    """Why the results cannot be written where --output says; empty if they can."""
    if not options.output:
        return ""
    targets: dict[Path, str] = {}
    for name in options.files:
        target = _target(Path(name), options)
        if target in targets:
            return f"{targets[target]} and {name} would both be written to {target}; give them one by one"
        if any(same_file(target, file) for file in options.files):
            return f"--output {target} is one of the recordings; it would be overwritten"
        targets[target] = name
    return ""


def _about(name: str, error: StarlingError) -> str:
    """The error with its file, unless it names that itself."""
    return str(error) if name and name in error.message else f"{name}: {error}"


@contextmanager
def _recogniser(choice: Choice) -> Iterator[SttClient]:
    client = engines.start_stt(choice, tell)
    tell_if_lower(choice, client.supervisor.state().rung)
    try:
        yield client
    finally:
        client.supervisor.close()


def _one(path: Path, options: argparse.Namespace, choice: Choice, client: SttClient) -> None:
    with _progress(path) as on_progress:
        recording = Recording(
            path,
            client,
            choice,
            whole_windows=not client.supervisor.state().rung.spec.config.get("short_context", False),
            on_progress=on_progress,
            on_trouble=lambda error: print(f"starling: {error}", file=sys.stderr),
        )
        pieces = _pieces(path, recording, cast(Format, options.format))
        first = next(pieces, "")  # a bad file is told before a result file is begun
        with _destination(path, options) as stream:
            stream.write(first)
            for piece in pieces:
                stream.write(piece)
                stream.flush()


def _pieces(path: Path, recording: Recording, form: Format) -> Iterator[str]:
    if form == "json":
        yield json.dumps(_report(path, recording), ensure_ascii=False, indent=2) + "\n"
    else:
        yield from render(recording.lines(), form)


def _report(path: Path, recording: Recording) -> dict[str, Any]:
    lines: list[Line] = list(recording.lines())
    tally = recording.tally
    return {
        "file": str(path),
        "text": " ".join(line.text for line in lines),
        **{key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(tally).items()},
        "rtf": round(tally.rtf, 4),
        "lines": [asdict(line) for line in lines],
    }


@contextmanager
def _destination(path: Path, options: argparse.Namespace) -> Iterator[TextIO]:
    if not options.output:
        yield sys.stdout
        return
    target = _target(path, options)
    try:
        if target != Path(options.output):
            target.parent.mkdir(parents=True, exist_ok=True)
        with _whole(target) as stream:
            yield stream
    except OSError as error:
        raise StarlingError(
            "transcribe.unwritable",
            f"{target} cannot be written: {error.strerror or error}.",
            "Choose a folder that you may write to and that has space left.",
        ) from error


def _target(path: Path, options: argparse.Namespace) -> Path:
    """The result's file: the one that was named, or one in the folder that was named."""
    named = Path(options.output)
    return named / f"{path.stem}.{options.format}" if named.is_dir() or len(options.files) > 1 else named


@contextmanager
def _whole(target: Path) -> Iterator[TextIO]:
    """A text file that appears under its name when it is complete; devices and links are written through."""
    from starling.audio.files import replaceable

    in_place = not replaceable(target)
    part = target if in_place else target.with_name(target.name + ".part")
    try:
        with part.open("w", encoding="utf-8", errors="replace") as stream:
            yield stream
        if not in_place:
            part.replace(target)
    finally:
        if not in_place:
            part.unlink(missing_ok=True)


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[float], None]]:
    """A bar over the recording's seconds, on a terminal."""
    from starling.audio.files import probe

    total = probe(path)
    if not sys.stderr.isatty():
        yield lambda seconds: None
        return
    from tqdm import tqdm

    with tqdm(total=round(total, 1) or None, unit="s", desc=path.name, file=sys.stderr, leave=False) as bar:
        yield lambda seconds: _advance(bar, seconds)


def _advance(bar: Any, seconds: float) -> None:
    bar.update(round(seconds, 1) - bar.n)


def _pending(choice: Choice, client: SttClient) -> int:
    from starling.pipeline import events, keeping

    def show(event: events.Event) -> None:
        if isinstance(event, events.Recovered):
            print(event.text)
        elif isinstance(event, events.Trouble):
            print(f"starling: {event.error}", file=sys.stderr)

    history = keeping.open_history(choice, show)
    if history is None:
        return 1
    try:
        found = keeping.recover(history, engines.recognise(client, choice.stt_options), show, failed=True)
    finally:
        history.close()
    if not found:
        print("starling: no utterance is waiting", file=sys.stderr)
    return 0 if all(found) else 1
