"""Mel features in, encoder states out, by our kernels on the NPU."""

from __future__ import annotations

import tempfile
from collections import Counter, OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.npu.planning.shapes import of_file
from starling.npu.xrt import kernels
from starling.npu.xrt.bf16 import check_finite, checked_bf16
from starling.npu.xrt.encoder import BucketProgram, DeviceWeights
from starling.npu.xrt.layout import bucket_for, mel_rows
from starling.npu.xrt.pool import Pool
from starling.npu.xrt.session import Session
from starling.npu.xrt.timings import Timings

BUCKETS_KEPT = 3
"""Programs whose buffers stay: clips of a conversation are of few lengths."""
DEADLINE_S = 4.0
"""Of one pass, plus what its arithmetic takes at the slowest. The driver gives up on a hung kernel after 2 s."""
SLOWEST_FLOPS, SLOWEST_EMULATED_FLOPS = 1e11, 1e9
"""A second. A tenth of what NPUs were measured at with such operations; half of what the emulation was measured at."""
CPU_WORK = ("log-mel features", "layout and rounding to bfloat16", "decoder")

F32 = NDArray[np.float32]


class XrtEncoder:
    """A Whisper encoder on one hardware context.

    Args:
        pyxrt: the module, real or emulated.
        weights: the model's ``encoder.safetensors``.
        generation: of the device: ``npu1`` or ``npu2``.
        emulated: the module is the emulation.
        name: of the model, for messages.
        short_context: the model was trained for less than 30 s; otherwise there is one static shape.
        deadline_s: of one pass; None lets the size of the pass decide.

    Raises:
        StarlingError: the device, its driver or the weights do not allow it.
        MemoryError: the weights do not fit.
    """

    beside_cpu = True

    def __init__(
        self,
        pyxrt: Any,
        weights: Path,
        generation: str,
        *,
        emulated: bool,
        name: str = "model",
        short_context: bool = True,
        deadline_s: float | None = None,
    ) -> None:
        self.timings = Timings()
        self.profiling = False
        self._emulated = emulated
        self._deadline_s = deadline_s
        self._launches: Counter[str] = Counter()
        self._broken: StarlingError | None = None
        model = of_file(name, weights, short_context)
        with tempfile.TemporaryDirectory(prefix="starling-kernels-") as folder:
            self._session = Session(pyxrt, kernels.find(generation, model, Path(folder)), generation)
        self._generation = generation
        self._least_frames = 2 * model.buckets[0]
        self._pool = Pool(self._session)
        self._weights: DeviceWeights | None = DeviceWeights(self._session, weights)
        self._shape = self._weights.shape
        self._weights_bytes = self._weights.bytes
        self._programs: OrderedDict[int, BucketProgram] = OrderedDict()

    @property
    def mels(self) -> int:
        """Mel bands of the model."""
        return self._shape.mels

    @property
    def launches(self) -> Counter[str]:
        """Completed launches since the start, by kernel symbol."""
        return Counter(self._launches)

    @property
    def placement(self) -> Placement:
        """Where passes ran: only counted launches are evidence."""
        ran = [f"{symbol} {count}" for symbol, count in sorted(self._launches.items())]
        called = [f"{symbol} {count}" for symbol, count in sorted(self._session.kernels.calls().items())]
        evidence = (
            f"xclbin {self._session.uuid}",
            f"device {self._session.device_name} {self._session.bdf}",
            f"launches {sum(self._launches.values())}",
            *([f"kernels: {', '.join(ran)}"] if ran else []),
            *([f"C++ functions: {', '.join(called)}"] if called else []),
            f"on the CPU: {', '.join(CPU_WORK)}",
        )
        return Placement("emulated" if self._emulated else "npu" if ran else "unknown", evidence)

    def encode(self, mel: F32) -> F32:
        """(clips, mels, frames) float32, even frames, to (clips, frames // 2, width) float32, clip after clip.

        Raises:
            StarlingError: what the device or its driver says; ``npu.not_finite``.
            MemoryError: the buffers of this length do not fit.
        """
        if mel.ndim != 3 or mel.shape[1] != self.mels or mel.shape[2] % 2:
            raise ValueError(f"{mel.shape} is no batch of mel features with {self.mels} bands and even frames")
        if self._broken is not None:
            raise _copy(self._broken)
        try:
            return np.stack([self._encode(clip) for clip in mel])
        except StarlingError as error:
            if error.code != "npu.not_finite":  # the context is of no use any more
                self._broken = _copy(error)
            raise

    def describe(self) -> dict[str, Any]:
        """Device, kernels, memory, and what the CPU still does; its share of the time is in the profile."""
        return {
            "mels": self.mels,
            "npu": self._generation,
            "xclbin": self._session.uuid,
            "weights_bytes": self._weights_bytes,
            "contexts": 1,
            "cpu_work": list(CPU_WORK),
        }

    def profile(self) -> dict[str, Any]:
        """Times of passes and operations, and of the layout and rounding that the CPU does for them."""
        return {
            "emulated": self._emulated,
            "operations": self.timings.to_json(),
            "launches": dict(self._launches),
            "device_ms": self.timings.total_ns("pass") / 1e6,
            "layout_ms": self.timings.total_ns("cpu:") / 1e6,
        }

    def close(self) -> None:
        """Let go of the hardware context."""
        self._programs.clear()
        self._pool.drop()
        self._weights = None
        self._session.close()

    def _encode(self, mel: F32) -> F32:
        frames = mel.shape[1]
        bucket = self._program(max(bucket_for(frames), self._least_frames))
        with self.timings.measure("cpu:to device"):
            flat = mel_rows(mel, bucket.frames, bucket.mel_size)
            bucket.mel.upload(checked_bf16(flat, "the sound's features"))
            keep = np.zeros(bucket.positions, np.float32)
            keep[: frames // 2] = 1
            bucket.keep.upload(keep)
        with self.timings.measure("pass"):
            self._run(bucket)
        with self.timings.measure("cpu:from device"):
            width = self._shape.width
            states = bucket.out.download(np.float32, frames // 2 * width).reshape(frames // 2, width)
            check_finite(states, "the encoder's result")
            _check_zeros(states)
        return states

    def _run(self, bucket: BucketProgram) -> None:
        slowest = SLOWEST_EMULATED_FLOPS if self._emulated else SLOWEST_FLOPS
        deadline = self._deadline_s or DEADLINE_S + bucket.program.flops / slowest
        if self.profiling:
            bucket.program.execute_singly(deadline, self.timings)
        else:
            bucket.program.execute(deadline)
        self._launches += bucket.program.counts

    def _program(self, frames: int) -> BucketProgram:
        if frames in self._programs:
            self._programs.move_to_end(frames)
            return self._programs[frames]
        if self._weights is None:
            raise StarlingError("npu.closed", "The NPU was let go of.", "Start the engine again.")
        while len(self._programs) >= BUCKETS_KEPT:
            self._programs.popitem(last=False)[1].release()
        self._programs[frames] = BucketProgram(self._session, self._pool, self._weights, frames)
        return self._programs[frames]


def _copy(error: StarlingError) -> StarlingError:
    """Without the traceback, whose frames would keep the context alive."""
    return StarlingError(error.code, error.message, error.fix)


def _check_zeros(states: F32) -> None:
    if not states.any():
        raise StarlingError(
            "npu.zeros",
            "The NPU computed nothing but zeros: its kernels are built for another NPU, or did not run.",
            "Build the kernels again for this NPU.",
        )
