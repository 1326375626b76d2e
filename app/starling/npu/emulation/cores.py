"""The C++ that cores run, compiled for this machine against the shim of ``aie_api`` and called through ctypes.

Compiled files stay in a cache, named by everything that shapes them; a file carries its own checksum behind the ELF
image, where the loader does not look.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import shutil
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from starling.core.errors import StarlingError
from starling.locate import cache_dir
from starling.npu.emulation.machine import EmulationFault
from starling.npu.tools import run_tool

COMPILER = "g++"
FOLDER = "STARLING_CORES"
"""Where compiled files lie; else with all that can be made again."""
COMPILE_TIMEOUT_S = 120.0
ARCHITECTURES = {"npu1": "20", "npu2": "21"}
"""Device -> the value of ``__AIE_ARCH__``: AIE2, AIE2P."""

SHIM = Path(__file__).with_name("shim")
FLAGS = ("-std=c++20", "-O3", "-march=native", "-fPIC", "-shared", "-fno-semantic-interposition", "-w")

LARGEST_ALIGNMENT = 64
"""Bytes, of a vector in a core's memory; arrays of a caller that lie otherwise are nobody's."""

_HEADERS = ("*.h", "*.hpp", "*.inc")
_SHOWN_LINES = 40
"""Of a compiler's errors: the first ones say what is wrong."""
_DIGEST_BYTES = hashlib.sha256().digest_size
KEPT = 256
"""Compiled files in the cache; a model's kernels are a few dozen, and an older version's are never asked for again."""
_WORKING = ".compiling-"
_ABANDONED_S = 3600.0
"""A file that is compiled into for longer belongs to a process that was killed."""


class Source(Protocol):
    """What an object file is made of; ``kernels.objects.CoreObject`` is one."""

    @property
    def object(self) -> str:
        """File name of the object, for messages."""

    @property
    def source(self) -> Path:
        """The C++ file."""

    @property
    def defines(self) -> tuple[tuple[str, str], ...]:
        """Preprocessor names and values."""


@dataclass
class Registers:
    """A core's control registers; zero after a reset, and kept between calls.

    Attributes:
        rounding: of float32 to bfloat16 and of shifts; 0 cuts off.
        saturation: of integers that do not fit; 0 wraps.
    """

    rounding: int = 0
    saturation: int = 0


class CoreLibrary:
    """One compiled object.

    Attributes:
        path: the shared library.
        object: the object file it stands for.
    """

    def __init__(self, path: Path, object_name: str) -> None:
        """Load it.

        Raises:
            OSError: the loader refuses it.
        """
        self.path = path
        self.object = object_name
        self._library = ctypes.CDLL(str(path))
        self._rounding = ctypes.c_uint.in_dll(self._library, "starling_rounding")
        self._saturation = ctypes.c_uint.in_dll(self._library, "starling_saturation")
        self._misaligned = ctypes.c_uint.in_dll(self._library, "starling_misaligned")
        self._functions: dict[str, Any] = {}
        self._lock = threading.Lock()  # threads of two contexts run the same code, and ctypes lets go of Python's

    def function(self, symbol: str) -> Any:
        """The ctypes function; it returns nothing and takes pointers and numbers as they are given.

        Raises:
            StarlingError: ``npu.no_symbol``.
        """
        found = self._functions.get(symbol)
        if found is None:
            try:
                found = self._library[symbol]
            except AttributeError as error:
                raise StarlingError(
                    "npu.no_symbol", f"{self.object} has no function {symbol}.", 'Declare it extern "C" in the core.'
                ) from error
            found.restype = None
            self._functions[symbol] = found
        return found

    def call(self, symbol: str, arguments: Sequence[Any], registers: Registers | None = None) -> None:
        """Run a function to its end.

        Args:
            symbol: its name.
            arguments: arrays (their memory is passed; they must be contiguous), int as int32, float as float32, or
                ctypes values.
            registers: those of the core that calls; None leaves the library's own as the last call left them.

        Raises:
            StarlingError: ``npu.no_symbol``.
            EmulationFault: the core, with its registers, reaches for a vector where none can lie.
        """
        function = self.function(symbol)
        values = [_passed(argument) for argument in arguments]
        if registers is None:
            function(*values)
            return
        with self._lock:
            self._rounding.value = registers.rounding
            self._saturation.value = registers.saturation
            self._misaligned.value = 0
            function(*values)
            if self._misaligned.value and all(_lies_as_on_a_core(argument) for argument in arguments):
                raise EmulationFault(
                    f"{symbol} of {self.object} loads or stores a vector at an address that is no multiple of "
                    f"{self._misaligned.value} bytes; hardware takes the multiple below it"
                )
            registers.rounding = self._rounding.value
            registers.saturation = self._saturation.value


def _lies_as_on_a_core(argument: Any) -> bool:
    return not isinstance(argument, np.ndarray) or argument.__array_interface__["data"][0] % LARGEST_ALIGNMENT == 0


