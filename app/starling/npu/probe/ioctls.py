"""Asks the amdxdna driver through its node: no root, no XRT, no write.

Numbers and layouts: ``include/uapi/drm/amdxdna_accel.h`` of the driver and ``drm.h`` of Linux.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from starling.npu.probe.notes import Notes
from starling.npu.sysroot import Sysroot

VERSION = 0xC0406400
GET_INFO = 0xC0106447
METADATA, CLOCKS, CONTEXTS, FIRMWARE, POWER_MODE, RESOURCES = 1, 3, 5, 8, 9, 12
POWER_MODES = ("default", "powersaver", "balanced", "performance", "turbo")
DRIVER_NAME = "amdxdna"
CONTEXTS_MOST = 64
"""More than any driver has (16)."""
COLUMNS_MOST = 64
TEXT_BYTES = 128

Ioctl = Callable[[int, int, ctypes.Structure], object]
"""File descriptor, request, argument that is read and written; raises OSError."""

MEANINGS = {
    errno.EOPNOTSUPP: "this kernel's driver does not offer it",
    errno.EINVAL: "this kernel's driver does not know it",
    errno.ENOTTY: "the node belongs to no DRM driver",
    errno.EACCES: "not permitted",
    errno.EPERM: "not permitted",
    errno.ENODEV: "the device is gone",
    errno.ENXIO: "the device is gone",
    errno.ENOENT: "the node is not there",
    errno.EBUSY: "the device is busy",
    errno.EAGAIN: "the device is busy",
    errno.ETIME: "the device did not answer in time",
    errno.ETIMEDOUT: "the device did not answer in time",
    errno.EIO: "the device reports an input or output error",
    errno.EFAULT: "the driver refused the buffer",
    errno.ENOMEM: "not enough memory",
    errno.ENOSPC: "the buffer was too small",
}


class _Version(ctypes.Structure):
    _fields_ = (
        ("major", ctypes.c_int), ("minor", ctypes.c_int), ("patch", ctypes.c_int),
        ("name_len", ctypes.c_uint64), ("name", ctypes.c_uint64),
        ("date_len", ctypes.c_uint64), ("date", ctypes.c_uint64),
        ("desc_len", ctypes.c_uint64), ("desc", ctypes.c_uint64),
    )  # fmt: skip


class _GetInfo(ctypes.Structure):
    _fields_ = (("param", ctypes.c_uint32), ("buffer_size", ctypes.c_uint32), ("buffer", ctypes.c_uint64))


class _Metadata(ctypes.Structure):
    _fields_ = (
        ("col_size", ctypes.c_uint32), ("cols", ctypes.c_uint16), ("rows", ctypes.c_uint16),
        ("version", ctypes.c_uint32 * 2), ("tiles", ctypes.c_uint16 * 24),
    )  # fmt: skip


class _Clock(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char * 16), ("freq_mhz", ctypes.c_uint32), ("pad", ctypes.c_uint32))


class _Clocks(ctypes.Structure):
    _fields_ = (("mp_npu", _Clock), ("h", _Clock))


class _Firmware(ctypes.Structure):
    _fields_ = (("parts", ctypes.c_uint32 * 4),)


class _PowerMode(ctypes.Structure):
    _fields_ = (("mode", ctypes.c_uint8), ("pad", ctypes.c_uint8 * 7))


class _Resources(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("clk_max", "tops_max", "task_max", "tops_now", "task_now"))


class _Context(ctypes.Structure):
    _fields_ = (
        ("context_id", ctypes.c_uint32), ("start_col", ctypes.c_uint32), ("num_col", ctypes.c_uint32),
        ("pad", ctypes.c_uint32), ("pid", ctypes.c_int64), ("submissions", ctypes.c_uint64),
        ("completions", ctypes.c_uint64), ("migrations", ctypes.c_uint64), ("preemptions", ctypes.c_uint64),
        ("errors", ctypes.c_uint64),
    )  # fmt: skip


class _Contexts(ctypes.Structure):
    _fields_ = (("entries", _Context * CONTEXTS_MOST),)


@dataclass(frozen=True)
class Context:
    """One hardware context: who made it, what it has done."""

    pid: int
    context_id: int
    columns: tuple[int, ...]
    submissions: int
    completions: int
    errors: int


@dataclass
class Answers:
    """What the driver said; empty and None for what it did not say. ``refused`` holds (question, reason)."""

    driver: str = ""
    version: str = ""
    firmware: str = ""
    power_mode: str = ""
    columns: int | None = None
    rows: int | None = None
    clocks_mhz: tuple[tuple[str, int], ...] = ()
    tops_max: int | None = None
    contexts_max: int | None = None
    contexts: tuple[Context, ...] | None = None
    refused: list[tuple[str, str]] = field(default_factory=list)


def meaning(error: OSError) -> str:
    """A clause for any errno."""
    number = error.errno or 0
    return f"{MEANINGS.get(number) or os.strerror(number) if number else error} (errno {number})"


def ask(root: Sysroot, node: str, ioctl: Ioctl | None = None) -> Answers:
    """Ask everything; never raises.

    Args:
        root: where the node is looked for.
        node: ``/dev/accel/accel0``.
        ioctl: stands for the system call.
    """
    answers = Answers()
    try:
        descriptor = os.open(root.path(node), os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        answers.refused.append(("open", meaning(error)))
        return answers
    try:
        _ask_all(descriptor, ioctl or _system_ioctl(), answers)
    finally:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    return answers


def _system_ioctl() -> Ioctl:
    import fcntl  # Linux only

    return fcntl.ioctl


def _ask_all(descriptor: int, ioctl: Ioctl, answers: Answers) -> None:
    try:
        name, answers.version = _version(descriptor, ioctl)
    except OSError as error:
        answers.refused.append(("DRM_IOCTL_VERSION", meaning(error)))
        return
    answers.driver = name
    if not name.startswith(DRIVER_NAME):
        answers.refused.append(("DRM_IOCTL_VERSION", f"the node belongs to {name or 'a driver without a name'}"))
        return
    for question, param, layout, take in _QUESTIONS:
        reply = layout()
        try:
            _get_info(descriptor, ioctl, param, reply)
        except OSError as error:
            answers.refused.append((f"GET_INFO {question}", meaning(error)))
        else:
            take(answers, reply)


def _version(descriptor: int, ioctl: Ioctl) -> tuple[str, str]:
    texts = [ctypes.create_string_buffer(TEXT_BYTES) for _ in range(3)]
    argument = _Version()
    for name, text in zip(("name", "date", "desc"), texts, strict=True):
        setattr(argument, f"{name}_len", TEXT_BYTES - 1)
        setattr(argument, name, ctypes.addressof(text))
    ioctl(descriptor, VERSION, argument)
    return texts[0].value.decode("ascii", "replace"), f"{argument.major}.{argument.minor}.{argument.patch}"


def _get_info(descriptor: int, ioctl: Ioctl, param: int, reply: ctypes.Structure) -> None:
    argument = _GetInfo(param, ctypes.sizeof(reply), ctypes.addressof(reply))
    ioctl(descriptor, GET_INFO, argument)


def _take_metadata(answers: Answers, reply: ctypes.Structure) -> None:
    assert isinstance(reply, _Metadata)
    if 0 < reply.cols <= COLUMNS_MOST:
        answers.columns, answers.rows = int(reply.cols), int(reply.rows)


def _take_clocks(answers: Answers, reply: ctypes.Structure) -> None:
    assert isinstance(reply, _Clocks)
    answers.clocks_mhz = tuple(
        (clock.name.decode("ascii", "replace") or fallback, int(clock.freq_mhz))
        for fallback, clock in (("MP-NPU Clock", reply.mp_npu), ("H Clock", reply.h))
    )


def _take_firmware(answers: Answers, reply: ctypes.Structure) -> None:
    assert isinstance(reply, _Firmware)
    if any(reply.parts):
        answers.firmware = ".".join(str(part) for part in reply.parts)


def _take_power_mode(answers: Answers, reply: ctypes.Structure) -> None:
    assert isinstance(reply, _PowerMode)
    if reply.mode < len(POWER_MODES):
        answers.power_mode = POWER_MODES[reply.mode]
    else:
        answers.refused.append(("GET_INFO power mode", f"unknown mode {reply.mode}"))


def _take_resources(answers: Answers, reply: ctypes.Structure) -> None:
    assert isinstance(reply, _Resources)
    answers.tops_max, answers.contexts_max = int(reply.tops_max) or None, int(reply.task_max) or None


def _take_contexts(answers: Answers, reply: ctypes.Structure) -> None:
    """Drivers disagree on whether the size that comes back is the used or the free one: entries tell their end."""
    assert isinstance(reply, _Contexts)
    answers.contexts = tuple(
        Context(
            pid=int(entry.pid),
            context_id=int(entry.context_id),
            columns=tuple(range(entry.start_col, entry.start_col + entry.num_col)),
            submissions=int(entry.submissions),
            completions=int(entry.completions),
            errors=int(entry.errors),
        )
        for entry in reply.entries
        if entry.pid > 0 and entry.num_col <= COLUMNS_MOST
    )


_QUESTIONS: tuple[tuple[str, int, type[ctypes.Structure], Callable[[Answers, ctypes.Structure], None]], ...] = (
    ("metadata", METADATA, _Metadata, _take_metadata),
    ("clocks", CLOCKS, _Clocks, _take_clocks),
    ("firmware version", FIRMWARE, _Firmware, _take_firmware),
    ("power mode", POWER_MODE, _PowerMode, _take_power_mode),
    ("resources", RESOURCES, _Resources, _take_resources),
    ("hardware contexts", CONTEXTS, _Contexts, _take_contexts),
)


def write_down(answers: Answers, node: str, notes: Notes) -> None:
    """Findings from the answers."""
    where = f"{node} GET_INFO"
    notes.found("driver version", answers.version, f"{node} DRM_IOCTL_VERSION")
    notes.found("firmware", answers.firmware, f"{where} firmware version")
    notes.found("power mode", answers.power_mode, f"{where} power mode")
    notes.found("columns", answers.columns, f"{where} metadata")
    notes.found("rows", answers.rows, f"{where} metadata")
    for name, frequency in answers.clocks_mhz:
        notes.found("clock", f"{name} {frequency} MHz", f"{where} clocks")
    notes.found("tops", answers.tops_max, f"{where} resources")
    notes.found("contexts at most", answers.contexts_max, f"{where} resources")
    if answers.contexts is not None:
        notes.found("contexts", len(answers.contexts), f"{where} hardware contexts")
    for question, reason in answers.refused:
        notes.found("not answered", reason, f"{node} {question}")
