"""``starling history list|search|export|delete``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from starling import locate
from starling.commands.options import add_json
from starling.core.errors import StarlingError
from starling.history.export import FORMATS, export, format_of, to_json
from starling.history.reader import HistoryReader
from starling.history.records import Utterance
from starling.history.store import History
from starling.history.wanted import Wanted

USUAL = 50
MODES, STATES = ("assistant", "dictation"), ("pending", "done", "failed", "inserted")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=summary, description=summary.capitalize() + ".")
        sub.set_defaults(run=run, usage=sub.error)
        return sub

    listing = action("list", run_list, "the newest entries, newest first")
    searching = action("search", run_list, 'entries with all these words and "phrases" in them')
    searching.add_argument("words", nargs="+", help="parts of words are found too; case and accents do not matter")
    for sub in (listing, searching):
        sub.add_argument("--limit", type=_count, default=USUAL, help=f"at most so many (default {USUAL}); 0 for all")
    writing = action("export", run_export, "write entries to a file")
    writing.add_argument("file", type=Path, help=f"its ending names the format: {', '.join(FORMATS)}")
    writing.add_argument("--format", choices=FORMATS, help="where the ending does not")
    writing.add_argument("--search", metavar="WORDS", default="", help="only entries with these words")
    writing.add_argument("--force", action="store_true", help="overwrite a file that exists")
    deleting = action("delete", run_delete, "delete entries with their recordings, for good")
    deleting.add_argument("ids", nargs="*", metavar="ID", help="as list --json shows them")
    deleting.add_argument("--all", action="store_true", help="everything but what still waits for its text")
    deleting.add_argument("--search", metavar="WORDS", default="", help="entries with these words")
    deleting.add_argument("--yes", action="store_true", help="do not ask")
    for sub in (listing, searching, writing, deleting):
        _add_filters(sub)
        add_json(sub)


def run_list(options: argparse.Namespace) -> int:
    """Print entries."""
    wanted = _wanted(options, " ".join(getattr(options, "words", [])))
    with _history() as (_, reader):
        entries = reader.search(wanted, options.limit or -1)
    if options.json:
        print(json.dumps({"entries": [to_json(entry) for entry in entries]}, ensure_ascii=False, indent=2))
    else:
        for entry in entries:
            print("\n".join(_lines(entry)))
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write a file."""
    path = options.file.expanduser()
    kind = format_of(path, options.format or "")
    with _history() as (_, reader):
        count = export(reader.oldest_first(_wanted(options, options.search)), path, kind, overwrite=options.force)
    _report(options, {"file": str(path), "format": kind, "entries": count}, f"{count} entries: {path}")
    return 0


def run_delete(options: argparse.Namespace) -> int:
    """Delete entries."""
    wanted = _wanted(options, options.search)
    if options.ids and (options.all or not wanted.everything):
        options.usage("name entries, or say which are meant, not both")
    if not options.ids and not options.all and wanted.everything:
        options.usage("name entries, or use --all, --search, --mode, --state, --since or --until")
    with _history() as (history, reader):
        entries = reader.named(options.ids) if options.ids else reader.read(reader.find(wanted))
        missing = set(options.ids) - {entry.id for entry in entries}
        if missing:
            raise StarlingError(
                "history.unknown", f"There is no entry {min(missing)!r}.", "See: starling history list --json"
            )
        ids = [entry.id for entry in entries if entry.state != "pending" or entry.delivered]
        if ids and not options.yes and not _agreed(len(ids)):
            raise StarlingError("history.kept", "Nothing was deleted.", "Answer yes, or use --yes.")
        history.forget(ids)
    _report(options, {"deleted": ids}, f"{len(ids)} deleted")
    return 0


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mode", choices=MODES, default="")
    parser.add_argument("--state", choices=STATES, default="")
    parser.add_argument("--since", type=_day, metavar="DAY", help="from this day on: 2026-08-31, today or yesterday")
    parser.add_argument("--until", type=_day, metavar="DAY", help="up to this day, itself included")


def _wanted(options: argparse.Namespace, text: str) -> Wanted:
    since = _midnight(options.since) if options.since else None
    until = _midnight(options.until + timedelta(days=1)) if options.until else None
    return Wanted(text, options.mode, options.state, since, until)


@contextmanager
def _history() -> Iterator[tuple[History, HistoryReader]]:
    history = History(locate.data_dir() / "history")
    try:
        if history.set_aside is not None:
            print(f"starling: The history was damaged; it was moved to {history.set_aside}.", file=sys.stderr)
        reader = history.reader()
        try:
            yield history, reader
        finally:
            reader.close()
    finally:
        history.close()


def _lines(entry: Utterance) -> Iterator[str]:
    moment = datetime.fromtimestamp(entry.started_at)
    note = (
        "" if entry.state in ("done", "inserted") else f"({entry.state}{f': {entry.reason}' if entry.reason else ''})"
    )
    yield f"{moment:%Y-%m-%d %H:%M}  {' '.join(part for part in (entry.text, note) if part)}"
    for reply in entry.replies:
        yield f"{'':16}  → {reply.text}"


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"Delete {count} entries with their recordings, for good? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _report(options: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    print(json.dumps(report, ensure_ascii=False, indent=2) if options.json else text)


def _day(text: str) -> date:
    near = {"today": 0, "yesterday": 1}
    if text in near:
        return date.today() - timedelta(days=near[text])
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-08-31, today or yesterday") from error


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day).timestamp()


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of entries")
    return int(text)
