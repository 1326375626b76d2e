"""How long each operation of the recogniser and the voice takes, with the clip that ships with Starling."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from starling.child import vitals
from starling.core.engine_api import Rung
from starling.core.results import SAMPLE_RATE, Samples, SttOptions
from starling.engine.clients import SttClient, TtsClient
from starling.engine.supervisor import Supervisor
from starling.npu.contexts import Family
from starling.npu.monitor import memory
from starling.npu.monitor.statistics import Durations, table
from starling.pipeline import candidacy, engines
from starling.pipeline.choice import Choice
from starling.pipeline.proof_run import known_clip

NAME = "profile"
SPOKEN = "This sentence is spoken to see how long it takes."
_OPTIONS = SttOptions(language="en", temperatures=(0.0,))

Operations = dict[str, dict[str, float]]


@dataclass(frozen=True)
class EngineProfile:
    """One engine's times.

    Attributes:
        device: where it ran, by its own evidence.
        changes: better engines that did not deliver, each with the reason.
        audio_s: of the clip, or of what was spoken.
        calls: whole calls, as they were waited for here.
        parts: of a call, inside the engine.
        operations: of the accelerator, inside the encoder.
        memory_bytes: resident, of its process; None where it cannot be read.
        buffer_bytes: of the accelerator, as its driver tells; None where it does not.
    """

    family: str
    name: str
    device: str
    evidence: tuple[str, ...]
    audio_s: float
    calls: Operations
    parts: Operations = field(default_factory=dict)
    operations: Operations = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    memory_bytes: int | None = None
    buffer_bytes: int | None = None

    def to_json(self) -> dict[str, Any]:
        """An entry of ``engines``."""
        return {**self.__dict__, "evidence": list(self.evidence), "changes": list(self.changes)}

    def to_text(self) -> str:
        """A table for people."""
        emulated = ", emulated: these are not the NPU's times" if self.device == "emulated" else ""
        lines = [f"{self.name} on {self.device}{emulated}, {self.audio_s:.1f} s of sound"]
        sizes = [
            f"{word} {size / 1e6:.0f} MB"
            for word, size in (("resident memory", self.memory_bytes), ("NPU buffers", self.buffer_bytes))
            if size is not None
        ]
        lines += [f"  {', '.join(sizes)}"] if sizes else []
        lines += [f"  not {change}" for change in self.changes]
        for operations in (self.calls, self.parts, self.operations):
            if operations:
                lines += ["", *(f"  {line}" for line in table(operations))]
        return "\n".join(lines)


@dataclass(frozen=True)
class Profile:
    """Of both engines; stands among the figures of ``bench``."""

    engines: tuple[EngineProfile, ...]
    runs: int

    def to_json(self) -> dict[str, Any]:
        """An entry of ``figures``."""
        return {"name": NAME, "runs": self.runs, "engines": [engine.to_json() for engine in self.engines]}

    def to_text(self) -> str:
        """Both tables."""
        return "\n\n".join(engine.to_text() for engine in self.engines)


def measure(choice: Choice, runs: int) -> Profile:
    """Profile the recogniser and the voice that this choice uses. Raises StarlingError where one cannot be used."""
    return Profile((recogniser(choice, runs), voice(choice, runs)), runs)


def recogniser(choice: Choice, runs: int) -> EngineProfile:
    """The recogniser: its parts, and where it says them each operation of the accelerator."""
    clip, calls, changes = known_clip(), Durations(), []
    with closing(_supervisor("stt", engines.stt_rungs(choice))) as supervisor:
        client = SttClient(supervisor)
        client.transcribe([clip], _OPTIONS)  # the first call pages the weights in, and compiles where that is needed
        for _ in range(runs):
            (result,) = _timed(calls, lambda: client.transcribe([clip], _OPTIONS))
            changes += [f"{change.who}: {change.reason}" for change in result.changes]
        told = _told(supervisor, clip)
        placement = result.transcript.placement
        return EngineProfile(
            "stt", result.rung.spec.name, placement.device, placement.evidence, len(clip) / SAMPLE_RATE,
            {"whole call": calls.to_json()}, told.get("parts", {}), told.get("operations", {}),
            tuple(dict.fromkeys(changes)), *_memory(supervisor),
        )  # fmt: skip


def voice(choice: Choice, runs: int) -> EngineProfile:
    """The voice: until its first sound, and until its last."""
    first, whole = Durations(), Durations()
    with closing(_supervisor("tts", engines.tts_rungs(choice))) as supervisor:
        client = TtsClient(supervisor)
        list(client.synthesize(SPOKEN, choice.voice, choice.speed))
        for _ in range(runs):
            started = time.perf_counter_ns()
            synthesis = client.synthesize(SPOKEN, choice.voice, choice.speed)
            for number, _chunk in enumerate(synthesis):
                if number == 0:
                    first.add(time.perf_counter_ns() - started)
            whole.add(time.perf_counter_ns() - started)
        metrics = synthesis.metrics
        if metrics is None:
            raise AssertionError("a synthesis that came to its end has metrics")
        placement = metrics.placement
        return EngineProfile(
            "tts", metrics.rung.spec.name, placement.device, placement.evidence, metrics.audio_s,
            {"first sound": first.to_json(), "whole call": whole.to_json()},
            memory_bytes=_memory(supervisor)[0], buffer_bytes=_memory(supervisor)[1],
        )  # fmt: skip


def _supervisor(family: Family, rungs: list[Rung]) -> Supervisor:
    slots = candidacy.slots() if any(rung.spec.provider for rung in rungs) else None
    return Supervisor(rungs, slots=slots, family=family)


def _timed(durations: Durations, call: Callable[[], Any]) -> Any:
    started = time.perf_counter_ns()
    result = call()
    durations.add(time.perf_counter_ns() - started)
    return result


def _told(supervisor: Supervisor, clip: Samples) -> dict[str, Any]:
    """What the engine that runs keeps of times; where it launches operations, one more call measures each alone."""
    if supervisor.state().rung.spec.tier not in ("advanced", "legacy"):
        return {}
    told = supervisor.call("profile", {"each": True}, {}, 0.0).reply.data
    if "operations" not in told:
        return told
    parts = told["parts"]
    SttClient(supervisor).transcribe([clip], _OPTIONS)
    each = supervisor.call("profile", {"each": False}, {}, 0.0).reply.data
    return {**each, "parts": parts}


def _memory(supervisor: Supervisor) -> tuple[int | None, int | None]:
    pid = supervisor.state().pid
    return (None, None) if pid is None else (vitals.memory_bytes(pid), memory.held(pid))
