"""Engines for tests, loaded by the real worker: ``spec("echo", load_s=0.2)``."""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.engine_api import EngineSpec, Reply, Rung
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Transcript

ROOT = Path(__file__).resolve().parents[2]
QUICK_SILENCE_S = 1.5
"""Patience of most tests: three beats. The real one is tried where it matters."""
RATE = 1000
"""Hz of the test voice, so that one sample is one millisecond."""


def spec(kind: str, tier: str = "legacy", load_deadline_s: float = 20.0, **config: Any) -> EngineSpec:
    """An engine made by the function of this module that is named ``kind``."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "app")])
    return EngineSpec(
        name=f"{tier}:{kind}",
        tier=tier,
        model=kind,
        factory=f"tests.helpers.engines:{kind}",
        config=config,
        env={"PYTHONPATH": paths},
        load_deadline_s=load_deadline_s,
    )


def rung(kind: str, tier: str = "legacy", why_not_better: str = "", **config: Any) -> Rung:
    return Rung(spec(kind, tier, **config), why_not_better)


class Echo:
    """Answers with what it was given, and does harm when ``faults`` says so.

    ``config["once"]`` names a file: the harm is done once, by the first process that can make the file.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        time.sleep(config.get("load_s", 0.0))

    def describe(self) -> dict[str, Any]:
        return {"pid": os.getpid(), "placement": {"device": "cpu", "evidence": ["echo"]}}

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        if op == "transcribe":
            yield self._transcribe(arrays)
        elif op == "synthesize":
            yield from self._synthesize(str(args["text"]))
        elif op == "voices":
            yield Reply({"voices": [{"id": "v", "language": "en", "gender": "f"}]})
        elif op == "count":
            for number in range(int(args["to"])):
                time.sleep(args.get("each_s", 0.0))
                if number == args.get("refuse_at"):
                    raise StarlingError("request.refused", "Refused.", "")
                yield Reply({"number": number})
        elif op == "echo":
            print("a print must not break a frame")  # noqa: T201
            time.sleep(args.get("sleep_s", 0.0))
            yield Reply(dict(args), dict(arrays))
        else:
            raise StarlingError("request.unknown", f"No operation {op!r}.", "Use another.")

    def _transcribe(self, arrays: Mapping[str, NDArray[Any]]) -> Reply:
        limit = self.config.get("memory_for")
        if limit is not None and len(arrays) > limit:
            raise MemoryError
        time.sleep(self.config.get("work_s", 0.0))
        self.fault(1.0)
        transcripts = [
            Transcript(f"{len(clip)} {clip.sum():.0f}", "en", len(clip) / 16000, 0.001, Placement("cpu", ("echo",)))
            for clip in arrays.values()
        ]
        return Reply({"transcripts": [transcript.to_json() for transcript in transcripts]})

    def _synthesize(self, text: str) -> Iterator[Reply]:
        """Ten chunks of 100 samples; sample n has the value n."""
        for part in range(10):
            self.fault(part / 10)
            audio = np.arange(part * 100, (part + 1) * 100, dtype=np.float32)
            last = {"audio_s": 1.0, "synthesis_s": 0.01, "placement": {"device": "cpu", "evidence": []}}
            yield Reply({"rate": RATE, **(last if part == 9 else {})}, {"audio": audio})

    def fault(self, done: float) -> None:
        """Do the configured harm when this share of the work is done."""
        kind = self.config.get("fault", "")
        if not kind or done < self.config.get("fault_at", 0.0) or not self._first():
            return
        _FAULTS[kind]()

    def _first(self) -> bool:
        once = self.config.get("once")
        if not once:
            return True
        try:
            os.close(os.open(once, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


def _crash() -> None:
    raise RuntimeError("the driver is on fire")


def _segfault() -> None:
    os.kill(os.getpid(), 11)


def _sleep_for_ever() -> None:
    time.sleep(1e6)


def _freeze() -> None:
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)


def _hold_lock() -> None:
    """Sleep with Python's lock held, as a native library in a hung driver call would."""
    ctypes.PyDLL(None).sleep(1000)


def _compute_with_lock() -> None:
    """Work for seconds inside one C call that never gives Python's lock away; longer than the quick silence."""
    until = time.monotonic() + 2 * QUICK_SILENCE_S
    numbers = 10**7
    began = time.monotonic()
    sum(range(numbers))
    sum(range(int(numbers * (until - began) / (time.monotonic() - began))))


def _out_of_memory() -> None:
    raise RuntimeError("std::bad_alloc")


def _altered() -> None:
    raise StarlingError("model.altered", "The model was altered.", "Install it again.")


def _garbage() -> None:
    os.write(_frames_fd(), b"\xff" * 64)
    time.sleep(1e6)


def _half_frame() -> None:
    os.write(_frames_fd(), b"\x10\x00\x00\x00\x00\x10\x00\x00{")
    os._exit(0)


def _frames_fd() -> int:
    """The descriptor that the worker writes its frames to: the one pipe besides stderr that is open for writing."""
    import fcntl
    import stat

    for fd in range(3, 32):
        try:
            is_pipe = stat.S_ISFIFO(os.fstat(fd).st_mode)
            writable = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY
        except OSError:
            continue
        if is_pipe and writable:
            return fd
    raise AssertionError("no pipe")


_FAULTS = {
    "crash": _crash,
    "segfault": _segfault,
    "hang": _sleep_for_ever,
    "freeze": _freeze,
    "hold_lock": _hold_lock,
    "compute": _compute_with_lock,
    "memory": _out_of_memory,
    "altered": _altered,
    "garbage": _garbage,
    "half_frame": _half_frame,
}


def echo(config: Mapping[str, Any]) -> Echo:
    return Echo(config)


def broken_load(config: Mapping[str, Any]) -> Echo:
    _FAULTS[config["fault"]]()
    return Echo(config)


def needs_missing_package(config: Mapping[str, Any]) -> Echo:
    import a_package_that_nobody_has  # type: ignore[import-not-found]  # noqa: F401

    return Echo(config)


def runs(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@contextmanager
def no_leaks() -> Iterator[None]:
    """Fail when threads, descriptors or child processes are left behind."""
    before = _held()
    yield
    deadline = time.monotonic() + 2.0
    while (left := {kind: _held()[kind] - before[kind] for kind in before}) and any(left.values()):
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.02)


def _held() -> dict[str, set[Any]]:
    tasks = Path("/proc/self/task")
    children = ""
    for task in tasks.iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that ended while we looked
            children += task.joinpath("children").read_text() + " "
    pipes = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            pipes.add((fd, os.readlink(f"/proc/self/fd/{fd}")))
        except FileNotFoundError:
            continue  # the listing's own descriptor
    return {"threads": set(threading.enumerate()), "descriptors": pipes, "children": set(children.split())}
