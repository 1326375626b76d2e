"""Gives the proofs: every accelerator hears the known clip beside the tier below, in processes of their own."""

from __future__ import annotations

import threading
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from starling import locate
from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples, SttOptions, Transcript
from starling.engine.clients import SttClient
from starling.engine.failures import CLOSED, OUT_OF_MEMORY
from starling.engine.supervisor import Supervisor
from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.contexts import Family
from starling.npu.proof.keys import key_of
from starling.npu.proof.records import ProofKey, ProofRecord
from starling.npu.proof.rules import COSINE_LIMIT, Check, expected_devices, invalid
from starling.pipeline import candidacy, engines
from starling.pipeline.candidacy import Candidacy
from starling.pipeline.choice import Choice
from starling.pipeline.proof_entries import entries
from starling.pipeline.proof_events import ProofEntry
from starling.speech.stt.ladder import stt_ladder, who

SPOKEN = "What is the weather like today, and when does the next train leave?"
RUNS = 5
"""Measured ones of each side; the median bears two that something disturbed."""
PLAIN_REFERENCE_BYTES = 400_000_000
"""A model up to this size is also run with plain 32-bit numbers, as the reference of the encoder."""
_OPTIONS = SttOptions(language="en", temperatures=(0.0,))
PASSING = (CLOSED, OUT_OF_MEMORY, "npu.busy", "npu.context_limit", "npu.heap_full", "memory.out")
"""Failures that say nothing of the candidate: it is proven another time."""
_STEPS = 4
"""Of one candidate."""

Tell = Callable[[str, int, int], None]
"""Hears of each step: its words, how many are behind it, how many there are."""


class ProofRun:
    """Proves what has no proof yet. :meth:`abort` ends it, from any thread.

    Args:
        choice: what the user chose.
        tell: hears of every step.
        told: hears of every finished proof.
    """

    family: Family = "stt"

    def __init__(
        self, choice: Choice, tell: Tell = lambda step, done, steps: None, told: Callable[[], None] = lambda: None
    ) -> None:
        self._choice = choice
        self._tell = tell
        self._told = told
        self._lock = threading.Lock()  # guards the two below
        self._open: list[Supervisor] = []
        self._aborted = False
        self._done = self._steps = 0
        self.records = candidacy.records()
        self.model, self._looked = self._look()

    def _look(self) -> tuple[ModelInfo | None, Candidacy]:
        """The model, and what there is on this machine to run it with."""
        model = engines.stt_model(self._choice)
        return model, candidacy.look(self._choice, model, closely=True)

    @property
    def entries(self) -> tuple[ProofEntry, ...]:
        """Every candidate with what is proven of it by now."""
        return entries(self._looked.candidates, self.records, self._looked.stamp, self._choice.stt_prefer)

    def due(self, *, again: bool = False) -> list[Candidate]:
        """What would be proven now. The emulation is, only if ``again`` says that it was asked for."""
        startable = [candidate for candidate in self._looked.candidates if candidate.spec is not None]
        return [
            candidate
            for candidate in startable
            if again or (not candidate.emulated and self.records.of(self._key(candidate)) is None)
        ]

    def run(self, *, again: bool = False) -> list[StarlingError]:
        """Prove everything that is due; what could not be proven for now comes back.

        Args:
            again: also what is proven already.

        Raises:
            StarlingError: ``proof.cancelled``; ``proof.unwritable``; the tier below cannot be used.
        """
        due, troubles = self.due(again=again), []
        self._done, self._steps = 0, _STEPS * len(due)
        for number, candidate in enumerate(due):
            self._done = _STEPS * number
            try:
                self.records.keep(self._prove(candidate))
            except StarlingError as error:
                self._check()
                if error.code not in PASSING:
                    raise
                troubles.append(error)
            self._told()
        return troubles

    def abort(self) -> None:
        """End what runs; :meth:`run` raises ``proof.cancelled``."""
        with self._lock:
            self._aborted, running = True, list(self._open)
        for supervisor in running:
            supervisor.close()

    def _key(self, candidate: Candidate) -> ProofKey:
        return key_of(candidate, self._looked.stamp)

    def _prove(self, candidate: Candidate) -> ProofRecord:
        clip, below = known_clip(), below_of(self.model, self._choice.stt_threads)
        record = ProofRecord(
            self._key(candidate), below.name, audio_s=round(len(clip) / SAMPLE_RATE, 3), at=round(time.time(), 1)
        )
        with self._engine(below) as reference:
            self._step(candidate, f"{below.name} hears the known clip")
            expected = _heard(reference, clip)
            try:
                with self._engine(_spec(candidate)) as engine:
                    return self._tried(candidate, record, engine, reference, expected, clip)
            except StarlingError as error:
                if error.code in PASSING or self._is_aborted():
                    raise
                return replace(record, invalid=f"it failed: {error.message}")

    def _tried(
        self,
        candidate: Candidate,
        record: ProofRecord,
        engine: SttClient,
        reference: SttClient,
        expected: Transcript,
        clip: Samples,
    ) -> ProofRecord:
        self._step(candidate, "loading it, and letting it hear the known clip")
        heard = _heard(engine, clip)
        checks: tuple[Check, ...] = ()
        if candidate.provider != "server":
            self._step(candidate, "comparing its encoder with the reference")
            checks = (self._encoder(engine, reference, clip),)
        why = invalid(
            heard=heard.text,
            reference=expected.text,
            spoken=SPOKEN,
            device=heard.placement.device,
            evidence=heard.placement.evidence,
            expected=expected_devices(candidate.tier, emulated=candidate.emulated),
            checks=checks,
        )
        ran = heard.placement
        record = replace(record, device=ran.device, evidence=ran.evidence, invalid=why, checks=checks)
        if why or candidate.emulated:  # no speed of the emulation is the NPU's
            return record
        self._step(candidate, "measuring it beside the tier below")
        times = [(self._timed(engine, clip), self._timed(reference, clip)) for _ in range(RUNS)]
        mine, theirs = zip(*times, strict=True)
        return replace(record, candidate_s=mine, below_s=theirs)

    def _encoder(self, engine: SttClient, reference: SttClient, clip: Samples) -> Check:
        """The candidate's encoder against the CPU's, in plain 32-bit numbers where the model is small enough."""
        states = _states(engine, clip)
        small = self.model is not None and self.model.size_bytes <= PLAIN_REFERENCE_BYTES
        if not small:
            return Check("encoder cosine", cosine(states, _states(reference, clip)), COSINE_LIMIT)
        below = below_of(self.model, self._choice.stt_threads)
        plain = replace(below, name=f"{below.name}:float32", config=below.config | {"compute_type": "float32"})
        with self._engine(plain) as exact:
            return Check("encoder cosine", cosine(states, _states(exact, clip)), COSINE_LIMIT)

    def _timed(self, client: SttClient, clip: Samples) -> float:
        self._check()
        started = time.perf_counter()
        _heard(client, clip)
        return time.perf_counter() - started

    @contextmanager
    def _engine(self, spec: EngineSpec) -> Iterator[SttClient]:
        slots = candidacy.slots() if spec.provider else None
        supervisor = Supervisor([Rung(spec)], slots=slots, family=self.family)
        with self._lock:
            self._open.append(supervisor)
        try:
            self._check()
            yield SttClient(supervisor)
        finally:
            supervisor.close()
            with self._lock:
                self._open.remove(supervisor)

    def _step(self, candidate: Candidate, words: str) -> None:
        self._check()
        self._tell(f"{who(candidate)}: {words}", self._done, self._steps)
        self._done += 1

    def _is_aborted(self) -> bool:
        with self._lock:
            return self._aborted

    def _check(self) -> None:
        if self._is_aborted():
            raise StarlingError("proof.cancelled", "The proof was cancelled.", "It can be given again at any time.")


