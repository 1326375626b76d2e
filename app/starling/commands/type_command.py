"""``starling type``: a text goes where the cursor is, as a dictation would."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from dataclasses import replace
from typing import Any

from starling.commands.options import add_json, load_settings
from starling.core.errors import StarlingError
from starling.dictation.insertion.base import WAYS, Inserted
from starling.dictation.insertion.inserter import EXCLUDED
from starling.pipeline.inserting import inserter

MOST_BYTES = 4 << 20
LONGEST_DELAY_S = 60.0


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("text", metavar="TEXT|-", help="the text; - reads it from the standard input")
    parser.add_argument("--way", choices=("auto", *WAYS), help="way of insertion (setting insertion.way)")
    parser.add_argument("--delay", type=_seconds, default=0.0, metavar="S", help="time to go to another window first")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Insert; fails when the text ended in the scratchpad without that being asked for."""
    text = _text(options.text)
    tool = inserter(load_settings().get)
    if options.way:
        tool.wishes = replace(tool.wishes, way=options.way, per_application=dict[str, str]())
    if options.delay:
        threading.Event().wait(options.delay)
    done: Inserted | None = None
    error: StarlingError | None = None
    try:
        done = tool.insert(text)
    except StarlingError as failure:
        error = failure
    finally:
        tool.close()
    if options.json:
        print(json.dumps({"inserted": _report(done, error)}, ensure_ascii=False, indent=2))
    if error is not None and error.code == EXCLUDED:
        raise StarlingError(EXCLUDED, f"{error.message} The text is in the scratchpad.", error.fix)
    if error is not None:
        raise error
    assert done is not None
    if done.way == "scratchpad" and options.way != "scratchpad":
        raise StarlingError("insert.scratchpad_only", f"The text is in the scratchpad: {done.reason}", done.fix)
    if not options.json:
        print(_line(done))
    return 0


def _text(given: str) -> str:
    if given != "-":
        return given
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise StarlingError("insert.too_long", "The text is longer than 4 MiB.", "Insert it in parts.")
    return data.decode("utf-8", "replace")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_DELAY_S:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {LONGEST_DELAY_S:g}")
    return seconds


def _report(done: Inserted | None, error: StarlingError | None) -> dict[str, Any]:
    target = done.target if done else None
    return {
        "way": done.way if done else "",
        "application": target.application if target else "",
        "toolkit": target.toolkit if target else "",
        "verified": done.verified if done else None,
        "reason": done.reason if done else "",
        "fix": done.fix if done else "",
        "error": error.to_json() if error else None,
    }


def _line(done: Inserted) -> str:
    if not done.way:
        return "There was nothing to insert."
    if done.way == "scratchpad":
        return "The text is in the scratchpad."
    where = done.target.application or "an application that nobody names"
    checked = {True: "which took it", None: "whether it took it is not known", False: "which lost the focus meanwhile"}
    return f"Inserted by {done.way} into {where}, {checked[done.verified]}."
