"""``starling ptt``: the talk key of the Starling that runs, for a key that the compositor or another program owns.

Dispatched in :mod:`starling.__main__` before this is imported; here are its help and its usage errors.
"""

from __future__ import annotations

import argparse

from starling.remote import client


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "action",
        choices=client.ACTIONS,
        help="press and release as the key goes down and up (a short press toggles), toggle to begin or end, cancel to "
        "drop what is being said",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Tell the Starling that runs."""
    client.ask({"command": options.action})
    return 0
