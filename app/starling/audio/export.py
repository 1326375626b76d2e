"""A finished sound as a WAV file that appears whole or not at all, and never in the place of another unasked."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from starling.core.errors import StarlingError
from starling.core.results import Samples


def export_wav(path: str | Path, samples: Samples, rate: int, *, overwrite: bool = False) -> None:
    """Write (n,) float32 as 16-bit mono WAV.

    Raises:
        StarlingError: ``audio.file_exists`` unless ``overwrite``; ``audio.file_unwritable``, ``audio.disk_full``. The
            file, or its absence, is as before then.
    """
    path = Path(path).expanduser()
    check_place(path, overwrite=overwrite)
    whole = path.with_name(f".{path.name}.{os.getpid()}.whole")
    try:
        _write(whole, path, samples, rate)
        _move(whole, path, overwrite)
    finally:
        with contextlib.suppress(OSError):
            whole.unlink()


def check_place(path: str | Path, *, overwrite: bool) -> None:
    """Before the work of making a sound: may it be written here? Raises as :func:`export_wav`."""
    path = Path(path).expanduser()
    try:
        taken, folder = path.exists() or path.is_symlink(), path.is_dir()
    except OSError as error:  # a folder that may not be looked into
        raise _unwritable(path, error) from None
    if folder:
        raise StarlingError("audio.file_unwritable", f"{path} is a folder.", "Give the name of a file.")
    if taken and not overwrite:
        raise _exists(path)


def _write(whole: Path, path: Path, samples: Samples, rate: int) -> None:
    from starling.audio.files import write_wav  # 24 MB of libraries, for few runs only

    try:
        write_wav(whole, samples, rate)
    except StarlingError as error:
        raise StarlingError(error.code, error.message.replace(str(whole), str(path)), error.fix) from None


def _move(whole: Path, path: Path, overwrite: bool) -> None:
    try:
        if overwrite:
            whole.replace(path.resolve() if path.is_symlink() else path)
            return
        try:
            os.link(whole, path)  # fails where a file has appeared meanwhile, unlike a rename
        except FileExistsError:
            raise _exists(path) from None
        except OSError:  # a file system without hard links
            if path.exists():
                raise _exists(path) from None
            whole.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None


def _exists(path: Path) -> StarlingError:
    return StarlingError("audio.file_exists", f"{path} exists already.", "Choose another name, or replace it.")


def _unwritable(path: Path, error: OSError) -> StarlingError:
    why = error.strerror or str(error)
    return StarlingError(
        "audio.file_unwritable", f"{path} cannot be written: {why}.", "Choose a folder you may write to."
    )
