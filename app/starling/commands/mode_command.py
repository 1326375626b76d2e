"""``starling mode``: shows or changes the mode of the Starling that runs; dispatched as :mod:`ptt_command` is."""

from __future__ import annotations

import argparse

from starling.remote import client


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("mode", nargs="?", choices=(*client.MODES, "private"), help="none: show the one in use")
    parser.add_argument("switch", nargs="?", choices=("on", "off"), help="of private mode, which stores nothing")
    parser.set_defaults(run=run, usage=parser.error)


def run(options: argparse.Namespace) -> int:
    """Ask the Starling that runs, print its mode."""
    request = client.request_of(["mode", *filter(None, (options.mode, options.switch))])
    if request is None:
        options.usage("only private is switched on and off")
    else:
        print(client.told(client.ask(request)))
    return 0
