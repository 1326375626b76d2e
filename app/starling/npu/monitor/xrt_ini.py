"""XRT's own log, for somebody who looks for a fault in it: off unless asked for, and only for engines that use XRT.

Keys as XRT documents them (Xilinx/XRT src/runtime_src/doc/toc/xrt_ini.rst, group Runtime): ``runtime_log``, a file, and
``verbosity``, 0 to 7. The file is named to XRT by the documented variable ``XRT_INI_PATH``.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from starling.core.errors import StarlingError

VARIABLE = "XRT_INI_PATH"
FOLDER, FILE, LOG = "xrt", "xrt.ini", "xrt.log"
VERBOSITY = 7
"""Everything."""


def text(log: Path) -> str:
    """The file's text."""
    lines = (
        "# Written by Starling, as the setting engine.xrt_log is on.",
        "[Runtime]",
        f"runtime_log = {log}",
        f"verbosity = {VERBOSITY}",
    )
    return "\n".join(lines) + "\n"


def write(cache: Path) -> Path:
    """Write the file below the cache folder, in one step, and return its path.

    Raises:
        StarlingError: ``npu.xrt_ini``.
    """
    folder = cache / FOLDER
    path, part = folder / FILE, folder / f".{FILE}.{secrets.token_hex(4)}.part"
    log = folder / LOG
    if not str(log).isprintable():
        raise _failed("its folder has a name that no xrt.ini can hold")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(text(log), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise _failed(error.strerror or str(error)) from None
    return path


def _failed(why: str) -> StarlingError:
    return StarlingError(
        "npu.xrt_ini", f"XRT's log cannot be set up: {why}.", "Check the cache folder, or switch engine.xrt_log off."
    )
