"""One device, one xclbin, one hardware context: opened, used and closed together."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.npu.xrt.errors import told
from starling.npu.xrt.kernels import KernelSet
from starling.npu.xrt.operations import ARGUMENTS, Operation

OPCODE = 3
"""Argument 0: run the instructions of argument 1 (mlir-aie's kernel ABI)."""
FIRST_DATA = 3
"""Opcode, instructions and their length come before the data."""


class Buffer:
    """Device memory with its mapped host side, kept as long as this object is.

    Attributes:
        bo: the buffer object.
        group: the memory group it was allocated in.
    """

    def __init__(self, pyxrt: Any, context: Any, size: int, flags: Any, group: int) -> None:
        with told():
            self.bo = pyxrt.bo(context, size, flags, group)
            self._bytes: NDArray[np.uint8] = np.frombuffer(self.bo.map(), np.uint8)
        directions = pyxrt.xclBOSyncDirection
        self._up, self._down = directions.XCL_BO_SYNC_BO_TO_DEVICE, directions.XCL_BO_SYNC_BO_FROM_DEVICE
        self.group = group

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._bytes)

    def upload(self, values: NDArray[Any]) -> None:
        """Copy to the start of the buffer and on to the device.

        Raises:
            ValueError: it does not fit.
        """
        raw = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
        if len(raw) > self.size:
            raise ValueError(f"{len(raw)} bytes do not fit into {self.size}")
        self._bytes[: len(raw)] = raw
        with told():
            self.bo.sync(self._up, len(raw), 0)

    def clear(self) -> None:
        """Zero all of it, on the device too."""
        self._bytes[:] = 0
        with told():
            self.bo.sync(self._up)

    def download(self, dtype: type[np.generic], count: int) -> NDArray[Any]:
        """Fetch the first ``count`` values from the device; a copy."""
        size = count * np.dtype(dtype).itemsize
        if size > self.size:
            raise ValueError(f"{size} bytes are more than {self.size}")
        with told():
            self.bo.sync(self._down, size, 0)
        return self._bytes[:size].view(dtype).copy()


class Session:
    """Access to the NPU for one model; a context manager.

    Args:
        pyxrt: the module, real or emulated.
        kernels: what to load.
        generation: of the device, by its PCI id.
        index: of the device.

    Raises:
        StarlingError: ``npu.wrong_generation`` before anything is loaded, ``npu.wrong_kernels``, or what the driver
            says.
    """

    def __init__(self, pyxrt: Any, kernels: KernelSet, generation: str, index: int = 0) -> None:
        if kernels.generation != generation:
            raise StarlingError(
                "npu.wrong_generation",
                f"These kernels are for {kernels.generation} and this NPU is {generation}: on it they compute zeros.",
                "Build them for this NPU.",
            )
        self.pyxrt = pyxrt
        self.kernels = kernels
        with told():
            self._device = pyxrt.device(index)
            loaded = pyxrt.xclbin(str(kernels.xclbin))
            self._arguments = {entry.get_name(): entry.get_num_args() for entry in loaded.get_kernels()}
            registered = self._device.register_xclbin(loaded)
            self.uuid: str = registered.to_string()
            self._context = pyxrt.hw_context(self._device, registered)
        self.device_name = self._info(pyxrt.xrt_info_device.name)
        self.bdf = self._info(pyxrt.xrt_info_device.bdf)
        self._kernels: dict[str, Any] = {}
        self._data_group: int | None = None
        self._streams: dict[bytes, tuple[Buffer, int]] = {}

    def _info(self, key: Any) -> str:
        """For evidence alone: some drivers lack a key, and work."""
        try:
            return str(self._device.get_info(key))
        except RuntimeError:
            return "unknown"

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the context; it is free when every run and buffer made here is gone too. Idempotent."""
        self._streams.clear()
        self._kernels.clear()
        self._context = None
        self._device = None

    @property
    def context(self) -> Any:
        """The hardware context.

        Raises:
            StarlingError: ``npu.closed``.
        """
        if self._context is None:
            raise StarlingError("npu.closed", "The NPU was let go of.", "Start the engine again.")
        return self._context

    def kernel(self, operation: Operation) -> Any:
        """The kernel of an operation; its number of arguments is checked, because a wrong one crashes the process.

        Raises:
            StarlingError: ``npu.wrong_kernels``.
        """
        name = self.kernels.image(operation)
        if name not in self._kernels:
            wanted = FIRST_DATA + len(ARGUMENTS[operation.symbol])
            if (has := self._arguments.get(name)) != wanted:
                said = "is not in the compiled kernels" if has is None else f"takes {has} arguments, not {wanted}"
                raise StarlingError("npu.wrong_kernels", f"The kernel {name} {said}.", "Build the kernels again.")
            with told():
                self._kernels[name] = self.pyxrt.kernel(self.context, name)
        return self._kernels[name]

    def buffer(self, size: int) -> Buffer:
        """New memory for data."""
        with told():
            if self._data_group is None:
                any_kernel = self.pyxrt.kernel(self.context, next(iter(self._arguments)))
                self._data_group = int(any_kernel.group_id(FIRST_DATA))
        return Buffer(self.pyxrt, self.context, size, self.pyxrt.bo.flags.host_only, self._data_group)

    def run(self, operation: Operation, buffers: tuple[Buffer, ...]) -> Any:
        """A run of one operation that can be started again and again.

        Raises:
            StarlingError: ``npu.wrong_arguments``.
        """
        kernel = self.kernel(operation)
        if len(buffers) != len(ARGUMENTS[operation.symbol]):
            raise _wrong(operation, f"takes {len(ARGUMENTS[operation.symbol])} buffers, not {len(buffers)}")
        stream, length = self._stream(operation)
        with told():
            run = self.pyxrt.run(kernel)
            run.set_arg(0, OPCODE)
            run.set_arg(1, stream.bo)
            run.set_arg(2, length)
            for index, buffer in enumerate(buffers, FIRST_DATA):
                if kernel.group_id(index) != buffer.group:
                    raise _wrong(operation, f"wants argument {index} in another memory group")
                run.set_arg(index, buffer.bo)
        return run

    def _stream(self, operation: Operation) -> tuple[Buffer, int]:
        """The instructions on the device, uploaded once however often they are used."""
        words = np.ascontiguousarray(self.kernels.instructions(operation), np.uint32)
        key = words.tobytes()
        if key not in self._streams:
            kernel = self.kernel(operation)
            with told():
                group = kernel.group_id(1)
            stream = Buffer(self.pyxrt, self.context, words.nbytes, self.pyxrt.bo.flags.cacheable, group)
            stream.upload(words)
            self._streams[key] = stream, self.kernels.length(words)
        return self._streams[key]


def _wrong(operation: Operation, what: str) -> StarlingError:
    return StarlingError("npu.wrong_arguments", f"The kernel {operation.symbol} {what}.", "Please report it.")