def below_of(model: ModelInfo | None, threads: int) -> EngineSpec:
    """The engine that an accelerator has to be better than."""
    tier = "legacy" if model is not None else "demo"
    return stt_ladder(tier, model, (), threads)[0].spec  # type: ignore[arg-type]  # one of its words


def known_clip() -> Samples:
    """The clip that ships with Starling, (n,) float32 at 16 kHz.

    Raises:
        StarlingError: ``proof.no_clip``.
    """
    path = locate.shipped("resources", "proof", "clip.wav")
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, SAMPLE_RATE):
                raise wave.Error("another format")
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise StarlingError("proof.no_clip", f"{path} cannot be read: {error}.", "Install Starling again.") from None
    return np.frombuffer(data, "<i2").astype(np.float32) / 32768.0


def cosine(states: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    """The mean cosine of the frames' states; not a number where the shapes differ or a state is no finite number."""
    if states.shape != reference.shape or states.ndim != 2 or not len(states):
        return float("nan")
    one, other = np.asarray(states, np.float64), np.asarray(reference, np.float64)
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    if not np.all(np.isfinite(norms)) or not np.all(norms > 0):
        return float("nan")
    return float(np.mean(np.sum(one * other, axis=1) / norms))


def _spec(candidate: Candidate) -> EngineSpec:
    if candidate.spec is None:
        raise AssertionError("only what can be started is proven")
    return replace(candidate.spec, provider=candidate.provider)


def _heard(client: SttClient, clip: Samples) -> Transcript:
    return client.transcribe([clip], _OPTIONS)[0].transcript


def _states(client: SttClient, clip: Samples) -> NDArray[np.float32]:
    outcome = client.supervisor.call("encode", {}, {"0": clip}, len(clip) / SAMPLE_RATE)
    return outcome.reply.arrays.get("states", np.zeros((0, 0), np.float32))
