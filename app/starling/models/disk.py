"""A disk that is full or may not be written, in words, and a look at what is free while a file grows."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from starling.core.errors import StarlingError

LEAST_FREE = 16 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def check_free(path: Path) -> None:
    """Raise OSError ENOSPC before the last bytes of a disk are taken, which other programs need."""
    if shutil.disk_usage(path.parent).free < LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_failed(path: Path, error: OSError) -> StarlingError:
    """``model.disk_full`` or ``model.write_failed``."""
    if error.errno in _FULL:
        return StarlingError(
            "model.disk_full",
            f"The disk is full: {path.name} does not fit.",
            "Free some space and try again; what was downloaded is kept.",
        )
    return StarlingError(
        "model.write_failed", f"{path} cannot be written: {error.strerror}.", "Choose a folder you may write to."
    )


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what the disk raises into :func:`write_failed`."""
    try:
        yield
    except OSError as error:
        raise write_failed(path, error) from None
