"""From the name of an operator to something that runs."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from starling import locate
from starling.core.errors import StarlingError
from starling.npu.emulation.iron.cores import Library
from starling.npu.emulation.iron.engine import Engine, Ran
from starling.npu.emulation.iron.faults import Misuse
from starling.npu.emulation.iron.guard import guarded
from starling.npu.emulation.iron.package import installed
from starling.npu.emulation.iron.resolving import Design

Libraries = Callable[[Any, str], Library]
"""Compiles a CoreObject for a device."""
_DTYPES = {"bf16": "bfloat16", "f32": "float32", "i8": "int8", "i32": "int32"}


class EmulatedProgram:
    """A design with its parameters, on an emulated array.

    Attributes:
        design: as it was placed.
    """

    def __init__(self, design: Design, libraries: Mapping[str, Library]) -> None:
        self.design = design
        self._libraries = libraries
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def fresh(self) -> EmulatedProgram:
        """The same design on an array of its own."""
        return EmulatedProgram(self.design, self._libraries)

    def run(self, memory: Sequence[np.ndarray[Any, Any]]) -> Ran:
        """One launch.

        Cores keep their state from launch to launch, as on hardware; after a fault, and in another thread, the program
        is loaded anew.

        Args:
            memory: the bytes of every data argument, in order; what is written is changed in place.

        Raises:
            EmulationFault: hardware would hang or compute something else.
        """
        with self._lock:
            if len(memory) != len(self.design.data):
                raise Misuse(f"{len(memory)} host buffers for {len(self.design.data)} arguments")
            if self._engine is not None and self._engine.thread is not threading.current_thread():
                self._unload()
            if self._engine is None:
                self._engine = Engine(self.design, self._libraries)
            try:
                return self._engine.run(memory)
            except BaseException:
                self._unload()
                raise

    def _unload(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    def __del__(self) -> None:
        self._unload()


def load(
    op: str,
    parameters: Mapping[str, Any],
    cores: Libraries | None = None,
    kernels: Path | None = None,
) -> EmulatedProgram:
    """Build a design in the emulation.

    Args:
        op: a folder of ``kernels``.
        parameters: of its ``design()``.
        cores: compiles its objects; g++ by default.
        kernels: the folder; the one that ships with Starling by default.

    Raises:
        StarlingError: there is no such operator, or no compiler.
        EmulationFault: the design asks for more than the device has.
    """
    folder = _folder_of(op, kernels)
    if cores is None:
        from starling.npu.emulation.cores import library

        cores = library
    with installed(folder):
        module = importlib.import_module(f"kernels.{op}.design")
        objects = module.objects(**parameters)
        with guarded():
            design = module.design(**parameters)
        arguments = module.arguments(**parameters)
    if not isinstance(design, Design):
        raise Misuse(f"design() of {op} returns {design!r}, not Program(…).resolve_program()")
    _check_arguments(op, design, arguments)
    libraries = {entry.object: cores(entry, design.device) for entry in objects}
    return EmulatedProgram(design, libraries)


def arguments(op: str, parameters: Mapping[str, Any], kernels: Path | None = None) -> tuple[str, ...]:
    """The types of a design's data arguments, in order.

    Raises:
        StarlingError: there is no such operator.
    """
    with installed(_folder_of(op, kernels)):
        module = importlib.import_module(f"kernels.{op}.design")
        return tuple(argument.dtype for argument in module.arguments(**parameters))


def core_parameters(op: str, kernels: Path | None = None) -> tuple[str, ...]:
    """The names of the parameters that a design bakes into its cores.

    Raises:
        StarlingError: there is no such operator.
    """
    with installed(_folder_of(op, kernels)):
        names: tuple[str, ...] = importlib.import_module(f"kernels.{op}.design").CORE
    return names


def _folder_of(op: str, kernels: Path | None) -> Path:
    folder = locate.shipped("kernels") if kernels is None else kernels
    if not op.isidentifier() or not (folder / op / "design.py").is_file():
        raise StarlingError("npu.no_kernel", f"There is no NPU kernel '{op}' in {folder}.", "Update Starling.")
    return folder


def _check_arguments(op: str, design: Design, arguments: Sequence[Any]) -> None:
    declared = [(_DTYPES[argument.dtype], argument.elements) for argument in arguments]
    used = [(entry.type.dtype.name, entry.type.size) for entry in design.data]
    if declared != used:
        raise Misuse(f"arguments() of {op} says {declared}, its sequence takes {used}")
