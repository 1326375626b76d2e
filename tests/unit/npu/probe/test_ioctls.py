import ctypes
import errno
import os
import struct

import pytest

from starling.npu.probe import ioctls, judge
from starling.npu.probe.distro import Distro
from starling.npu.probe.notes import Notes
from starling.npu.sysroot import Sysroot
from tests.helpers.machines import KINDS, fake_ioctl, good_answers

STRIX = KINDS["strix"]


def ask(tmp_path, answers, **how):
    (tmp_path / "accel0").touch()
    return ioctls.ask(Sysroot(tmp_path), "/accel0", fake_ioctl(answers, **how))


def test_numbers_and_sizes_are_those_of_the_headers():
    def iowr(number, size):
        return 3 << 30 | size << 16 | ord("d") << 8 | number

    assert iowr(0, ctypes.sizeof(ioctls._Version)) == ioctls.VERSION
    assert iowr(0x40 + 7, ctypes.sizeof(ioctls._GetInfo)) == ioctls.GET_INFO
    sizes = [ctypes.sizeof(layout) for _, _, layout, _ in ioctls._QUESTIONS]
    assert sizes == [64, 48, 16, 8, 40, 64 * ioctls.CONTEXTS_MOST]


def test_everything_is_read(tmp_path):
    answers = ask(tmp_path, good_answers(STRIX))
    assert (answers.driver, answers.version) == ("amdxdna_accel_driver", "0.6.0")
    assert (answers.columns, answers.rows) == (8, 6)
    assert answers.clocks_mhz == (("MP-NPU Clock", 1267), ("H Clock", 1800))
    assert (answers.firmware, answers.power_mode) == ("1.1.2.64", "balanced")
    assert (answers.tops_max, answers.contexts_max) == (50, 16)
    assert answers.contexts == (ioctls.Context(777, 3, (0, 1, 2, 3), 90, 88, 1),)
    assert answers.refused == []


def test_the_major_version_is_not_assumed(tmp_path):
    assert ask(tmp_path, {}, version=(1, 0, 0)).version == "1.0.0"


@pytest.mark.parametrize("number", sorted({*ioctls.MEANINGS, errno.EPROTO, 4711}))
@pytest.mark.parametrize("param", [None, 1, 5, 9])
def test_every_errno_is_told(tmp_path, number, param):
    answers = good_answers(STRIX)
    failing = {key: number for key in answers} if param is None else {**answers, param: number}
    told = ask(tmp_path, failing)
    assert told.refused
    assert all(f"(errno {number})" in reason and not reason.startswith("None") for _, reason in told.refused)
    assert len(told.refused) == (6 if param is None else 1)


def test_an_old_driver_is_a_fault_that_does_not_block(tmp_path):
    told, notes = ask(tmp_path, {**good_answers(STRIX), 9: errno.EOPNOTSUPP, 12: errno.EINVAL}), Notes()
    judge.driver_answers(told, Distro(family="arch"), notes)
    (fault,) = notes.faults
    assert (fault.code, fault.blocks) == ("npu.driver_old", False)
    assert "power mode, resources" in fault.reason
    assert "pacman" in fault.fix


def test_a_device_that_is_gone_blocks(tmp_path):
    told, notes = ask(tmp_path, dict.fromkeys(good_answers(STRIX), errno.ENODEV)), Notes()
    judge.driver_answers(told, Distro(), notes)
    assert [(fault.code, fault.blocks) for fault in notes.faults] == [("npu.device_gone", True)]


def test_another_drivers_node_is_not_asked(tmp_path):
    told, notes = ask(tmp_path, good_answers(STRIX), driver=b"intel_vpu"), Notes()
    assert (told.columns, told.firmware) == (None, "")
    judge.driver_answers(told, Distro(), notes)
    assert notes.faults[0].code == "npu.other_node"


def test_senseless_answers_are_left_out(tmp_path):
    context = struct.pack("<IIIIqQQQQQ", 1, 0, 9999, 0, 12, 0, 0, 0, 0, 0)
    full = b"\xff" * 64
    told = ask(tmp_path, {1: full, 3: full, 5: context + full, 8: bytes(16), 9: b"\x09" + bytes(7), 12: bytes(40)})
    assert (told.columns, told.firmware, told.power_mode, told.tops_max) == (None, "", "", None)
    assert told.contexts == ()
    assert told.refused == [("GET_INFO power mode", "unknown mode 9")]


def test_a_file_that_is_no_device_says_so(tmp_path):
    (tmp_path / "accel0").touch()
    told = ioctls.ask(Sysroot(tmp_path), "/accel0")
    assert told.refused[0][0] == "DRM_IOCTL_VERSION"
    assert "no DRM driver" in told.refused[0][1]


def test_a_missing_node_says_so(tmp_path):
    assert "not there" in ioctls.ask(Sysroot(tmp_path), "/accel0").refused[0][1]


def test_no_descriptor_is_left_open(tmp_path):
    before = len(os.listdir("/proc/self/fd"))
    ask(tmp_path, dict.fromkeys(range(16), errno.EIO))
    assert len(os.listdir("/proc/self/fd")) == before
