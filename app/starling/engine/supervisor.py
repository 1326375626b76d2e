"""One family of engines (recognition or speech): which process runs, and what happens when it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from starling.core.changes import Change
from starling.core.engine_api import Reply, Rung
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.engine.events import (
    EngineEvent,
    EngineRestarted,
    EngineStarted,
    EngineState,
    EngineUnavailable,
    EngineUnloaded,
    FellBack,
    Status,
    TierDemoted,
)
from starling.engine.failures import CLOSED, EngineClosed, EngineFailed, EngineFailure, FailureKind
from starling.engine.host import EngineProcess
from starling.engine.policy import Action, decide
from starling.engine.standing import Ladder, change_from
from starling.npu.contexts import Family, Slot, Slots

ON_THE_NPU = ("vitisai", "xrt")
"""Providers whose engine process itself holds hardware contexts; a server holds its own."""
_WARM_JOIN_S = 0.3
_Use = Callable[[EngineProcess, float], Generator[Reply, None, None]]


@dataclass(frozen=True)
class Outcome:
    """A reply and who made it.

    Attributes:
        reply: one reply of the engine.
        rung: the rung that made it.
        attempts: 1 when nothing failed; a higher number than before means that the engine began anew.
        placement: what the engine says of where it runs.
        about: what the engine says of itself.
        changes: the better rungs that did not make it, best first.
    """

    reply: Reply
    rung: Rung
    attempts: int
    placement: Placement
    about: Mapping[str, Any]
    changes: tuple[Change, ...] = ()


class Supervisor:
    """Owns at most one engine process, keeps it alive, and goes down the ladder when it cannot.

    ``slots``: of the NPU; an engine that uses it takes one of this ``family``, and is left for the call when none is
    free. ``idle_unload_s`` may be changed. Safe from any thread; one call runs at a time and others wait. ``on_event``
    is called on the thread that met the event; of the supervisor's methods it may call :meth:`state` alone.
    """

    def __init__(
        self,
        rungs: Sequence[Rung],
        idle_unload_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        on_event: Callable[[EngineEvent], None] = lambda event: None,
        slots: Slots | None = None,
        family: Family = "stt",
    ) -> None:
        self._slots = slots
        self._family = family
        self._slot: Slot | None = None
        self._ladder = Ladder(rungs)
        self.idle_unload_s = idle_unload_s
        self._clock = clock
        self._on_event = on_event
        self._turn = threading.Lock()
        self._lock = threading.Lock()  # guards the fields below, never held while waiting
        self._process: EngineProcess | None = None
        self._index = 0
        self._status: Status = "unloaded"
        self._reason = ""
        self._closed = False
        self._warmer: threading.Thread | None = None

    @property
    def top(self) -> Rung:
        """The first rung of the ladder, used or not."""
        return self._ladder[0].rung

    def warm(self) -> None:
        """Load the best rung in the background; does nothing while that is under way."""
        with self._lock:
            if self._closed or (self._warmer is not None and self._warmer.is_alive()):
                return
            self._warmer = threading.Thread(target=self._warm, name="engine-warmer", daemon=True)
            self._warmer.start()

    def call(
        self,
        op: str,
        args: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        audio_s: float,
        *,
        can_shrink: bool = False,
        low_priority: bool = False,
    ) -> Outcome:
        """Run one operation to its end and return the last reply. Arguments and errors as :meth:`stream`."""
        outcomes = list(self.stream(op, args, arrays, audio_s, can_shrink=can_shrink, low_priority=low_priority))
        if not outcomes:
            raise StarlingError(
                "engine.no_reply",
                "The engine ended a call without an answer.",
                "Check its packages with `starling doctor`.",
            )
        return outcomes[-1]

    def stream(
        self,
        op: str,
        args: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        audio_s: float,
        *,
        can_shrink: bool = False,
        low_priority: bool = False,
    ) -> Generator[Outcome, None, None]:
        """Run one operation and yield its replies; failures are retried as :mod:`starling.engine.policy` says.

        Other callers wait until the iterator ends or is closed.

        Args:
            op: the operation, see :class:`starling.core.engine_api.Engine`.
            args: its JSON arguments.
            arrays: its arrays.
            audio_s: seconds of audio in or, for synthesis, expected out; sets the deadline.
            can_shrink: on ``engine.out_of_memory`` raise at once, so that the caller can come back with less.
            low_priority: raise ``engine.busy`` instead of waiting.

        Raises:
            StarlingError: the engine refused the input, every rung failed, or the supervisor was closed.
        """
        if not self._turn.acquire(blocking=not low_priority):
            raise StarlingError("engine.busy", "The engine is busy.", "Try again in a moment.")
        try:
            self._set("busy" if self._process is not None else "loading")
            attempts = 1
            for outcome in self._attempts(
                lambda process, deadline: process.replies(op, args, arrays, deadline), audio_s, can_shrink
            ):
                attempts = outcome.attempts
                yield outcome
            self._succeeded(audio_s, attempts)
        finally:
            fell_back = self._rest()
            self._turn.release()
        if fell_back:
            self.warm()

    def unload_if_idle(self) -> bool:
        """End the process when it has been idle for ``idle_unload_s`` (0: never); True when it did."""
        if self.idle_unload_s <= 0 or not self._turn.acquire(blocking=False):
            return False
        try:
            process = self._process
            if process is None or process.idle_for_s < self.idle_unload_s:
                return False
            self._drop()
            self._set("unloaded")
        finally:
            self._turn.release()
        self._on_event(EngineUnloaded(self._ladder[self._index].rung))
        return True

    def let_go(self) -> bool:
        """End an idle engine that holds the NPU; True when there was one. Its next call, or :meth:`warm`, loads it."""
        if not self._turn.acquire(blocking=False):
            return False  # the call that runs meets what has become of the NPU, and is retried
        try:
            rung = self._ladder[self._index].rung
            if self._process is None or rung.spec.provider not in ON_THE_NPU:
                return False
            self._drop()
            self._set("unloaded")
        finally:
            self._turn.release()
        self._on_event(EngineUnloaded(rung))
        return True

    def state(self) -> EngineState:
        """What a panel shows."""
        with self._lock:
            index = self._index if self._process is not None else self._ladder.best
            about, pid = (self._process.describe(), self._process.pid) if self._process is not None else ({}, None)
            why_not_better = self._ladder.why_not_better(index)
            return EngineState(self._status, self._ladder[index].rung, why_not_better, self._reason, about, pid)

    def retire(self) -> None:
        """Let the call that runs come to its end, then close."""
        with self._turn:
            pass
        self.close()

    def close(self) -> None:
        """End the process within two seconds, whatever it does; a waiting call raises ``engine.closed``."""
        with self._lock:
            self._closed = True
            self._status = "closed"
            process, warmer = self._process, self._warmer
            slot, self._slot = self._slot, None
            self._process = None
        if process is not None:
            process.kill()
        _release(slot)
        if warmer is not None:
            warmer.join(_WARM_JOIN_S)

    def _warm(self) -> None:
        with self._turn:
            try:
                for _ in self._attempts(_nothing, 0.0, can_shrink=False):
                    pass
            except StarlingError as error:
                if error.code != CLOSED:
                    self._on_event(EngineUnavailable(self._ladder[self._index].rung, str(error)))
            finally:
                self._rest()

    def _attempts(self, use: _Use, audio_s: float, can_shrink: bool) -> Generator[Outcome, None, None]:
        index, failures, attempts = self._ladder.best, 0, 0
        changes = self._ladder.left_above(index)
        while True:
            attempts += 1
            try:
                process = self._ready(index)
                about = process.describe()
                placement = Placement.from_json(about.get("placement") or {"device": "unknown", "evidence": []})
                with closing(use(process, self._ladder[index].pace.deadline_s(audio_s))) as replies:
                    for reply in replies:
                        yield Outcome(reply, self._ladder[index].rung, attempts, placement, about, tuple(changes))
                return
            except EngineFailure as failure:
                failures += 1
                following = self._after(failure, index, failures, can_shrink)
                failures = failures if following == index else 0
                if following != index:
                    lasting = bool(self._ladder[index].demoted_because)
                    changes.append(change_from(self._ladder[index].rung, str(failure), lasting=lasting))
                index = following

    def _ready(self, index: int) -> EngineProcess:
        """The running engine of this rung, loaded now if need be."""
        process = self._process
        if process is not None and self._index == index and process.alive:
            return process
        slot = self._slot_for(index)  # first: where none is free, the engine that runs goes on
        if process is not None:
            if self._index == index:
                self._on_event(EngineRestarted(self._ladder[index].rung, "The engine had ended while idle."))
            self._drop()
        process = self._begun(index, slot)
        process.wait_ready()
        self._set("busy")
        self._on_event(EngineStarted(self._ladder[index].rung, float(process.describe()["load_s"])))
        return process

    def _begun(self, index: int, slot: Slot | None) -> EngineProcess:
        """A fresh process of this rung."""
        with self._lock:
            if self._closed:
                _release(slot)
                raise _closed()
            self._status = "restarting" if self._reason else "loading"
            self._index = index
            self._slot = slot
            process = self._process = EngineProcess(self._ladder[index].rung.spec, self._clock)
        if slot is not None:
            slot.tell(process.pid)
        return process

    def _slot_for(self, index: int) -> Slot | None:
        """A place on the NPU where this rung needs one; the one that is held goes with the process that used it."""
        if self._slots is None or self._ladder[index].rung.spec.provider not in ON_THE_NPU:
            return None
        if self._index == index:
            self._drop()
        try:
            return self._slots.take(self._family)
        except StarlingError as error:
            raise EngineFailed(error, loading=False) from error

    def _after(self, failure: EngineFailure, index: int, failures: int, can_shrink: bool) -> int:
        """The rung to go on with; raises when there is none."""
        with self._lock:
            if self._closed:
                raise _closed() from failure
        rung, lower = self._ladder[index].rung, self._ladder.below(index)
        action = decide(
            failure.kind,
            tier=rung.spec.tier,
            failures_on_this_rung=failures,
            rungs_left=len(lower),
            can_shrink=can_shrink,
        )
        if failure.kind is FailureKind.INPUT or action is Action.RETRY_SMALLER:
            raise _told(failure)
        demoted = self._ladder.failed(index, failure)
        if self._index == index:  # else it did not come so far, and the engine of a lower rung still runs
            self._drop()
        with self._lock:
            self._reason = str(failure)
        if action is Action.GIVE_UP:
            raise _told(failure)
        if action is Action.RETRY_FRESH and not demoted:
            self._on_event(EngineRestarted(rung, str(failure)))
            return index
        change = TierDemoted if demoted else FellBack
        self._on_event(change(rung, self._ladder[lower[0]].rung, str(failure)))
        return lower[0]

    def _succeeded(self, audio_s: float, attempts: int) -> None:
        with self._lock:
            if self._process is not None:
                self._ladder.succeeded(self._index, audio_s, self._process.last_call_s)
            if attempts == 1:
                self._reason = ""

    def _drop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            slot, self._slot = self._slot, None
        if process is not None:
            process.kill()
        _release(slot)

    def _rest(self) -> bool:
        """Take down what the panel shows between calls; True when a better rung than the running one is to be tried."""
        with self._lock:
            if self._closed:
                return False
            if self._process is None:
                self._status = "failed" if self._reason else "unloaded"
                return False
            self._status = "ready"
            return self._index != self._ladder.best

    def _set(self, status: Status) -> None:
        with self._lock:
            if not self._closed:
                self._status = status


def _nothing(process: EngineProcess, deadline_s: float) -> Generator[Reply, None, None]:
    yield from ()


def _release(slot: Slot | None) -> None:
    if slot is not None:
        slot.release()


def _closed() -> StarlingError:
    return StarlingError(CLOSED, "The engine was closed.", "Start Starling again.")


def _told(failure: EngineFailure) -> StarlingError:
    if isinstance(failure, EngineFailed):
        return failure.error
    if isinstance(failure, EngineClosed):
        return _closed()
    return StarlingError(
        "engine.gave_up", str(failure), "Run `starling doctor`, or choose another tier in the settings."
    )
