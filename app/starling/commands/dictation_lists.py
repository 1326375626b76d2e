"""``starling vocabulary``, ``replacements`` and ``blocklist``: the lists of the dictation, one command for each."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from starling.commands.options import add_json
from starling.core.errors import StarlingError
from starling.dictation.text import entries, exchange, lists, store
from starling.dictation.text.exchange import FORMATS
from starling.dictation.text.lists import Entry, List, key_of
from starling.dictation.text.tokens import folded

STREAM = "-"


def configure(parser: argparse.ArgumentParser, of: List) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Declare the actions of a list."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, run: Callable[[argparse.Namespace, List], int], summary: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=summary, description=summary.capitalize() + ".")
        sub.set_defaults(run=lambda options: run(options, of))
        add_json(sub)
        return sub

    action("list", run_list, f"show the {of.name}")
    add = action("add", run_add, f"add a {of.entry}" + ("" if len(of.words) > 1 else " or several"))
    for word in of.words:
        add.add_argument(word, nargs=None if len(of.words) > 1 else "+", metavar=word.upper())
    remove = action("remove", run_remove, f"remove a {of.entry} or several")
    remove.add_argument("named", nargs="+", metavar=of.words[0].upper())
    bring = action("import", run_import, "add what a file holds: TXT with one entry a line, CSV or JSON")
    bring.add_argument("file", metavar="FILE", help=f"{STREAM} for stdin")
    bring.add_argument("--replace", action="store_true", help="instead of what is in the list")
    send = action("export", run_export, "write the list into a file: TXT, CSV or JSON")
    send.add_argument("file", nargs="?", default=STREAM, metavar="FILE", help=f"{STREAM} for stdout")
    send.add_argument("--force", action="store_true", help="also over a file that exists")
    for sub in (bring, send):
        sub.add_argument("--format", choices=FORMATS, help="when the file's name does not say it")
    return actions


def run_list(options: argparse.Namespace, of: List) -> int:
    """Show the list."""
    found = of.read(store.folder(), tell)
    if options.json:
        report({of.name: [_json(entry) for entry in found], "file": str(store.folder() / f"{of.name}.toml")})
    else:
        print("".join(f"{_line(entry)}\n" for entry in found) or f"The {of.name} has no {of.entry} yet.\n", end="")
    return 0


def run_add(options: argparse.Namespace, of: List) -> int:
    """Add entries; what is there already, with the same spelling, stays where it is."""
    given = [getattr(options, word) for word in of.words]
    new = [of.check(*given)] if len(of.words) > 1 else [of.check(word) for word in given[0]]
    _told(options, of, lists.Brought(lists.add(of, store.folder(), new, tell=tell)))
    return 0


def run_remove(options: argparse.Namespace, of: List) -> int:
    """Remove entries by their first column, case aside; none goes when one is not there."""
    with store.changing(store.folder()):
        found = of.read(store.folder(), tell)
        wanted = {folded(entries.plain(name)) for name in options.named}
        gone = [entry for entry in found if key_of(entry) in wanted]
        for name in sorted(wanted - {key_of(entry) for entry in gone}):
            raise _not_there(of, name, found)
        of.write(store.folder(), [entry for entry in found if entry not in gone])
    if options.json:
        report({"removed": [_json(entry) for entry in gone]})
    else:
        print(f"Removed {_counted(len(gone), of)}.")
    return 0


def run_import(options: argparse.Namespace, of: List) -> int:
    """Add the entries of a file."""
    kind = options.format or exchange.format_of(options.file)
    _told(options, of, lists.bring(of, store.folder(), _bytes_of(options.file), kind, instead=options.replace))
    return 0


def run_export(options: argparse.Namespace, of: List) -> int:
    """Write the list."""
    to_stdout = options.file == STREAM
    kind = options.format or ("json" if options.json else "txt" if to_stdout else exchange.format_of(options.file))
    found = of.read(store.folder(), tell)
    text = of.to_file(found, kind)
    if to_stdout:
        sys.stdout.write(text)
        return 0
    try:
        with open(options.file, "w" if options.force else "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise StarlingError(
            "dictation.file_exists", f"{options.file} exists.", "Choose another name or add --force."
        ) from None
    if options.json:
        report({"exported": len(found), "file": options.file, "format": kind})
    else:
        print(f"Wrote {_counted(len(found), of)} to {options.file}.")
    return 0


def tell(error: StarlingError) -> None:
    """What is wrong with a list, on stderr."""
    print(f"starling: {error}", file=sys.stderr)


def report(values: dict[str, Any]) -> None:
    """A report on stdout."""
    print(json.dumps(values, ensure_ascii=False, indent=2))


def _told(options: argparse.Namespace, of: List, brought: lists.Brought) -> None:
    merged = brought.merged
    if options.json:
        report(
            {
                "added": [_json(entry) for entry in merged.added],
                "changed": [_json(entry) for entry in merged.changed],
                "already_there": [_json(entry) for entry in merged.there],
                "left_out": brought.refused,
                "notes": list(brought.notes),
            }
        )
        return
    parts = [f"Added {_counted(len(merged.added), of)}"]
    parts += [f"{len(merged.there)} already there"] if merged.there else []
    parts += [f"{brought.refused} left out"] if brought.refused else []
    print("\n".join((", ".join(parts) + ".", *brought.notes)))


def _not_there(of: List, name: str, found: Sequence[Entry]) -> StarlingError:
    near = difflib.get_close_matches(name, [key_of(entry) for entry in found], n=1)
    fix = f"Did you mean {entries.shown(near[0])}?" if near else f"starling {of.name} list shows what is there."
    return StarlingError("dictation.not_there", f"The {of.name} has no {entries.shown(name)}.", fix)


def _bytes_of(name: str) -> bytes:
    if name == STREAM:
        return sys.stdin.buffer.read(exchange.MOST_BYTES + 1)
    with open(name, "rb") as stream:
        return stream.read(exchange.MOST_BYTES + 1)


def _counted(count: int, of: List) -> str:
    return f"{count} {of.entry}" if count == 1 else f"{count} {of.entry}s"


def _line(entry: Entry) -> str:
    return entry if isinstance(entry, str) else f"{entry.heard}\t{entry.written}".replace("\n", "\\n")


def _json(entry: Entry) -> Any:
    return entry if isinstance(entry, str) else {"heard": entry.heard, "written": entry.written}
