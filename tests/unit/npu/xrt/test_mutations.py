"""Faults put into our own runtime, one at a time: each is seen over the emulation, none passes for a result."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.npu.emulation import pyxrt
from starling.npu.emulation.machine import EmulationFault
from starling.npu.xrt import layout, program, sequence, session, whisper
from starling.npu.xrt.operations import Mix, Scores, Softmax
from tests.helpers.emulated_npu import fresh
from tests.helpers.numpy_whisper import NumpyEncoder
from tests.unit.npu.xrt.tiny_encoder import FRAMES, random_mel, write_encoder

Patch = pytest.MonkeyPatch
ENOUGH = 0.999


def no_upload(patch: Patch) -> None:
    patch.setattr(pyxrt.bo, "sync", lambda self, *given: None)


def no_sync_of_large_uploads(patch: Patch) -> None:
    real = pyxrt.bo.sync
    patch.setattr(pyxrt.bo, "sync", lambda self, *given: None if given[1:2] > (8192,) else real(self, *given))


def no_clearing_on_the_device(patch: Patch) -> None:
    patch.setattr(session.Buffer, "clear", lambda self: self._bytes.fill(0))


def no_wait(patch: Patch) -> None:
    patch.setattr(program.Program, "_wait", lambda *given: None)
    patch.setattr(program.Program, "_made_list", lambda self: None)


def no_download(patch: Patch) -> None:
    patch.setattr(
        session.Buffer, "download", lambda self, dtype, count: self._bytes.view(np.float32)[:count].astype(dtype)
    )


def wrong_opcode(patch: Patch) -> None:
    patch.setattr(session, "OPCODE", 2)


def wrong_unit(patch: Patch) -> None:
    patch.setattr("starling.npu.xrt.kernels.KernelSet.length", lambda self, words: words.nbytes)


def wrong_flags(patch: Patch) -> None:
    real = session.Session.buffer

    def buffer(self: Any, size: int) -> Any:
        made = real(self, size)
        return session.Buffer(self.pyxrt, self.context, size, self.pyxrt.bo.flags.normal, made.group)

    patch.setattr(session.Session, "buffer", buffer)


def wrong_group(patch: Patch) -> None:
    """Told by our own check; without it XRT computes on a copy (test_execution)."""
    real = session.Session.buffer

    def buffer(self: Any, size: int) -> Any:
        group = self.pyxrt.kernel(self.context, next(iter(self._arguments))).group_id(1)
        return session.Buffer(self.pyxrt, self.context, real(self, size).size, self.pyxrt.bo.flags.host_only, group)

    patch.setattr(session.Session, "buffer", buffer)


def one_argument_too_few(patch: Patch) -> None:
    real = pyxrt.run.set_arg
    patch.setattr(pyxrt.run, "set_arg", lambda self, *given: None if given[0] == 4 else real(self, *given))


def a_float_for_a_length(patch: Patch) -> None:
    patch.setattr("starling.npu.xrt.kernels.KernelSet.length", lambda self, words: float(len(words)))


def last_run_first(patch: Patch) -> None:
    real = program.Program.__init__

    def init(self: Any, where: Any, launches: Any) -> None:
        real(self, where, [launches[-1], *launches[:-1]])

    patch.setattr(program.Program, "__init__", init)


def no_zero_row(patch: Patch) -> None:
    real = layout.mel_rows
    patch.setattr(whisper, "mel_rows", lambda mel, bucket, size: np.roll(real(mel, bucket, size), -mel.shape[0]))


def everything_kept(patch: Patch) -> None:
    class Numpy:
        def __getattr__(self, name: str) -> Any:
            return np.ones if name == "zeros" else getattr(np, name)

    patch.setattr(whisper, "np", Numpy())


def keys_of_the_wrong_head(patch: Patch) -> None:
    patch.setattr(sequence, "Scores", lambda *given: Scores(*given[:-1], given[-1] % 128))


def values_of_the_keys(patch: Patch) -> None:
    patch.setattr(sequence, "Mix", lambda m, k, n, ldb, b, ldc, c: Mix(m, k, n, ldb, b - 128, ldc, c))


def no_scale(patch: Patch) -> None:
    patch.setattr(sequence, "Softmax", lambda rows, width, scale: Softmax(rows, width, 8.0))


def blocks_of_the_transposed(patch: Patch) -> None:
    real = layout.to_blocks
    patch.setattr(
        "starling.npu.xrt.encoder_weights.to_blocks", lambda matrix, *tile: real(matrix, *tile).swapaxes(2, 3).copy()
    )


MUTATIONS = (
    no_upload,
    no_sync_of_large_uploads,
    no_clearing_on_the_device,
    no_wait,
    no_download,
    wrong_opcode,
    wrong_unit,
    wrong_flags,
    wrong_group,
    one_argument_too_few,
    a_float_for_a_length,
    last_run_first,
    no_zero_row,
    everything_kept,
    keys_of_the_wrong_head,
    values_of_the_keys,
    no_scale,
    blocks_of_the_transposed,
)


def outcome(folder: Path) -> float:
    """The worst cosine of a position with float32."""
    fresh()
    path = write_encoder(folder)
    mel = random_mel(FRAMES)
    states = whisper.XrtEncoder(pyxrt, path, "npu1", emulated=True, deadline_s=30.0).encode(mel)[0]
    expected = NumpyEncoder(path)(mel[0])
    norms = np.linalg.norm(states, axis=1) * np.linalg.norm(expected, axis=1)
    return float(((states * expected).sum(axis=1) / norms).min())


@pytest.fixture(autouse=True)
def emulated(monkeypatch: Patch) -> None:
    monkeypatch.setenv("STARLING_NPU", "emulated")


def test_without_a_mutation(tmp_path: Path) -> None:
    assert outcome(tmp_path) > ENOUGH


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutation_is_seen(tmp_path: Path, monkeypatch: Patch, mutation: Callable[[Patch], None]) -> None:
    mutation(monkeypatch)
    try:
        worst = outcome(tmp_path)
    except (StarlingError, EmulationFault, TypeError, RuntimeError):
        return
    assert not worst > ENOUGH
