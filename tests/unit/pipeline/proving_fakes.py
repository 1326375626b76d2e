"""Recognisers for proofs that do not run a process."""

from contextlib import contextmanager

import numpy as np

from starling.core.engine_api import EngineSpec, Reply, Rung
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Transcript
from starling.engine.clients import Transcribed
from starling.engine.supervisor import Outcome
from starling.npu.candidate import Candidate
from starling.npu.contexts import Share
from starling.npu.proof.keys import Stamp
from starling.pipeline import candidacy, proof_run
from starling.pipeline.choice import choose
from starling.pipeline.proof_run import SPOKEN
from starling.settings.schema import SETTINGS
from starling.speech.stt.candidates import judge_by

STAMP = Stamp("stt", "starter", "abc", "0.1", "m1")
VERSIONS = (("driver", "0.6"),)
STATES = np.random.default_rng(1).standard_normal((50, 8)).astype(np.float32)


def candidate(provider="xrt", tier="advanced", *, why_not="", emulated=False):
    spec = None if why_not else EngineSpec(f"{tier}:{provider}", tier, "starter", "m:f", {})
    return Candidate(provider, tier, spec, why_not, emulated=emulated, versions=VERSIONS)


def choice(**options):
    defaults = {setting.key: setting.default for setting in SETTINGS}
    return choose(defaults.__getitem__, stt_model="starter", **options)


class FakeRecogniser:
    """Hears a text and takes its time on a clock that nobody waits for."""

    def __init__(self, clock, *, text=SPOKEN, takes_s=1.0, device="cpu", states=STATES, error=None):
        self.supervisor = self
        self.clock, self.text, self.takes_s, self.states, self.error = clock, text, takes_s, states, error
        self.placement = Placement(device, ("it says so",))
        self.calls = 0

    def transcribe(self, clips, options):
        self.calls += 1
        if self.error is not None:
            raise self.error
        self.clock.now += self.takes_s
        transcript = Transcript(self.text, "en", 4.0, self.takes_s, self.placement)
        return [Transcribed(transcript, Rung(EngineSpec("x", "legacy", "", "m:f", {})), 1)]

    def call(self, op, args, arrays, audio_s):
        assert op == "encode"
        rung = Rung(EngineSpec("x", "legacy", "", "m:f", {}))
        return Outcome(Reply({}, {"states": self.states}), rung, 1, self.placement, {})


class Clock:
    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def time(self):
        return 1.7e9


def install(monkeypatch, tmp_path, candidates, engines):
    """A machine with these candidates; ``engines``: fake recogniser by the engine's name."""
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    records = candidacy.records()

    def look(wanted, model, *, closely=False):
        judge = judge_by(records, STAMP, wanted.stt_prefer)
        return candidacy.Candidacy(tuple(candidates), judge, "advanced: none", STAMP, Share(0, 0))

    @contextmanager
    def engine(run, spec):
        run._check()
        if spec.name not in engines:
            raise StarlingError("engine.cannot_load", f"{spec.name} cannot be loaded.", "")
        yield engines[spec.name]

    monkeypatch.setattr(candidacy, "look", look)
    monkeypatch.setattr(proof_run.ProofRun, "_engine", engine)
