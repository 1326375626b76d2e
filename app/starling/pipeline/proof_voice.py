"""Gives the proofs of voices: every accelerator speaks the known text beside the CPU, with the same noise."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Samples
from starling.engine.clients import CHARACTERS_PER_S, SttClient
from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.contexts import Family
from starling.npu.proof.records import ProofRecord
from starling.npu.proof.rules import expected_devices, invalid
from starling.pipeline import candidacy, engines
from starling.pipeline.candidacy import Candidacy
from starling.pipeline.proof_run import PASSING, RUNS, ProofRun
from starling.speech.tts import compare
from starling.speech.tts.graph.store import NOT_EDITABLE, kept, place
from starling.speech.tts.ladder import tts_ladder
from starling.speech.tts.tuning import VARIANTS
from starling.speech.tts.workbench import FACTORY

_TUNING_S = 600.0
"""Of sound, for the deadline: the model is run dozens of times, on a slow machine."""
TEXT = "The next train leaves at twenty to nine, and it will be a little late."


class VoiceProofRun(ProofRun):
    """See :class:`ProofRun`. Without a Kokoro model there is nothing to prove."""

    family: Family = "tts"

    def _look(self) -> tuple[ModelInfo | None, Candidacy]:
        model = engines.tts_model(self._choice)
        return model, candidacy.look_voice(self._choice, model, closely=True)

    def run(self, *, again: bool = False) -> list[StarlingError]:
        """See :class:`ProofRun`; edits of the model's graph are measured first, once, or again if that is asked for."""
        return [*self._tune(again=again), *super().run(again=again)]

    def _tune(self, *, again: bool) -> list[StarlingError]:
        if self.model is None or (not again and kept(place(self.model.path, onnxruntime=version("onnxruntime")))):
            return []
        below = tts_ladder("cpu", self.model, ())[0].spec
        try:
            with self._engine(replace(below, name=f"workbench:{below.model}", factory=FACTORY)) as engine:
                for outcome in engine.supervisor.stream("tune", {}, {}, _TUNING_S):
                    self._check()
                    self._tell(f"{below.name}: {outcome.reply.data.get('step', 'measured')}", 0, len(VARIANTS))
        except StarlingError as error:
            self._check()
            return [] if error.code == NOT_EDITABLE else [error]
        return []

    def _prove(self, candidate: Candidate) -> ProofRecord:
        """Both engines are fresh: then every operator draws the same noise in both."""
        below = _same_noise(tts_ladder("cpu", self.model, ())[0].spec)
        with self._engine(below) as reference:
            self._step(candidate, f"{below.name} speaks the known text")
            expected, _ = _said(reference)
            # By now the model's files are pinned by their hashes, which tell it apart from then on.
            self._looked = replace(self._looked, stamp=candidacy.stamp_of(self.family, self.model))
            record = ProofRecord(self._key(candidate), below.name, at=round(time.time(), 1))
            try:
                with self._engine(_same_noise(_spec(candidate))) as engine:
                    return self._compared(candidate, record, engine, reference, expected)
            except StarlingError as error:
                if error.code in PASSING or self._is_aborted():
                    raise
                return replace(record, invalid=f"it failed: {error.message}")

    def _compared(
        self, candidate: Candidate, record: ProofRecord, engine: SttClient, reference: SttClient, expected: Samples
    ) -> ProofRecord:
        self._step(candidate, "loading it, and letting it speak the known text")
        spoken, ran = _said(engine)
        self._step(candidate, "comparing its sound with the reference")
        checks = compare.checks(spoken, expected)
        why = invalid(
            heard=TEXT,
            reference=TEXT,
            spoken=TEXT,
            device=ran.device,
            evidence=ran.evidence,
            expected=expected_devices(candidate.tier, emulated=candidate.emulated),
            checks=checks,
        )
        record = replace(record, device=ran.device, evidence=ran.evidence, invalid=why, checks=checks)
        if why or candidate.emulated:  # no speed of the emulation is the NPU's
            return record
        self._step(candidate, "measuring it beside the tier below")
        times = [(self._speaking_s(engine), self._speaking_s(reference)) for _ in range(RUNS)]
        mine, theirs = zip(*times, strict=True)
        return replace(record, candidate_s=mine, below_s=theirs, audio_s=round(len(expected) / compare.RATE, 3))

    def _speaking_s(self, client: SttClient) -> float:
        self._check()
        started = time.perf_counter()
        _said(client)
        return time.perf_counter() - started


def _spec(candidate: Candidate) -> EngineSpec:
    if candidate.spec is None:
        raise AssertionError("only what can be started is proven")
    return replace(candidate.spec, provider=candidate.provider)


def _same_noise(spec: EngineSpec) -> EngineSpec:
    return replace(spec, name=f"{spec.name}:proof", config=spec.config | {"fixed_noise": True})


def _said(client: SttClient) -> tuple[Samples, Placement]:
    """The known text's sound with all the silence in it, and where it was made."""
    args = {"text": TEXT, "voice": "", "speed": 1.0, "trim": False}
    outcomes = list(client.supervisor.stream("synthesize", args, {}, len(TEXT) / CHARACTERS_PER_S))
    sounds = [outcome.reply.arrays["audio"] for outcome in outcomes if "audio" in outcome.reply.arrays]
    placement = outcomes[-1].reply.data.get("placement") if outcomes else None
    return np.concatenate([np.zeros(0, np.float32), *sounds]), Placement.from_json(placement or {"device": "unknown"})
