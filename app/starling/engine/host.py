"""One engine process, seen from Starling."""

from __future__ import annotations

import contextlib
import queue
import re
import signal
import threading
import time
from collections.abc import Callable, Generator, Mapping
from functools import partial
from typing import Any

from numpy.typing import NDArray

from starling.child import framing, vitals
from starling.child.patience import TICK_S, Patience
from starling.child.process import Child
from starling.core.engine_api import EngineSpec, Reply
from starling.core.errors import StarlingError
from starling.engine.command import worker_argv, worker_env
from starling.engine.failures import EngineClosed, EngineCrashed, EngineFailed, EngineFailure, EngineHung

_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Fail)\b")


class EngineProcess:
    """A worker process and the calls made to it, one at a time.

    The constructor starts the process and returns; :meth:`wait_ready` waits for the model. Every failure is an
    :class:`EngineFailure`. A process that crashed or hung has been killed and reaped when the failure is raised.

    Raises:
        EngineFailed: the interpreter cannot be started.
    """

    def __init__(self, spec: EngineSpec, clock: Callable[[], float] = time.monotonic) -> None:
        self.spec = spec
        self.last_call_s = 0.0
        self._clock = clock
        self._about: dict[str, Any] = {}
        self._spoke = False
        self._closed = False
        self._call_id = 0
        self._told_cancel = False
        self._unfinished: Patience | None = None
        self._inbox: queue.SimpleQueue[framing.Message | None] = queue.SimpleQueue()
        # Writes go through a thread: a frozen worker leaves its pipe full, and the write would never return.
        self._outbox: queue.SimpleQueue[list[bytes | memoryview] | None] = queue.SimpleQueue()
        self._child = self._start()
        self._sender = threading.Thread(target=self._send_all, name=f"{spec.name}-sender", daemon=True)
        self._sender.start()
        self._load_wait = Patience(spec.load_deadline_s, self._cpu, clock)
        self._last_used = clock()
        self._outbox.put(framing.encode({"kind": "load", "factory": spec.factory, "config": spec.config}))

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._child.alive

    @property
    def idle_for_s(self) -> float:
        """Seconds since the last call ended, or since the engine was ready."""
        return self._clock() - self._last_used

    @property
    def stderr_tail(self) -> str:
        """The last lines the worker wrote to stderr."""
        return self._child.stderr_tail

    def wait_ready(self) -> None:
        """Wait until the model is loaded.

        Raises:
            EngineFailure: it crashed, hung, passed ``spec.load_deadline_s`` or told an error; it is killed then.
        """
        try:
            ready = self._receive(0, self._load_wait)
        except EngineFailure:
            self.kill()
            raise
        self._about = {**ready.data["about"], "load_s": ready.data["load_s"]}
        self._last_used = self._clock()

    def describe(self) -> dict[str, Any]:
        """What the engine says of itself, and ``load_s``; empty before it is ready."""
        return dict(self._about)

    def call(
        self,
        op: str,
        args: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        deadline_s: float,
        on_reply: Callable[[Reply], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> Reply:
        """Run one operation and return its last reply; ``on_reply`` sees every one.

        Raises:
            EngineFailure: it did not come to its end.
        """
        last = Reply({})
        for last in self.replies(op, args, arrays, deadline_s, cancel):
            if on_reply is not None:
                on_reply(last)
        return last

    def replies(
        self,
        op: str,
        args: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        deadline_s: float,
        cancel: threading.Event | None = None,
    ) -> Generator[Reply, None, None]:
        """Run one operation and yield its replies as they come. Leaving the iterator early cancels the call.

        Args:
            op: the operation, see :class:`starling.core.engine_api.Engine`.
            args: its JSON arguments.
            arrays: its arrays.
            deadline_s: for the waiting alone; what the caller does between replies is not counted.
            cancel: when set, the engine stops at its next reply and the iteration ends.

        Raises:
            EngineFailure: it did not come to its end.
        """
        self._settle()
        parts = framing.encode({"kind": "call", "id": self._call_id + 1, "op": op, "args": args}, arrays)
        self._call_id += 1
        self._told_cancel = False
        self._outbox.put(parts)
        wait = self._unfinished = Patience(deadline_s, self._cpu, self._clock)
        try:
            while (message := self._receive(self._call_id, wait, cancel)).data["kind"] != "end":
                if not self._told_cancel:
                    yield Reply(message.data["data"], message.arrays)
            self._unfinished = None
        except EngineFailure:
            self._unfinished = None
            raise
        finally:
            self.last_call_s = wait.waited_s
            self._last_used = self._clock()
            if self._unfinished is not None:
                self._cancel()

    def kill(self) -> None:
        """End the process at once, frozen or not, and reap it. May be called from any thread, more than once."""
        self._closed = True
        self._child.kill()
        self._outbox.put(None)
        self._sender.join(1.0)

    def close(self) -> None:
        """Ask the process to end, kill it after a second, and reap it."""
        self._closed = True
        self._outbox.put(None)
        self._child.close()
        self._sender.join(1.0)

    def _start(self) -> Child:
        argv = worker_argv(self.spec)
        try:
            return Child(
                argv,
                on_message=self._inbox.put,
                on_exit=partial(self._inbox.put, None),
                env=worker_env(self.spec),
                name=self.spec.name,
            )
        except OSError as error:
            raise EngineFailed(_cannot_start(self.spec, f"{argv[0]}: {error.strerror}"), loading=True) from error

    def _send_all(self) -> None:
        while (parts := self._outbox.get()) is not None:
            try:
                self._child.send_parts(parts)
            except (OSError, ValueError):
                return  # the reader sees the same end and tells the caller

    def _cancel(self) -> None:
        self._told_cancel = True
        self._outbox.put(framing.encode({"kind": "cancel", "id": self._call_id}))

    def _settle(self) -> None:
        """Wait for the end of a call that its caller left, in the time that call had left."""
        wait, self._unfinished = self._unfinished, None
        with contextlib.suppress(EngineFailed):  # an error of a call that nobody waits for
            while wait is not None and self._receive(self._call_id, wait).data["kind"] != "end":
                pass

    def _cpu(self) -> float | None:
        return vitals.cpu_seconds(self._child.pid)

    def _receive(self, call: int, wait: Patience, cancel: threading.Event | None = None) -> framing.Message:
        """The next message of this call, beats left out."""
        wait.resume()
        while True:
            if cancel is not None and cancel.is_set() and not self._told_cancel:
                self._cancel()
            try:
                message = self._inbox.get(timeout=TICK_S)
            except queue.Empty:
                wait.tick()
            else:
                if message is None:
                    self._inbox.put(None)  # a later call meets the end too
                    raise self._ended()
                wait.heard()
                self._spoke = True
                if message.data["kind"] == "error":
                    raise EngineFailed(StarlingError.from_json(message.data["error"]), loading=not self._about)
                if message.data["kind"] != "beat" and message.data.get("id", 0) == call:
                    return message
            if wait.frozen or wait.late:
                raise self._hung(wait)

    def _hung(self, wait: Patience) -> EngineHung:
        self.kill()
        if wait.frozen:
            return EngineHung(f"{self.spec.name} gave no sign of life for {wait.silent_s:.0f} s.", deadline=False)
        return EngineHung(f"{self.spec.name} did not answer within {wait.waited_s:.0f} s.", deadline=True)

    def _ended(self) -> EngineFailure:
        closed = self._closed
        self.kill()
        status: int | None = self._child.process.returncode
        if closed:
            return EngineClosed(f"{self.spec.name} was closed.")
        last_line = self.stderr_tail.strip().rpartition("\n")[2]
        if not self._spoke and status is not None and status > 0:
            return EngineFailed(_cannot_start(self.spec, last_line or f"exit status {status}"), loading=True)
        # The name of the exception alone: its text may quote what was said.
        exception = _EXCEPTION.match(last_line)
        cause = f"{_exit_text(status)}, {exception[0]}" if exception else _exit_text(status)
        return EngineCrashed(f"{self.spec.name} ended unexpectedly ({cause}).")


def _cannot_start(spec: EngineSpec, reason: str) -> StarlingError:
    return StarlingError(
        "engine.cannot_start",
        f"The engine {spec.name} cannot be started: {reason}.",
        "Check its Python and packages with `starling doctor`.",
    )


def _exit_text(status: int | None) -> str:
    if status is None:
        return "stuck inside a driver"
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
