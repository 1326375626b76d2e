"""Contexts are few and live as long as what was made from them; faults strike when they are told to."""

import gc
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.npu.emulation import wanted
from starling.npu.emulation.machine import Fault, Machine
from tests.helpers.emulated_npu import Small, fresh, open_session


@pytest.mark.parametrize(("device", "limit"), [("npu1", 6), ("npu2", 16)])
def test_contexts_are_limited(tmp_path: Path, device: str, limit: int) -> None:
    system = fresh(device=device)
    opened = [open_session(tmp_path, generation=device) for _ in range(limit)]
    with pytest.raises(StarlingError) as refused:
        open_session(tmp_path, generation=device)
    assert refused.value.code == "npu.context_limit"
    opened.pop().close()
    del refused
    gc.collect()
    assert system.contexts == limit - 1
    open_session(tmp_path, generation=device)


def test_a_context_lives_as_long_as_what_was_made_from_it(tmp_path: Path) -> None:
    system = fresh()
    session = open_session(tmp_path)
    small = Small(session)
    session.close()
    assert system.contexts == 1
    del small
    gc.collect()
    assert system.contexts == 0


def test_a_device_that_is_gone_is_gone_for_all(tmp_path: Path) -> None:
    fresh("device_gone:after=12")

    def use() -> None:
        for _ in range(3):
            Small(open_session(tmp_path)).program.execute(1.0)

    with pytest.raises(StarlingError) as gone:
        use()
    assert gone.value.code == "npu.device_gone"
    with pytest.raises(StarlingError) as none_left:
        open_session(tmp_path)
    assert none_left.value.code == "npu.no_device"


def test_a_fault_strikes_after_as_many_as_it_was_told() -> None:
    fault = Fault("nan:after=2")
    assert [fault.strikes("nan") for _ in range(4)] == [False, False, True, True]
    assert not fault.strikes("hang")
    assert not Fault("").strikes("hang")


@pytest.mark.parametrize("text", ["explode", "hang:after=x", "hang:after=", ":after=1", "HANG"])
def test_a_misspelt_fault(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Fault(text)


def test_a_misspelt_device() -> None:
    with pytest.raises(ValueError, match="npu1"):
        Machine({"STARLING_NPU_DEVICE": "npu9"})


@pytest.mark.parametrize(("value", "expected"), [("emulated", True), ("", False), ("1", False), ("Emulated", False)])
def test_only_the_word_switches_it_on(value: str, expected: bool) -> None:
    assert wanted({"STARLING_NPU": value}) is expected
    assert not wanted({})
