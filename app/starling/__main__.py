"""``python -m starling``, and where the installed command begins."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line. What goes to a running Starling goes before anything else is imported."""
    if sys.argv[1:2] in (["ptt"], ["mode"]):
        from starling.remote import client

        code = client.run(sys.argv[1:])
        if code is not None:
            return code
    from starling.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
