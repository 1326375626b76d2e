"""One heap for all threads.

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
