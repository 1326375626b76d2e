"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starling.core.errors import StarlingError


@contextmanager
def whole_folder(target: Path, expected_bytes: int) -> Iterator[Path]:
    """A temporary sibling of the target that takes its name when the block ends well, and is deleted when not.

    Args:
        target: a folder that does not exist yet.
        expected_bytes: about what will be written; refused beforehand when the disk has less.

    Raises:
        StarlingError: ``model.target_exists``, ``model.disk_full``, ``model.write_failed``.
    """
    if target.exists() or target.is_symlink():
        raise StarlingError("model.target_exists", f"{target} already exists.", "Choose another name or delete it.")
    part = target.parent / f".{target.name}.part"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(part, ignore_errors=True)
        if shutil.disk_usage(target.parent).free < expected_bytes:
            raise OSError(errno.ENOSPC, "No space left on device")
        part.mkdir()
        yield part
        part.replace(target)
    except OSError as error:
        raise _write_error(target, expected_bytes, error) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def whole_file(target: Path, expected_bytes: int) -> Iterator[Path]:
    """A temporary sibling of the target that replaces it when the block ends well, and is deleted when not.

    Raises:
        StarlingError: ``model.disk_full``, ``model.write_failed``.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise _write_error(target, expected_bytes, error) from None
    finally:
        part.unlink(missing_ok=True)


def _write_error(target: Path, expected_bytes: int, error: OSError) -> StarlingError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        needed = f"about {expected_bytes / 1e6:.0f} MB are needed"
        return StarlingError(
            "model.disk_full", f"The disk is full: {needed} for {target}.", "Free some space and try again."
        )
    return StarlingError(
        "model.write_failed", f"{target} cannot be written: {error.strerror}.", "Choose a folder you may write to."
    )
