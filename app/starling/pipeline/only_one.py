"""One listener per user and folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starling import locate
from starling.core.errors import StarlingError


@contextmanager
def only_one() -> Iterator[None]:
    """Two listeners would answer each other.

    Raises:
        StarlingError: ``app.already_listening``, ``app.data_unwritable``.
    """
    from filelock import FileLock, Timeout

    folder = locate.data_dir()
    lock = FileLock(folder / "listen.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise StarlingError(
            "app.already_listening",
            "Starling is already listening.",
            "End the other one first: quit its window, or press Ctrl-C in its terminal.",
        ) from None
    except OSError as error:
        raise StarlingError(
            "app.data_unwritable",
            f"The folder {folder} cannot be written: {error.strerror or error}.",
            "Check that it belongs to you and that the disk has space, or set STARLING_HOME to another folder.",
        ) from error
    try:
        yield
    finally:
        lock.release()
