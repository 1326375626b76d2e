"""Remakes the starter model that ships with Starling: ``python -m starling.models.make_starter SOURCE TARGET``.

SOURCE is the starter's Hugging Face folder, TARGET a new folder. The same source gives the same bytes.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import ModelCard
from starling.models.convert import convert

STARTER = "starter"


def make_starter(source: Path, target: Path) -> ModelCard:
    """Convert the starter with its encoder beside it, and mark its card."""
    card = convert(
        source, target, short_context=True, licence="Apache-2.0", origin="trained for Starling", keep_encoder=True
    )
    card = replace(card, name=STARTER, starter=True)
    card.write(target)
    return card


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m starling.models.make_starter SOURCE TARGET\n")
        return 2
    try:
        make_starter(Path(arguments[0]), Path(arguments[1]))
    except StarlingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
