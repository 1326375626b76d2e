"""``starling replacements``: what is written instead of what is heard; ``try`` shows what becomes of a text."""

from __future__ import annotations

import argparse
import dataclasses

from starling.commands import dictation_lists
from starling.commands.options import add_json, load_settings
from starling.dictation.text import lists, store
from starling.dictation.text.explain import explain
from starling.pipeline.dictation_text import switches


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = dictation_lists.configure(parser, lists.REPLACEMENTS)
    summary = "show what a dictation would make of a recognised text, with the settings and lists as they are"
    tried = actions.add_parser("try", help=summary, description=summary.capitalize() + ".")
    tried.add_argument("text", metavar="TEXT")
    tried.add_argument("--language", default="en", metavar="CODE", help="language of the text, ISO 639-1")
    tried.add_argument("--application", default="", metavar="CLASS", help="the application it would be inserted into")
    add_json(tried)
    tried.set_defaults(run=run_try)


def run_try(options: argparse.Namespace) -> int:
    """Shape a text and print it."""
    rules = store.load(store.folder(), switches(load_settings().get), dictation_lists.tell)
    explained = explain(options.text, rules, options.application, None, options.language)
    shaped = explained.shaped
    if options.json:
        commands = [command.value for command in shaped.commands]
        acted = [dataclasses.asdict(rule) for rule in explained.acted]
        dictation_lists.report(
            {"text": shaped.text, "commands": commands, "dropped": shaped.dropped, "acted": acted},
        )
    else:
        print(shaped.text)
        for command in shaped.commands:
            print(f"[{command.value}]")
    return 0
