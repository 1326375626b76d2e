"""``starling blocklist``: sentences that are never written."""

from __future__ import annotations

import argparse

from starling.commands import dictation_lists
from starling.dictation.text import lists


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    dictation_lists.configure(parser, lists.BLOCKLIST)