def _passed(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return ctypes.c_void_p(argument.__array_interface__["data"][0])
    if isinstance(argument, (bool, int, np.integer)):
        return ctypes.c_int32(int(argument))
    if isinstance(argument, (float, np.floating)):
        return ctypes.c_float(float(argument))
    return argument


def library(source: Source, device: str) -> CoreLibrary:
    """The compiled object, from the cache or compiled now.

    Args:
        source: what to compile.
        device: ``npu1`` or ``npu2``.

    Raises:
        StarlingError: ``npu.no_compiler``, ``npu.core_compile_failed``, ``npu.core_compile_timeout``,
            ``npu.core_source``, ``npu.core_cache``.
    """
    found = compiler()
    arguments = _arguments(source, device)
    return _loaded(source.object, source.source, arguments, found, _key(source.source, arguments, found))


@functools.lru_cache(maxsize=256)
def _loaded(
    object_name: str, source: Path, arguments: tuple[str, ...], compiler: tuple[str, str], key: str
) -> CoreLibrary:
    folder = Path(os.environ.get(FOLDER) or cache_dir() / "cores")
    path = folder / f"{Path(object_name).stem}-{key[:24]}.so"
    if not _whole(path):
        _compile(path, [compiler[0], *arguments, str(source)], object_name)
    try:
        return CoreLibrary(path, object_name)
    except OSError:  # whole, yet not loadable here
        _compile(path, [compiler[0], *arguments, str(source)], object_name)
    try:
        return CoreLibrary(path, object_name)
    except OSError as error:
        raise StarlingError(
            "npu.core_cache", f"{path} was compiled and cannot be loaded: {error}.", "Look at the folder's permissions."
        ) from error


def _arguments(source: Source, device: str) -> tuple[str, ...]:
    defines = tuple(f"-D{name}={value}" for name, value in source.defines)
    return (*FLAGS, f"-I{SHIM}", f"-D__AIE_ARCH__={ARCHITECTURES[device]}", *defines)


def compiler() -> tuple[str, str]:
    """Path and version of the compiler.

    Raises:
        StarlingError: ``npu.no_compiler``.
    """
    path = shutil.which(COMPILER)
    if path is None:
        raise StarlingError(
            "npu.no_compiler",
            "The NPU's kernels are emulated by compiling their C++ for this machine, and there is no g++.",
            "Install it: sudo apt install g++ (Fedora: sudo dnf install gcc-c++, Arch: sudo pacman -S gcc).",
        )
    return path, _version(path)


@functools.cache
def _version(path: str) -> str:
    return run_tool([path, "--version"], 30).stdout.partition("\n")[0]


@functools.cache
def _processor() -> str:
    """What -march=native stands for: a cache may lie in a home folder that several machines share."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return platform.processor() or platform.machine()


def _key(source: Path, arguments: tuple[str, ...], compiler: tuple[str, str]) -> str:
    digest = hashlib.sha256()
    for text in (*arguments, *compiler, _processor()):
        digest.update(text.encode() + b"\0")
    try:
        for path in (source, *_headers(source)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    except OSError as error:
        raise StarlingError(
            "npu.core_source", f"{error.filename} cannot be read: {error.strerror}.", "Install Starling again."
        ) from error
    return digest.hexdigest()


def _headers(source: Path) -> list[Path]:
    """Everything that a core may include, wherever it is used."""
    folders = (source.parent, source.parent.parent / "common", SHIM / "aie_api", SHIM)
    return sorted(path for folder in folders for pattern in _HEADERS for path in folder.glob(pattern))


def _whole(path: Path) -> bool:
    """Whether the file is there with all its bytes: mapping a shortened one would kill the process."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(data[:-_DIGEST_BYTES]).digest() == data[-_DIGEST_BYTES:]


def _compile(path: Path, command: list[str], object_name: str) -> None:
    """Compile into a file of its own and put it into place at once: others may be doing the same."""
    name = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".so", _WORKING, path.parent)
        os.close(handle)
        _run([*command, "-o", name], object_name)
        data = Path(name).read_bytes()
        Path(name).write_bytes(data + hashlib.sha256(data).digest())
        os.replace(name, path)
        _tidy(path.parent)
    except OSError as error:
        raise StarlingError(
            "npu.core_cache",
            f"The compiled core could not be stored in {path.parent}: {error.strerror}.",
            "Make room, or move the cache with STARLING_HOME.",
        ) from error
    finally:
        if name:
            Path(name).unlink(missing_ok=True)


def _tidy(folder: Path) -> None:
    """Remove the oldest files and what killed processes left; others may be doing the same."""
    found = []
    for entry in os.scandir(folder):
        with contextlib.suppress(OSError):
            found.append((entry.stat().st_mtime, Path(entry.path)))
    found.sort(reverse=True)
    now = time.time()
    old = [path for _, path in [item for item in found if not item[1].name.startswith(_WORKING)][KEPT:]]
    old += [path for changed, path in found if path.name.startswith(_WORKING) and now - changed > _ABANDONED_S]
    for path in old:
        with contextlib.suppress(OSError):
            path.unlink()


def _run(command: list[str], object_name: str) -> None:
    result = run_tool(command, COMPILE_TIMEOUT_S, {**os.environ, "LC_ALL": "C"})
    if result.ok:
        return
    if result.returncode is None:
        raise StarlingError(
            "npu.core_compile_timeout",
            f"Compiling {object_name} for this machine gave nothing: {result.problem}.",
            "Try again when the machine has less to do.",
        )
    lines = result.stderr.strip().splitlines()
    shown = "\n".join(lines[:_SHOWN_LINES])
    raise StarlingError(
        "npu.core_compile_failed",
        f"{object_name} does not compile ({command[-3]}):\n{shown}",
        "Correct the C++; the compiler's own words stand above.",
    )
