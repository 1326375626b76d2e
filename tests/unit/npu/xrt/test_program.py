"""Waiting: in slices, with a deadline, and with every ending told."""

import math
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.npu.emulation import pyxrt
from starling.npu.xrt.bf16 import from_bf16, to_bf16
from starling.npu.xrt.program import SLICE_MS
from starling.npu.xrt.timings import Timings
from tests.helpers.emulated_npu import Small, fresh, open_session


class WithoutRunlist:
    """An older pyxrt."""

    def __getattr__(self, name: str) -> Any:
        if name == "runlist":
            raise AttributeError(name)
        return getattr(pyxrt, name)


def gelu(x: np.ndarray, times: int) -> np.ndarray:
    """Rounded after each step, as it lies on the device."""
    x = from_bf16(to_bf16(x))
    for _ in range(times):
        exact = [0.5 * float(value) * (1 + math.erf(float(value) / math.sqrt(2))) for value in x]
        x = from_bf16(to_bf16(np.array(exact, np.float32)))
    return x


@pytest.mark.parametrize("module", [pyxrt, WithoutRunlist()], ids=["runlist", "single runs"])
@pytest.mark.parametrize("launches", [1, 2, 30])
def test_launches_run_in_order_again_and_again(tmp_path: Path, module: Any, launches: int) -> None:
    system = fresh()
    small = Small(open_session(tmp_path, module=module), launches)
    for _ in range(3):
        small.program.execute(30.0)
        np.testing.assert_allclose(small.result, gelu(small.values, launches), atol=0.02)
    assert system.launches == {"gelu_bf16": 3 * launches}
    assert small.program.counts == {"gelu_bf16": launches}


def test_one_by_one_measures_each_and_lists_work_afterwards(tmp_path: Path) -> None:
    fresh()
    small, timings = Small(open_session(tmp_path)), Timings()
    small.program.execute_singly(30.0, timings)
    small.program.execute(30.0)
    small.program.execute_singly(30.0, timings)
    assert timings.of["gelu_bf16"].count == 6
    np.testing.assert_allclose(small.result, gelu(small.values, 3), atol=0.02)


def test_a_hang_ends_at_its_deadline(tmp_path: Path) -> None:
    fresh("hang:after=1")
    small = Small(open_session(tmp_path))
    started = time.monotonic()
    with pytest.raises(StarlingError) as hung:
        small.program.execute(0.4)
    assert hung.value.code == "npu.timeout"
    assert 0.4 <= time.monotonic() - started < 3.0


def test_other_threads_run_while_it_hangs(tmp_path: Path) -> None:
    fresh("hang")
    small = Small(open_session(tmp_path))
    beats: list[float] = []
    done = threading.Event()

    def beat() -> None:
        while not done.wait(0.02):
            beats.append(time.monotonic())

    thread = threading.Thread(target=beat)
    thread.start()
    with pytest.raises(StarlingError):
        small.program.execute(0.5)
    done.set()
    thread.join()
    assert len(beats) > 5


class Waits(list[int]):
    """Every timeout that a run was waited for."""


def test_no_wait_is_longer_than_a_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh("hang")
    waited = Waits()
    real = pyxrt.run.wait

    def wait(self: Any, *arguments: int) -> Any:
        waited.extend(arguments or [0])
        return real(self, *arguments)

    monkeypatch.setattr(pyxrt.run, "wait", wait)
    small = Small(open_session(tmp_path))
    with pytest.raises(StarlingError):
        small.program.execute(0.3)
    assert set(waited) == {SLICE_MS}
    assert len(waited) >= 3


@pytest.mark.parametrize("module", [pyxrt, WithoutRunlist()], ids=["runlist", "single runs"])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("firmware:after=1", "npu.firmware"),
        ("firmware", "npu.firmware"),
        ("device_gone", "npu.no_device"),
        ("device_gone:after=20", "npu.device_gone"),
        ("context_limit", "npu.context_limit"),
        ("hang:after=2", "npu.timeout"),
    ],
)
def test_faults_are_told(tmp_path: Path, module: Any, fault: str, code: str) -> None:
    fresh(fault)

    def use() -> None:
        small = Small(open_session(tmp_path, module=module))
        for _ in range(20):
            small.program.execute(0.3 if fault.startswith("hang") else 30.0)

    with pytest.raises(StarlingError) as failed:
        use()
    assert failed.value.code in {code, "npu.device_gone" if fault.startswith("device") else code}
    assert failed.value.fix


@pytest.mark.parametrize("after", [0, 2])
def test_no_memory_is_a_memory_error(tmp_path: Path, after: int) -> None:
    fresh(f"out_of_memory:after={after}")
    with pytest.raises(MemoryError):
        Small(open_session(tmp_path))


def test_nan_comes_out(tmp_path: Path) -> None:
    fresh("nan:after=2")
    small = Small(open_session(tmp_path))
    small.program.execute(30.0)
    assert np.isnan(small.result).all()


def test_an_abort_is_the_processs_own(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from tests.helpers.emulated_npu import Small, fresh, open_session
fresh("abort:after=1")
Small(open_session(Path({str(tmp_path)!r}))).program.execute(5.0)
"""
    root = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, timeout=30, check=False)
    assert done.returncode == -6


def test_a_commands_own_timeout_is_no_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver gives up on a hung kernel: the same word, but the command says it too."""
    fresh()
    small = Small(open_session(tmp_path), 1)
    timeout = pyxrt.ert_cmd_state["ERT_CMD_STATE_TIMEOUT"]
    monkeypatch.setattr(pyxrt.run, "wait", lambda self, *_: timeout)
    monkeypatch.setattr(pyxrt.run, "state", lambda self: timeout)
    started = time.monotonic()
    with pytest.raises(StarlingError) as failed:
        small.program.execute(30.0)
    assert failed.value.code == "npu.firmware"
    assert time.monotonic() - started < 5


def test_timings() -> None:
    timings = Timings()
    for ns in (2_000_000, 4_000_000, 6_000_000):
        timings.add("a", ns)
    told = timings.to_json()["a"]
    assert told == pytest.approx(
        {"count": 3, "total_ms": 12, "mean_ms": 4, "min_ms": 2, "max_ms": 6, "deviation_ms": 1.63299, "p95_ms": 6},
        rel=1e-4,
    )
    with pytest.raises(KeyError), timings.measure("b"):
        raise KeyError
    assert "b" not in timings.of
    for ns in range(1, 2001):
        timings.add("many", ns)
    assert timings.of["many"].count == 2000
    assert 1900 < timings.of["many"].p95_ns < 2000
    assert timings.total_ns("cpu:") == 0
    assert Timings().to_json() == {}
