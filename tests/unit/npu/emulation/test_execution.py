"""Kernels, runs and runlists as XRT's sources say, and loud where hardware would be silent."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from starling.npu.emulation import pyxrt
from starling.npu.emulation.instructions import encode
from starling.npu.emulation.machine import EmulationFault, machine
from starling.npu.emulation.memory import NEVER_WRITTEN
from starling.npu.xrt.operations import Gelu
from starling.npu.xrt.session import Session
from tests.helpers.emulated_npu import COUNT, fresh, kernels, open_session, plain

STATES = pyxrt.ert_cmd_state
NEW, COMPLETED = STATES["ERT_CMD_STATE_NEW"], STATES["ERT_CMD_STATE_COMPLETED"]
ERROR, ABORT = STATES["ERT_CMD_STATE_ERROR"], STATES["ERT_CMD_STATE_ABORT"]
SUBMITTED = STATES["ERT_CMD_STATE_SUBMITTED"]
TO = pyxrt.xclBOSyncDirection["XCL_BO_SYNC_BO_TO_DEVICE"]
WORDS = encode(plain(Gelu(COUNT)))


class Bench:
    """One GELU by hand."""

    def __init__(self, folder: Path, **options: object) -> None:
        self.session: Session = open_session(folder, **options)
        self.kernel = self.session.kernel(Gelu(COUNT))
        flags = pyxrt.bo.flags
        self.code = pyxrt.bo(self.session.context, WORDS.nbytes, flags["cacheable"], self.kernel.group_id(1))
        self.code.write(WORDS, 0)
        self.code.sync(TO)
        self.x, self.y = (self.data() for _ in range(2))

    def data(self, group: int | None = None) -> pyxrt.bo:
        group = self.kernel.group_id(3) if group is None else group
        bo = pyxrt.bo(self.session.context, 2 * COUNT, pyxrt.bo.flags["host_only"], group)
        bo.write(np.full(COUNT, 0x3F80, np.uint16), 0)
        bo.sync(TO)
        return bo

    def arguments(self) -> list[object]:
        return [3, self.code, len(WORDS), self.x, self.y]

    def run(self, arguments: list[object] | None = None) -> pyxrt.run:
        run = pyxrt.run(self.kernel)
        for index, value in enumerate(self.arguments() if arguments is None else arguments):
            run.set_arg(index, value)
        return run


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    fresh()
    made = Bench(tmp_path)
    yield made
    vars(made).clear()  # pytest keeps it, and with it the context and its thread


def changed(bo: pyxrt.bo) -> bool:
    bo.sync(pyxrt.xclBOSyncDirection["XCL_BO_SYNC_BO_FROM_DEVICE"])
    return bool((bo.read(2 * COUNT, 0).view(np.uint16) == 0x3F57).all())  # GELU(1) = 0.8413


def test_a_run_computes(bench: Bench) -> None:
    run = bench.run()
    assert run.state() is NEW
    run.start()
    assert run.state() is SUBMITTED
    assert run.wait(100) is COMPLETED
    assert run.state() is COMPLETED
    assert changed(bench.y)
    assert machine().launches == {"gelu_bf16": 1}


def test_a_call_computes(bench: Bench) -> None:
    assert bench.kernel(*bench.arguments()).wait() is COMPLETED
    assert changed(bench.y)


def test_nothing_is_computed_before_it_is_waited_for(bench: Bench) -> None:
    bench.run().start()
    assert not changed(bench.y)


def test_one_wait_works_off_what_came_before(bench: Bench) -> None:
    bench.run().start()
    z = bench.data()
    last = bench.run([3, bench.code, len(WORDS), bench.y, z])
    last.start()
    last.wait(1000)
    assert changed(bench.y)


def test_a_run_starts_again_but_not_twice_at_once(bench: Bench) -> None:
    run = bench.run()
    run.start()
    with pytest.raises(RuntimeError, match="can't launch"):
        run.start()
    run.wait(100)
    run.start()
    assert run.wait(100) is COMPLETED


@pytest.mark.parametrize("value", [None, "text", 3.5, b"x"])
def test_what_pyxrt_would_skip_is_told(bench: Bench, value: object) -> None:
    with pytest.raises(EmulationFault, match="skips argument 2"):
        bench.kernel(3, bench.code, value, bench.x, bench.y)


def test_too_many_arguments_are_told(bench: Bench) -> None:
    with pytest.raises(EmulationFault, match="crashes at number 5"):
        bench.kernel(*bench.arguments(), bench.data())


@pytest.mark.parametrize("missing", range(5))
def test_a_missing_argument_is_told(bench: Bench, missing: int) -> None:
    run = pyxrt.run(bench.kernel)
    for index, value in enumerate(bench.arguments()):
        if index != missing:
            run.set_arg(index, value)
    with pytest.raises(EmulationFault, match=f"argument {missing} .* never set"):
        run.start()


@pytest.mark.parametrize(("index", "value"), [(0, "x"), (1, 7), (2, "code"), (3, 7)])
def test_a_buffer_is_no_number(bench: Bench, index: int, value: object) -> None:
    given = {"x": bench.x, "code": bench.code}.get(str(value), value)
    with pytest.raises(EmulationFault, match=f"argument {index}"):
        pyxrt.run(bench.kernel).set_arg(index, given)


def test_a_wrong_group_computes_on_a_copy(bench: Bench) -> None:
    """As XRT does it, with a line in its log."""
    elsewhere = bench.data(bench.kernel.group_id(1))
    run = bench.run([3, bench.code, len(WORDS), bench.x, elsewhere])
    run.start()
    assert run.wait(100) is COMPLETED
    assert not changed(elsewhere)
    assert "no compute units with connectivity" in machine().messages[0]


def test_groups_have_a_bank_and_a_slot(bench: Bench) -> None:
    banks = [bench.kernel.group_id(index) & 0xFFFF for index in range(5)]
    assert banks[1] != banks[3] == banks[4]
    assert banks[0] == banks[2] == bench.kernel.group_id(99) & 0xFFFF == 0xFFFF


@pytest.mark.parametrize(("index", "value"), [(0, 2), (2, len(WORDS) - 1), (2, len(WORDS) * 4), (2, 1 << 20)], ids=str)
def test_wrong_instructions_end_in_an_error(bench: Bench, index: int, value: int) -> None:
    arguments = bench.arguments()
    arguments[index] = value
    run = bench.run(arguments)
    run.start()
    assert run.wait(100) is ERROR
    assert not changed(bench.y)


def test_instructions_that_were_never_synced_end_in_an_error(bench: Bench) -> None:
    bench.code.device_memory[:] = NEVER_WRITTEN
    run = bench.run()
    run.start()
    assert run.wait(100) is ERROR


def test_the_unit_of_the_length_is_the_xclbins(tmp_path: Path) -> None:
    fresh()
    bench = Bench(tmp_path, unit="bytes")
    states = []
    for length in (len(WORDS), WORDS.nbytes):
        run = bench.run([3, bench.code, length, bench.x, bench.y])
        run.start()
        states.append(run.wait(100))
    assert states == [ERROR, COMPLETED]


def test_a_buffer_that_is_too_small_is_told(bench: Bench) -> None:
    small = pyxrt.bo(bench.session.context, COUNT, pyxrt.bo.flags["host_only"], bench.kernel.group_id(3))
    run = bench.run([3, bench.code, len(WORDS), bench.x, small])
    run.start()
    with pytest.raises(EmulationFault, match="host buffer of"):
        run.wait(100)


def test_kernels_for_another_device_compute_zeros(tmp_path: Path) -> None:
    fresh(device="npu2")
    bench = Bench(tmp_path, generation="npu1")
    run = bench.run()
    run.start()
    assert run.wait(100) is COMPLETED
    assert (bench.y.device_memory == 0).all()


def test_a_runlist_runs_in_order(bench: Bench) -> None:
    z = bench.data()
    runs = [bench.run(), bench.run([3, bench.code, len(WORDS), bench.y, z])]
    made = pyxrt.runlist(bench.session.context)
    for run in runs:
        made.add(run)
    made.execute()
    with pytest.raises(RuntimeError, match="idle before submitting"):
        made.execute()
    with pytest.raises(RuntimeError, match="idle before adding"):
        made.add(runs[0])
    made.wait()
    assert changed(bench.y)
    assert not changed(z)
    made.execute()
    made.wait()


def test_a_run_belongs_to_its_list(bench: Bench) -> None:
    run = bench.run()
    made = pyxrt.runlist(bench.session.context)
    made.add(run)
    with pytest.raises(RuntimeError, match="belongs to a runlist"):
        run.start()
    with pytest.raises(EmulationFault, match="cannot be waited for"):
        run.wait(10)
    del made
    run.start()
    assert run.wait(100) is COMPLETED


def test_an_empty_list_is_done(bench: Bench) -> None:
    made = pyxrt.runlist(bench.session.context)
    made.execute()
    made.wait()


def test_a_run_of_another_context_is_told(bench: Bench, tmp_path: Path) -> None:
    other = Bench(tmp_path)
    with pytest.raises(EmulationFault, match="another context"):
        pyxrt.runlist(bench.session.context).add(other.run())


def test_a_failure_aborts_the_rest_of_the_list(bench: Bench) -> None:
    arguments = bench.arguments()
    arguments[0] = 9
    runs = [bench.run(), bench.run(arguments), bench.run()]
    made = pyxrt.runlist(bench.session.context)
    for run in runs:
        made.add(run)
    made.execute()
    with pytest.raises(RuntimeError, match=r"runlist failed execution \(error\)"):
        made.wait()
    assert [run.state() for run in runs] == [COMPLETED, ERROR, ABORT]


@pytest.mark.parametrize("content", [b"", b"{}", b"xclbin2\0\xff", b'{"format": "starling emulated xclbin 1"}', b"[]"])
def test_a_broken_xclbin(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xclbin"
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match="Invalid xclbin"):
        pyxrt.xclbin(str(path))


def test_what_is_not_there(tmp_path: Path) -> None:
    fresh()
    with pytest.raises(RuntimeError, match="Failed to open file"):
        pyxrt.xclbin(str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="No such device with index '1'"):
        pyxrt.device(1)
    loaded = pyxrt.xclbin(str(kernels(tmp_path).xclbin))
    with pytest.raises(RuntimeError, match="registered"):
        pyxrt.hw_context(pyxrt.device(0), loaded.get_uuid())
    session = open_session(tmp_path)
    with pytest.raises(RuntimeError, match="No such kernel"):
        pyxrt.kernel(session.context, "MLIR_AIE")
