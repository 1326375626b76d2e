"""Who may use the NPU: a few engines at a time over all of a user's Starlings, recognition before speech.

The NPU has few hardware contexts (six on XDNA1), and a switch between them costs milliseconds. Each engine takes a
slot, a file lock that the system takes back when its process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from starling.core.errors import StarlingError
from starling.npu.probe.judge import CONTEXT_LIMITS
from starling.npu.report import Holder, Npu

Family = Literal["stt", "tts"]

MOST = 3
"""Engines at a time; their models share the array's memory bandwidth."""
GUARD_S = 2.0
"""The guard is held for microseconds; only a stopped process holds it longer."""
_NOTE_BYTES = 4096


@dataclass(frozen=True)
class Held:
    """A slot in use.

    Attributes:
        owner: the process that took it.
        pid: the engine's process; 0 until it runs.
    """

    family: str
    owner: int
    pid: int


@dataclass(frozen=True)
class Share:
    """Hardware contexts by who holds them, as the driver counts them."""

    ours: int
    others: int


def most_for(npu: Npu, ours: Iterable[int] = ()) -> int:
    """How many engines of ours the driver has room for: ``MOST``, or less where others hold contexts.

    Args:
        npu: what was found.
        ours: process ids whose contexts are our own.
    """
    told = npu.value("contexts at most")
    room = int(told) if told.isdecimal() and int(told) else CONTEXT_LIMITS.get(npu.generation)
    return MOST if room is None else max(0, min(MOST, room - share(npu.holders, ours).others))


def share(holders: Iterable[Holder], ours: Iterable[int]) -> Share:
    """Count contexts; a holder whose number is not known counts as one."""
    mine, counted = set(ours), {True: 0, False: 0}
    for holder in holders:
        counted[holder.pid in mine] += max(1, holder.contexts)
    return Share(counted[True], counted[False])


class Slot:
    """One engine's right to use the NPU, until :meth:`release` or the end of this process."""

    def __init__(self, lock: FileLock, note: Path, family: Family) -> None:
        self._lock = lock
        self._note = note
        self._family = family
        self.tell(0)

    def tell(self, pid: int) -> None:
        """Note which process uses it, for :meth:`Slots.held`."""
        with contextlib.suppress(OSError):  # it is only shown
            text = json.dumps({"family": self._family, "owner": os.getpid(), "pid": pid})
            self._note.write_text(text, encoding="utf-8")

    def release(self) -> None:
        """Let others have it. Idempotent."""
        self._lock.release()


class Slots:
    """The slots of one user. Safe from any thread and process.

    Args:
        folder: where the locks are; made if need be.
        most: at a time; 0 where nothing is left.
    """

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most

    def take(self, family: Family) -> Slot:
        """Take a slot.

        The last one is kept for recognition as long as recognition has none: a silent assistant is of more use than
        one that does not hear.

        Raises:
            StarlingError: ``npu.busy`` when none is free, ``npu.no_slots`` when the folder cannot be used.
        """
        with self._guarded():
            held = self._look()
            free = [number for number in range(self._most) if held.get(number) is None]
            used = list(filter(None, held.values()))
            kept = 1 if family == "tts" and not any(_is(slot, "stt") for slot in used) else 0
            # Places taken when there was more room count too.
            if min(len(free), self._most - len(used)) <= kept:
                raise _busy(used, self._most)
            lock = self._lock(free[0])
            lock.acquire(timeout=0)
            return Slot(lock, self._note(free[0]), family)

    def held(self) -> list[Held]:
        """The slots in use, of every process. Raises StarlingError ``npu.no_slots``."""
        with self._guarded():
            return [slot for slot in self._look().values() if slot is not None]

    def _look(self) -> dict[int, Held | None]:
        return {number: self._holder(number) for number in range(max(self._most, MOST))}

    def _holder(self, number: int) -> Held | None:
        lock = self._lock(number)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return _noted(self._note(number))
        lock.release()
        return None

    def _lock(self, number: int) -> FileLock:
        return FileLock(self._folder / f"slot-{number}.lock", thread_local=False)

    def _note(self, number: int) -> Path:
        return self._folder / f"slot-{number}.json"

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """One look at a time: a slot that is tried is a slot in use for the blink of an eye."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self._folder / "slots.lock", timeout=GUARD_S, thread_local=False):
                yield
        except Timeout:
            raise StarlingError(
                "npu.no_slots", "Another Starling holds the NPU's slots and does not answer.", "End it and try again."
            ) from None
        except OSError as error:
            raise StarlingError(
                "npu.no_slots",
                f"The folder {self._folder} cannot be used: {error.strerror or error}.",
                "Check that it belongs to you.",
            ) from None


@contextmanager
def slot(folder: Path, family: Family, most: int = MOST) -> Iterator[Slot]:
    """A slot for the moment. Raises as :meth:`Slots.take`."""
    taken = Slots(folder, most).take(family)
    try:
        yield taken
    finally:
        taken.release()


def _is(held: Held | None, family: Family) -> bool:
    return held is not None and held.family == family


def _noted(note: Path) -> Held:
    """What the holder wrote; unknown where it could not."""
    try:
        with note.open("rb") as file:
            data = json.loads(file.read(_NOTE_BYTES))
        return Held(str(data["family"]), int(data["owner"]), int(data["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Held("", 0, 0)


def _busy(held: list[Held], most: int) -> StarlingError:
    if not most:
        return StarlingError(
            "npu.busy",
            "Other programs hold all hardware contexts of the NPU.",
            "Close them (FastFlowLM, Lemonade); `starling doctor` shows which they are.",
        )
    who = ", ".join(sorted({f"{entry.family or 'an engine'} (process {entry.pid or entry.owner})" for entry in held}))
    return StarlingError(
        "npu.busy",
        f"All {most} places for engines on the NPU are in use or kept for recognition{f': {who}' if who else ''}.",
        "Close another Starling, or wait until it has been idle.",
    )
