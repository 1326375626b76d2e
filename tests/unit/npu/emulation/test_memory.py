"""Two memories for each buffer; nothing goes from one to the other but by a sync."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from starling.npu.emulation import machine, pyxrt
from starling.npu.emulation.memory import FREED, NEVER_WRITTEN
from tests.helpers.emulated_npu import COUNT, Small, fresh, kernels, open_session

TO, FROM = pyxrt.xclBOSyncDirection["XCL_BO_SYNC_BO_TO_DEVICE"], pyxrt.xclBOSyncDirection["XCL_BO_SYNC_BO_FROM_DEVICE"]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[pyxrt.hw_context]:
    fresh()
    device = pyxrt.device(0)
    made = pyxrt.hw_context(device, device.register_xclbin(pyxrt.xclbin(str(kernels(tmp_path).xclbin))))
    yield made
    made.array.close()  # pytest keeps the context


@pytest.fixture
def group(context: pyxrt.hw_context) -> int:
    return pyxrt.kernel(context, "MLIR_AIE_gelu_bf16").group_id(3)


def made(context: pyxrt.hw_context, group: int, size: int = 64, flags: str = "host_only") -> pyxrt.bo:
    return pyxrt.bo(context, size, pyxrt.bo.flags[flags], group)


def test_a_write_stays_on_the_host_until_it_is_synced(context: pyxrt.hw_context, group: int) -> None:
    bo = made(context, group)
    bo.write(bytes(range(64)), 0)
    assert (bo.device_memory == NEVER_WRITTEN).all()
    bo.sync(TO, 16, 8)
    assert list(bo.device_memory[8:24]) == list(range(8, 24))
    assert (bo.device_memory[24:] == NEVER_WRITTEN).all()
    bo.device_memory[:] = 7
    assert bo.read(64, 0)[0] == 0
    bo.sync(FROM)
    assert (bo.read(64, 0) == 7).all()


def test_what_was_never_written_is_not_a_number(context: pyxrt.hw_context, group: int) -> None:
    assert np.isnan(made(context, group).device_memory.view(np.float32)).all()


def test_the_map_is_the_host_memory(context: pyxrt.hw_context, group: int) -> None:
    bo = made(context, group)
    view = bo.map()
    view[3] = 9
    assert bo.read(1, 3)[0] == 9
    assert (len(view), bo.size()) == (64, 64)


def test_a_view_does_not_keep_the_buffer(context: pyxrt.hw_context, group: int) -> None:
    bo = made(context, group)
    view = np.frombuffer(bo.map(), np.uint8)
    del bo
    assert (view == FREED).all()


def test_every_buffer_has_an_address_of_its_own(context: pyxrt.hw_context, group: int) -> None:
    several = [made(context, group, 5000) for _ in range(3)]
    addresses = sorted(bo.address() for bo in several)
    assert all(second - first >= 5000 for first, second in itertools.pairwise(addresses))


@pytest.mark.parametrize(
    ("doing", "text"),
    [
        (lambda bo: bo.write(bytes(65), 0), "write past buffer size"),
        (lambda bo: bo.write(bytes(1), 64), "write past buffer size"),
        (lambda bo: bo.read(1, 64), "read past buffer size"),
        (lambda bo: bo.sync(TO, 65, 0), "Invalid BO offset and size"),
        (lambda bo: bo.sync(FROM, 1, 64), "Invalid BO offset and size"),
    ],
)
def test_sizes_are_checked(context: pyxrt.hw_context, group: int, doing: object, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        doing(made(context, group))  # type: ignore[operator]


@pytest.mark.parametrize("flags", ["normal", "device_only"])
def test_flags_that_an_npu_has_not_are_refused(context: pyxrt.hw_context, group: int, flags: str) -> None:
    with pytest.raises(RuntimeError, match="Bad BO type"):
        made(context, group, flags=flags)


def test_an_empty_buffer_is_refused(context: pyxrt.hw_context, group: int) -> None:
    with pytest.raises(RuntimeError, match="failed"):
        made(context, group, 0)


def test_the_heap_of_instructions_is_bounded_and_given_back(context: pyxrt.hw_context, group: int) -> None:
    first = made(context, group, 60 << 20, "cacheable")
    with pytest.raises(RuntimeError, match="Heap at max size"):
        made(context, group, 5 << 20, "cacheable")
    made(context, group, 5 << 20)
    del first
    assert machine.machine().heap == 0
    made(context, group, 5 << 20, "cacheable")


def test_a_forgotten_sync_to_the_device_gives_no_numbers(tmp_path: Path) -> None:
    fresh()
    small = Small(open_session(tmp_path), 1)
    small.buffers[0].bo.device_memory[:] = NEVER_WRITTEN  # as before the upload
    small.program.execute(5.0)
    assert np.isnan(small.result).all()


def test_a_forgotten_sync_from_the_device_gives_what_was_there_before(tmp_path: Path) -> None:
    fresh()
    small = Small(open_session(tmp_path), 1)
    small.program.execute(5.0)
    assert (small.buffers[-1].bo.read(2 * COUNT, 0) == 0).all()
    assert small.result.any()
