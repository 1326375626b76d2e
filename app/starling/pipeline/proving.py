"""Proofs in the background: given when nobody speaks, shown as they come, and followed by the engine they speak for."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from starling.child import framing
from starling.child.process import Child
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.choice import Choice
from starling.pipeline.proof_events import ProofShown, entry_from_json
from starling.pipeline.quiet import Quiet

QUIET_S = 60.0
"""Nobody has spoken for this long, and the first paint is far behind."""
QUIET_ON_DEMAND_S = 2.0
"""The same when the user waits for it."""
LOOK_S = 0.5
OPTIONS = ("stt_tier", "stt_provider", "stt_prefer", "stt_model", "stt_threads", "tts_tier", "tts_model")
"""The fields of a choice that a proof depends on."""
_ARGV = (sys.executable, "-m", "starling.pipeline.proof_worker")


class Proving:
    """Gives proofs that are due, one process at a time. Every method returns at once, from any thread.

    Args:
        choice: what the user chose; asked when a proof begins.
        emit: hears ``ProofShown``.
        finished: called on the prover's thread when something was proven: the best engine may be another one.
        clock: monotonic seconds.
        quiet_s: see ``QUIET_S``.
        quiet_on_demand_s: see ``QUIET_ON_DEMAND_S``.
    """

    def __init__(
        self,
        choice: Callable[[], Choice],
        emit: Callable[[events.Event], None],
        finished: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        quiet_s: float = QUIET_S,
        quiet_on_demand_s: float = QUIET_ON_DEMAND_S,
    ) -> None:
        self._choice = choice
        self._emit = emit
        self._finished = finished
        self._clock = clock
        self._quiet_s = {False: quiet_s, True: quiet_on_demand_s}
        self._lock = threading.Lock()  # guards all below
        self._quiet = Quiet(clock())
        self._wanted = True
        self._again = False
        self._closing = False
        self._killed = False
        self._child: Child | None = None
        self._shown = ProofShown("idle")
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proving", daemon=True)
        self._thread.start()

    def hear(self, event: events.Event) -> None:
        """Follow the pipeline: what somebody says ends a proof, to be given when it is quiet again."""
        with self._lock:
            self._quiet.hear(event, self._clock())
            child = self._child if self._quiet.busy else None
            self._killed |= child is not None
        if child is not None:
            child.process.kill()  # the reader sees its end

    def overhear(self, emit: Callable[[events.Event], None]) -> Callable[[events.Event], None]:
        """An ``emit`` that follows what it passes on."""

        def passed_on(event: events.Event) -> None:
            self.hear(event)
            emit(event)

        return passed_on

    def look(self) -> None:
        """Something changed: prove what is due now."""
        with self._lock:
            self._wanted = True
        self._wake.set()

    def prove(self) -> None:
        """Prove everything again, in the next quiet moment."""
        with self._lock:
            self._wanted = self._again = True
        self._wake.set()

    def cancel(self) -> None:
        """End a proof, and do not begin one that waits; what is due is given at the next start."""
        with self._lock:
            self._wanted = self._again = False
            child = self._child
            self._killed |= child is not None
        if child is not None:
            child.process.kill()
        self._show(replace(self._shown, status="idle", step="", done=0, steps=0))

    def show(self) -> None:
        """Tell the state once more."""
        self._emit(self._shown)

    def reason(self, family: str, provider: str) -> str:
        """Why a provider was taken, as it was last shown: ``34 % faster, encoder cosine 0.9996``."""
        for entry in self._shown.entries:
            if (entry.family, entry.provider, entry.state) == (family, provider, "taken"):
                figures = [f"{figure.name} {figure.value:.4f}" for figure in entry.figures]
                return ", ".join([entry.reason, *figures])
        return ""

    def close(self) -> None:
        """End everything."""
        with self._lock:
            self._closing, child = True, self._child
            self._killed |= child is not None
        if child is not None:
            child.process.kill()
        self._wake.set()
        self._thread.join(1.0)

    # -- on the prover's thread ----------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._lock:
                closing, wanted, again = self._closing, self._wanted, self._again
                rested = self._quiet.lasted_s(self._clock()) >= self._quiet_s[again]
            if closing:
                return
            if wanted and rested:
                self._prove(again)
            elif wanted and again and self._shown.status != "waiting":
                self._show(replace(self._shown, status="waiting", step="", done=0, steps=0))
            self._wake.wait(LOOK_S if wanted else None)
            self._wake.clear()

    def _prove(self, again: bool) -> None:
        """One process from its start to its end."""
        inbox: queue.SimpleQueue[framing.Message | None] = queue.SimpleQueue()
        self._show(replace(self._shown, status="running", step="", done=0, steps=0, error=None))
        try:
            child = Child(_ARGV, on_message=inbox.put, on_exit=lambda: inbox.put(None), name="prover")
        except OSError as error:
            self._ended(StarlingError("proof.no_process", f"No proof can be given: {error.strerror}.").to_json())
            return
        with self._lock:
            self._child, self._killed = child, False
            unwanted = self._closing or self._quiet.busy or not self._wanted
        try:
            if not unwanted:
                choice = self._choice()
                child.send({"options": {name: getattr(choice, name) for name in OPTIONS}, "again": again})
                self._follow(inbox)
        except OSError:
            pass  # it was ended before it began
        finally:
            with self._lock:
                self._child = None
            child.kill()

    def _follow(self, inbox: queue.SimpleQueue[framing.Message | None]) -> None:
        told = False
        while (message := inbox.get()) is not None:
            data = message.data
            if data["kind"] == "step":
                step = replace(self._shown, step=str(data["step"]), done=int(data["done"]), steps=int(data["steps"]))
                self._show(step)
            elif data["kind"] == "entries":
                self._show(replace(self._shown, entries=tuple(entry_from_json(entry) for entry in data["entries"])))
            elif data["kind"] == "end":
                told = True
                self._ended(data["error"])
        if not told:
            self._broken_off()

    def _ended(self, error: dict[str, str] | None) -> None:
        with self._lock:
            self._wanted = self._again = False
            closing = self._closing
        self._show(replace(self._shown, status="idle", step="", done=0, steps=0, error=error))
        if not closing:
            self._finished()

    def _broken_off(self) -> None:
        """The process ended without its last word: somebody spoke, it was cancelled, or it crashed."""
        with self._lock:
            killed, waits = self._killed, self._wanted
        if killed:
            self._show(replace(self._shown, status="waiting" if waits else "idle", step="", done=0, steps=0))
            return
        error = StarlingError("proof.crashed", "The proof ended unexpectedly.", "Try `starling doctor --prove`.")
        self._ended(error.to_json())

    def _show(self, shown: ProofShown) -> None:
        if shown != self._shown:
            self._shown = shown
            self._emit(shown)
