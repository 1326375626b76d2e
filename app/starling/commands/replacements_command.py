"""``starling replacements``: what is written instead of what is heard; ``try`` shows what becomes of a text."""

from __future__ import annotations

import argparse

from starling.commands import dictation_lists
from starling.commands.options import add_json, load_settings
from starling.dictation.text import store
from starling.dictation.text.shape import shape
from starling.pipeline.dictation_text import switches


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = dictation_lists.configure(parser, dictation_lists.REPLACEMENTS)
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
    shaped = shape(options.text, rules.for_application(options.application), None, options.language)
    if options.json:
        commands = [command.value for command in shaped.commands]
        dictation_lists.report({"text": shaped.text, "commands": commands, "dropped": shaped.dropped})
    else:
        print(shaped.text)
        for command in shaped.commands:
            print(f"[{command.value}]")
    return 0
