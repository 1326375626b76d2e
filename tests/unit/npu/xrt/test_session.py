"""Opening, buffers and runs: what is refused before a driver sees it."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.npu.emulation import pyxrt
from starling.npu.emulation.machine import machine
from starling.npu.planning.shapes import KNOWN
from starling.npu.xrt import driver
from starling.npu.xrt import kernels as registry
from starling.npu.xrt.operations import Add, Gelu
from starling.npu.xrt.pool import PAGE, Pool, size_class
from starling.npu.xrt.session import Session
from tests.helpers.emulated_npu import COUNT, Small, fresh, kernels, open_session


class Touchy:
    """A module that must not be touched."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used")


def test_the_wrong_generation_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(StarlingError, match=r"npu1 .* npu2") as refused:
        Session(Touchy(), kernels(tmp_path), "npu2")
    assert refused.value.code == "npu.wrong_generation"


def test_a_missing_file(tmp_path: Path) -> None:
    fresh()
    with pytest.raises(StarlingError) as refused:
        Session(pyxrt, replace(kernels(tmp_path), xclbin=tmp_path / "none"), "npu1")
    assert refused.value.code == "npu.bad_xclbin"


def test_closing_frees_the_context(tmp_path: Path) -> None:
    system = fresh()
    with open_session(tmp_path) as session:
        Small(session).program.execute(5.0)
        assert system.contexts == 1
    gc.collect()
    assert system.contexts == 0
    session.close()
    with pytest.raises(StarlingError) as refused:
        session.buffer(8)
    assert refused.value.code == "npu.closed"


@pytest.mark.parametrize(
    ("name", "text"), [("nobody", "not in the compiled"), ("MLIR_AIE_add_f32", "takes 6 arguments, not 5")]
)
def test_kernels_with_another_number_of_arguments_are_refused(tmp_path: Path, name: str, text: str) -> None:
    fresh()
    made = kernels(tmp_path, operations=[Gelu(COUNT), Add(COUNT)])
    session = Session(pyxrt, replace(made, image=lambda operation: name), "npu1")
    with pytest.raises(StarlingError, match=text) as refused:
        session.kernel(Gelu(COUNT))
    assert refused.value.code == "npu.wrong_kernels"


def test_a_wrong_number_of_buffers_is_refused(tmp_path: Path) -> None:
    fresh()
    session = open_session(tmp_path)
    buffer = session.buffer(64)
    for given in ((buffer,), (buffer,) * 3):
        with pytest.raises(StarlingError) as refused:
            session.run(Gelu(COUNT), given)
        assert refused.value.code == "npu.wrong_arguments"


def test_a_buffer_of_another_group_is_refused(tmp_path: Path) -> None:
    fresh()
    session, other = open_session(tmp_path), open_session(tmp_path)
    with pytest.raises(StarlingError, match="group"):
        session.run(Gelu(COUNT), (session.buffer(64), other.buffer(64)))


def test_an_operations_instructions_are_uploaded_once(tmp_path: Path) -> None:
    fresh()
    session = open_session(tmp_path)
    buffers = tuple(session.buffer(64) for _ in range(2))
    session.run(Gelu(COUNT), buffers)
    heap = machine().heap
    session.run(Gelu(COUNT), buffers)
    assert machine().heap == heap > 0
    session.run(Gelu(2 * COUNT), buffers)
    assert machine().heap > heap


@pytest.mark.parametrize("unit", ["words", "bytes"])
def test_the_length_is_in_the_xclbins_unit(tmp_path: Path, unit: str) -> None:
    fresh()
    small = Small(open_session(tmp_path, unit=unit))
    small.program.execute(5.0)
    assert np.isfinite(small.result).all()


def test_buffers_check_sizes(tmp_path: Path) -> None:
    fresh()
    buffer = open_session(tmp_path).buffer(64)
    with pytest.raises(ValueError, match="do not fit"):
        buffer.upload(np.zeros(17, np.float32))
    with pytest.raises(ValueError, match="more than"):
        buffer.download(np.float32, 17)
    buffer.upload(np.arange(4, dtype=np.float32).reshape(2, 2).T)
    assert buffer.download(np.float32, 4).tolist() == [0, 2, 1, 3]
    got = buffer.download(np.float32, 4)
    buffer.clear()
    assert got.any()
    assert not buffer.download(np.float32, 16).any()


def test_a_driver_that_has_no_name_for_the_device(tmp_path: Path) -> None:
    fresh()

    class Nameless:
        def __init__(self, real: Any) -> None:
            self.real = real

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def device(self, index: int) -> Any:
            return device(index)

    class device(pyxrt.device):
        def get_info(self, key: object) -> str:
            raise RuntimeError("Not implemented")

    session = open_session(tmp_path, module=Nameless(pyxrt))
    assert (session.device_name, session.bdf) == ("unknown", "unknown")


def test_without_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STARLING_NPU", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "pyxrt", None)
    with pytest.raises(StarlingError, match=r"Python 3\.") as refused:
        driver.load()
    assert refused.value.code == "npu.no_pyxrt"


@pytest.mark.parametrize("variable", ["STARLING_NPU_DEVICE", "STARLING_NPU_FAULT"])
def test_a_misspelt_switch_is_told(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    from starling.npu.emulation import machine as machines

    monkeypatch.setenv("STARLING_NPU", "emulated")
    monkeypatch.setenv(variable, "nonsense")
    monkeypatch.setattr(machines, "_machine", [])
    with pytest.raises(StarlingError, match=variable) as refused:
        driver.load()
    assert refused.value.code == "npu.bad_switch"


def test_no_kernels_without_the_emulation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STARLING_NPU", raising=False)
    with pytest.raises(StarlingError) as refused:
        registry.find("npu1", KNOWN["base"], tmp_path)
    assert refused.value.code == "npu.not_built"
    assert "starling kernels build --device npu1 --model base" in refused.value.fix


def test_the_same_kernels_have_the_same_uuid(tmp_path: Path) -> None:
    fresh()
    assert open_session(tmp_path).uuid == open_session(tmp_path).uuid
    fresh(device="npu2")
    assert open_session(tmp_path, generation="npu2").uuid != open_session(tmp_path, generation="npu1").uuid


@pytest.mark.parametrize("size", [1, PAGE, PAGE + 1, 5 * PAGE, 1_000_000, 9 << 20])
def test_size_classes_waste_a_quarter_at_most(size: int) -> None:
    assert size <= size_class(size) <= max(PAGE, size * 1.25 + PAGE)
    assert size_class(size_class(size)) == size_class(size)


def test_the_pool_gives_buffers_again(tmp_path: Path) -> None:
    fresh()
    pool = Pool(open_session(tmp_path))
    first = pool.take(100)
    assert first.size == PAGE
    assert pool.take(100) is not first
    pool.give(first)
    assert pool.take(PAGE) is first
    pool.give(first)
    pool.drop()
    assert pool.take(PAGE) is not first


def test_an_operation_may_write_what_it_reads(tmp_path: Path) -> None:
    fresh()
    session = open_session(tmp_path, operations=[Add(COUNT)])
    x, y = session.buffer(4 * COUNT), session.buffer(2 * COUNT)
    x.upload(np.ones(COUNT, np.float32))
    y.upload(np.full(COUNT, 0x4000, np.uint16))
    run = session.run(Add(COUNT), (x, y, x))
    run.start()
    run.wait(1000)
    assert (x.download(np.float32, COUNT) == 3).all()
