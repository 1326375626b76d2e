"""Keeps Python's own ``import``.

PySide6 puts one of its own in its place, which reads the source of every module that is imported from then on to see
whether it may use ``from __feature__ import``. Starling does not use that, and ``linecache`` keeps the lines: 10 to
20 MB of the window's memory.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """What is imported meanwhile does not change how later imports work."""
    own = builtins.__import__
    try:
        yield
    finally:
        builtins.__import__ = own
