"""Buffers that are used again: a fresh one costs the driver a locked mapping."""

from __future__ import annotations

from starling.npu.xrt.session import Buffer, Session

PAGE = 4096
STEPS = 4
"""Size classes between one power of two and the next: a quarter of a buffer is wasted at most."""


class Pool:
    """Buffers of one session by size class and memory group."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._free: dict[int, list[Buffer]] = {}

    def take(self, size: int) -> Buffer:
        """A buffer of ``size`` bytes or more, with any contents."""
        free = self._free.get(size_class(size))
        return free.pop() if free else self._session.buffer(size_class(size))

    def give(self, buffer: Buffer) -> None:
        """Back for others; its runs must not be started any more."""
        self._free.setdefault(buffer.size, []).append(buffer)

    def drop(self) -> None:
        """Let go of what nobody uses."""
        self._free.clear()


def size_class(size: int) -> int:
    """The bytes that are allocated for ``size``."""
    pages = max(1, -(-size // PAGE))
    step = max(1, (1 << (pages.bit_length() - 1)) // STEPS)
    return -(-pages // step) * step * PAGE
