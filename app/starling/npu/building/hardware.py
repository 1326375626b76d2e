"""Runs single kernels of a build on the NPU, for checks: plain pyxrt, one launch at a time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from starling.core.errors import StarlingError
from starling.npu.building.cache import Built
from starling.npu.building.checks import Bytes
from starling.npu.building.jobs import stream_name

OPCODE = 3
"""Of a launch (Xilinx/mlir-aie python/utils/hostruntime/xrtruntime)."""
TIMEOUT_MS = 5000
REPEATS = 5
"""The quickest counts: the first ones wake the NPU."""


class Hardware:
    """A build, loaded into one context.

    Args:
        module: pyxrt.
        built: for the generation that is here; whoever calls has made sure.
    """

    def __init__(self, module: Any, built: Built) -> None:
        self._xrt, self._built = module, built
        self._device = module.device(0)
        xclbin = module.xclbin(str(built.xclbin))
        self._device.register_xclbin(xclbin)
        self._context = module.hw_context(self._device, xclbin.get_uuid())
        self._symbols = {file: told["symbol"] for file, told in built.instructions.items()}

    def run(self, op: str, parameters: Mapping[str, Any], memory: list[Bytes]) -> float:
        """A launch; the last memory gets the result. The seconds of the quickest of some repetitions.

        Raises:
            StarlingError: ``npu.not_built``, ``npu.timeout``.
        """
        file, symbol = self._stream(op, parameters)
        xrt = self._xrt
        kernel = xrt.kernel(self._context, self._built.kernels[symbol]["name"])
        words = np.fromfile(self._built.stream(file), np.uint8)
        instructions = xrt.bo(self._device, words.nbytes, xrt.bo.cacheable, kernel.group_id(1))
        instructions.write(words, 0)
        instructions.sync(xrt.xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE)
        buffers = []
        for number, part in enumerate(memory, OPCODE):
            buffers.append(xrt.bo(self._device, part.nbytes, xrt.bo.host_only, kernel.group_id(number)))
            buffers[-1].write(part, 0)
            buffers[-1].sync(xrt.xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE)
        length = words.nbytes if self._built.unit == "bytes" else words.nbytes // 4
        best = min(self._launch(kernel, instructions, length, buffers) for _ in range(REPEATS))
        buffers[-1].sync(xrt.xclBOSyncDirection.XCL_BO_SYNC_BO_FROM_DEVICE)
        memory[-1][:] = np.asarray(buffers[-1].read(memory[-1].nbytes, 0)).view(np.uint8)
        return best

    def _launch(self, kernel: Any, instructions: Any, length: int, buffers: list[Any]) -> float:
        begun = time.perf_counter()
        state = kernel(OPCODE, instructions, length, *buffers).wait(TIMEOUT_MS)
        seconds = time.perf_counter() - begun
        if state != self._xrt.ert_cmd_state.ERT_CMD_STATE_COMPLETED:
            raise StarlingError(
                "npu.timeout",
                f"The kernel ended in the state {state}.",
                "Run: sudo modprobe -r amdxdna && sudo modprobe amdxdna",
            )
        return seconds

    def _stream(self, op: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
        for file, symbol in self._symbols.items():
            if self._built.kernels[symbol]["op"] == op and file == stream_name(symbol, dict(parameters)):
                return file, symbol
        raise StarlingError("npu.not_built", f"This shape of {op} was not built.", "Run: starling kernels build")
