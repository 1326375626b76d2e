"""One heap for all threads, and back to the system what the start needed and nobody holds any more.

glibc gives each thread that allocates a heap of its own (mallopt(3), M_ARENA_MAX). The window's thirty threads mostly
wait; one heap for all of them is 4 MB smaller, and none of them allocates so much that it would wait for the others.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

_M_ARENA_MAX = -8


def share_one_heap() -> None:
    """For threads that begin from now on; does nothing where the C library is not glibc."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return free pages (malloc_trim(3)); takes a few milliseconds, and does nothing where there is no glibc."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
