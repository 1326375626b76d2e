"""Lists the Python packages of a folder with version, licence and home, for the package's documentation."""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, distributions


def licence(found: Distribution) -> str:
    """What the distribution says of its licence, in one line."""
    facts = found.metadata
    named = facts.get("License-Expression") or (facts.get("License") or "").strip().partition("\n")[0]
    classified = [line.rpartition(" :: ")[2] for line in facts.get_all("Classifier") or () if "License ::" in line]
    return named or ", ".join(classified) or "see its files"


def home(found: Distribution) -> str:
    """Where its source is to be had."""
    return f"https://pypi.org/project/{found.metadata['Name']}/{found.version}/"


def main() -> None:
    """Write the list to stdout. The texts of the licences stand beside each package, in its dist-info folder."""
    folder = sys.argv[1]
    sys.stdout.write(
        "The Python packages in /usr/lib/starling. Each one's licence texts are in its dist-info folder.\n\n"
    )
    for found in sorted(distributions(path=[folder]), key=lambda one: one.metadata["Name"].lower()):
        if found.metadata["Name"] != "starling":
            sys.stdout.write(f"{found.metadata['Name']} {found.version}: {licence(found)}\n    {home(found)}\n")


main()
