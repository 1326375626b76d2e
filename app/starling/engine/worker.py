"""``<interpreter> -m starling.engine.worker``: the worker of an engine."""

from __future__ import annotations

from starling.child.worker import main

if __name__ == "__main__":
    main()
