"""The process that gives proofs in the background: ``python -m starling.pipeline.proof_worker``.

A process of its own, so that its engines run with low priority, a broken driver harms nobody, and a word that is spoken
meanwhile ends all of it at once: engines leave when the process that started them does.

Frames in: ``{"options": fields of Choice, "again": bool}``. Frames out: ``step`` (``step``, ``done``, ``steps``),
``entries`` (``entries``, ``due``), and ``end`` (``error`` or null).
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, BinaryIO

from starling.child import framing
from starling.child.process import leave_signals_to_the_parent, take_pipes
from starling.core.errors import StarlingError, internal_error
from starling.pipeline.choice import choose
from starling.pipeline.proof_run import ProofRun
from starling.pipeline.proof_voice import VoiceProofRun
from starling.pipeline.proving import OPTIONS
from starling.settings.schema import SETTINGS

NICENESS = 10
"""What the user does comes first; both sides of a comparison have it, so the comparison stays fair."""


class Worker:
    """Serves one order."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._runs: list[ProofRun] = []

    def serve(self) -> None:
        """Do what is ordered, tell it, return."""
        order = framing.read(self._incoming)
        if order is None:
            return
        threading.Thread(target=self._leave_with_the_parent, name="proof-stdin", daemon=True).start()
        error: StarlingError | None = None
        try:
            error = self._prove(order.data)
        except StarlingError as failure:
            error = failure
        except Exception as failure:  # noqa: BLE001 - whoever waits must be told an end
            error = internal_error(failure)
        self._send({"kind": "end", "error": None if error is None else error.to_json()})

    def _prove(self, order: Mapping[str, Any]) -> StarlingError | None:
        defaults = {setting.key: setting.default for setting in SETTINGS}
        options = {name: order["options"][name] for name in OPTIONS}
        choice = choose(defaults.__getitem__, None, **options)
        for kind in (ProofRun, VoiceProofRun):
            with contextlib.suppress(StarlingError):  # the model that was named is gone: nothing of it can be proven
                self._runs.append(kind(choice, self._step, self._entries))
        self._entries()
        troubles = [error for run in self._runs for error in run.run(again=bool(order["again"]))]
        return troubles[0] if troubles else None

    def _step(self, step: str, done: int, steps: int) -> None:
        self._send({"kind": "step", "step": step, "done": done, "steps": steps})

    def _entries(self) -> None:
        entries = [asdict(entry) for run in self._runs for entry in run.entries]
        self._send({"kind": "entries", "entries": entries})

    def _send(self, data: Mapping[str, Any]) -> None:
        try:
            framing.write(self._outgoing, data)
        except OSError:
            os._exit(0)

    def _leave_with_the_parent(self) -> None:
        while framing.read(self._incoming) is not None:
            pass
        os._exit(0)


def main() -> None:
    """Serve the pipe on stdin and stdout."""
    leave_signals_to_the_parent()
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(NICENESS)
    Worker(*take_pipes()).serve()
    os._exit(0)


if __name__ == "__main__":
    main()
