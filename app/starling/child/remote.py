"""An engine in a child process under another Python, seen from the engine process that needs it.

The child ends with this process, in mid-inference too, because it watches its stdin. What it does not end by itself is
seen here: its death, and its silence. How long it may work is the business of whoever waits for this process.
"""

from __future__ import annotations

import math
import queue
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from starling.child import framing, vitals
from starling.child.command import python_argv, python_env
from starling.child.patience import TICK_S, Patience
from starling.child.process import Child
from starling.core.errors import StarlingError

_END_S = 1.0


@dataclass(frozen=True)
class RemoteSpec:
    """How to start it.

    Attributes:
        name: for people: ``vitisai:whisper-small``.
        noun: what it is: ``encoder``.
        factory: ``module:function`` that takes ``config`` and returns an engine.
        config: JSON values.
        interpreter: its Python, which needs numpy and the engine's own packages; empty for ours.
        env: variables set on top of ours.
        load_deadline_s: from start of the process to ready.
        silent_load: it may say nothing for long while it loads, with Python's lock held and other programs at work.
    """

    name: str
    noun: str
    factory: str
    config: Mapping[str, Any]
    interpreter: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    load_deadline_s: float = 60.0
    silent_load: bool = False


class RemoteEngine:
    """The constructor returns when the engine is loaded. Every failure ends the child.

    A child that died or went silent is told as ``engine.crashed`` or ``engine.hung``.

    Attributes:
        about: what the engine said of itself when it was loaded.

    Raises:
        StarlingError: ``engine.cannot_start``, ``engine.crashed``, ``engine.hung``, or what the engine told.
    """

    def __init__(self, spec: RemoteSpec) -> None:
        self._spec = spec
        self._ready = False
        self._call = 0
        self._inbox: queue.SimpleQueue[framing.Message | None] = queue.SimpleQueue()
        self._child = self._start()
        try:
            self._send({"kind": "load", "factory": spec.factory, "config": dict(spec.config)})
            self.about: dict[str, Any] = dict(self._answer("ready", 0, spec.load_deadline_s).data["about"])
        except BaseException:
            self._child.kill()
            raise
        self._ready = True

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def call(self, op: str, args: Mapping[str, Any], arrays: framing.Arrays) -> tuple[dict[str, Any], framing.Arrays]:
        """One call with one reply: its data and arrays, which cannot be written to. Raises as the constructor."""
        self._call += 1
        try:
            self._send({"kind": "call", "id": self._call, "op": op, "args": dict(args)}, arrays)
            reply = self._answer("reply", self._call, math.inf)
            self._answer("end", self._call, math.inf)
        except BaseException:
            self._child.kill()
            raise
        return dict(reply.data["data"]), reply.arrays

    def kill(self) -> None:
        """End the child at once."""
        self._child.kill()

    def close(self) -> None:
        """End the child."""
        self._child.close(_END_S)

    def _start(self) -> Child:
        argv = python_argv(self._spec.interpreter)
        try:
            return Child(
                argv,
                on_message=self._inbox.put,
                on_exit=partial(self._inbox.put, None),
                env=python_env(self._spec.interpreter, self._spec.env),
                name=self._spec.noun,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise self._cannot_start(f"{argv[0]}: {reason}") from error

    def _send(self, data: Mapping[str, Any], arrays: framing.Arrays | None = None) -> None:
        try:
            self._child.send(data, {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()})
        except (OSError, ValueError) as error:
            raise self._ended() from error

    def _answer(self, kind: str, call: int, deadline_s: float) -> framing.Message:
        """The child's next message of that kind, beats left out."""
        wait = Patience(deadline_s, partial(vitals.cpu_seconds, self._child.pid))
        patient = self._spec.silent_load and not self._ready
        while True:
            try:
                message = self._inbox.get(timeout=TICK_S)
            except queue.Empty:
                wait.tick()
            else:
                if message is None:
                    raise self._ended()
                wait.heard()
                if message.data.get("kind") == "error":
                    raise StarlingError.from_json(message.data["error"])
                if message.data.get("kind") == kind and message.data.get("id", 0) == call:
                    return message
            if wait.late or (wait.frozen and not patient):
                raise self._hung(wait)

    def _hung(self, wait: Patience) -> StarlingError:
        how = (
            f"gave no sign of life for {wait.silent_s:.0f} s"
            if not wait.late
            else f"was not ready within {wait.waited_s:.0f} s"
        )
        return StarlingError("engine.hung", f"The {self._spec.noun} {self._spec.name} {how}.", _CHECK)

    def _ended(self) -> StarlingError:
        self._child.kill()
        status: int | None = self._child.process.returncode
        last_line = self._child.stderr_tail.strip().rpartition("\n")[2]
        if not self._ready and status == 1:  # how Python ends that lacks what the worker imports
            return self._cannot_start(last_line or "exit status 1")
        how = "stuck inside a driver" if status is None else f"signal {-status}" if status < 0 else f"status {status}"
        # Not its stderr: it may quote what was said.
        message = f"The {self._spec.noun} {self._spec.name} ended unexpectedly ({how})."
        return StarlingError("engine.crashed", message, _CHECK)

    def _cannot_start(self, reason: str) -> StarlingError:
        message = f"The {self._spec.noun} {self._spec.name} cannot be started: {reason.rstrip('.')}."
        return StarlingError("engine.cannot_start", message, _CHECK)


_CHECK = "Check its Python and packages with `starling doctor`."
