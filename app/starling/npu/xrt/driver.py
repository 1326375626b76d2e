"""The one place that imports pyxrt: the real module, or the emulation when the user asked for it."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from starling.core.errors import StarlingError
from starling.npu import emulation


def load() -> Any:
    """The module ``pyxrt``, real or emulated.

    Raises:
        StarlingError: ``npu.no_pyxrt``; ``npu.bad_switch`` for a switch of the emulation that is misspelt.
    """
    if emulation.wanted():
        return _emulated()
    try:
        return importlib.import_module("pyxrt")
    except ImportError as error:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise StarlingError(
            "npu.no_pyxrt",
            f"XRT's Python module cannot be loaded by Python {version}: {error}.",
            "Install the XRT packages of your distribution; the module fits one Python version only, which "
            "`starling doctor` names.",
        ) from error


def _emulated() -> Any:
    from starling.npu.emulation import pyxrt
    from starling.npu.emulation.machine import machine

    try:
        machine()
    except ValueError as error:
        raise StarlingError("npu.bad_switch", f"{error}.", "Correct or remove that variable.") from None
    return pyxrt
