"""Kokoro in two parts, the first one in a faked environment of AMD's."""

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.models.library import info_of
from starling.npu.sysroot import Sysroot
from starling.speech.tts import compare, vitisai
from tests.helpers.kokoro_model import build
from tests.helpers.vitisai import Environment, report
from tests.unit.speech.tts.engine_process import EngineProcess

TEXT = "The quick brown fox jumps over the lazy dog."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build(tmp_path_factory.mktemp("kokoro") / "deep", deep=True, noise=True, durations=True)


@pytest.fixture
def env(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    return Environment(tmp_path / "ryzen-ai")


@pytest.fixture
def start(env, folder):
    started = []

    def make(**changes):
        spec = vitisai.candidate(env.npu(), info_of(folder)).spec
        process = EngineProcess(spec.factory, spec.config | {"threads": 1} | changes)
        started.append(process)
        return process

    yield make
    for process in started:
        process.close()


def test_the_first_part_runs_there_the_rest_here_and_it_sounds_the_same(start, env, folder):
    engine = start(fixed_noise=True)
    about = engine.described
    assert (about["tier"], about["provider"], about["placement"]["device"]) == ("npu", "vitisai", "npu")
    assert about["part_interpreter"] == str(env.interpreter)
    sound, totals = engine.say(TEXT)
    assert totals["placement"]["device"] == "npu"
    evidence = " | ".join(totals["placement"]["evidence"])
    assert "NPU 240" in evidence
    assert "of 51 nodes: session provider CPUExecutionProvider" in evidence
    cpu = EngineProcess("starling.speech.tts.kokoro:create", {"model": str(folder), "fixed_noise": True, "threads": 1})
    reference, below = cpu.say(TEXT)
    cpu.close()
    assert below["placement"]["device"] == "cpu"
    assert all(check.passed for check in compare.checks(sound, reference))
    assert env.sessions == ["compiled"] * len(vitisai.LENGTHS)


def test_a_longer_clause_is_made_on_the_cpu_and_says_so(start):
    _, totals = start().say("a very long clause without any pause in it at all goes on and on " * 4)
    assert totals["placement"]["device"] == "cpu"
    assert f"more than the NPU's part takes ({max(vitisai.LENGTHS)})" in totals["placement"]["evidence"][0]


def test_what_was_compiled_is_loaded_the_next_time(start, env, folder):
    assert vitisai.candidate(env.npu(), info_of(folder)).spec.load_deadline_s == vitisai.COMPILE_DEADLINE_S
    start()
    start()
    assert env.sessions == ["compiled"] * 2 + ["loaded"] * 2
    assert vitisai.candidate(env.npu(), info_of(folder)).spec.load_deadline_s == vitisai.LOAD_DEADLINE_S


FAULTS = {
    "no device": ({"fault": "raise"}, "engine.vitisai_failed"),
    "a crash": ({"fault": "crash"}, "engine.crashed"),
    "not its onnxruntime": ({"missing": True}, "engine.vitisai_missing"),
    "all on the CPU": ({"report": report(0, 29)}, "engine.not_on_npu"),
    "the session fell back": ({"fallback": True}, "engine.not_on_npu"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_what_is_not_on_the_npu_is_refused(start, env, case):
    told, code = FAULTS[case]
    env.behave(**told)
    with pytest.raises(StarlingError) as caught:
        start()
    assert caught.value.code == code


def test_a_provider_without_a_report_is_never_called_the_npu(start, env):
    env.behave(report=None)
    assert start().described["placement"]["device"] == "unknown"


def test_values_that_are_no_numbers_are_refused(start, env, folder):
    class Engine:
        about = {"placements": {}}  # noqa: RUF012

        def call(self, op, args, arrays):
            placement = {"device": "npu", "evidence": ["x"]}
            return {"placement": placement}, {"hz": np.array([np.nan], np.float32)}

    part = vitisai.RemotePart.__new__(vitisai.RemotePart)
    part._engine = Engine()
    with pytest.raises(StarlingError) as caught:
        part.run(64, {})
    assert caught.value.code == "tts.bad_part"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"present": False}, "no AMD Ryzen AI NPU was found"),
        ({"generation": "XDNA1", "product": "Phoenix"}, "Kokoro needs XDNA2"),
        ({"vitisai": None}, "AMD's Ryzen AI software was not found"),
        ({"usable": False}, "the NPU cannot be used"),
    ],
)
def test_without_what_it_needs_the_tier_is_listed_with_why_not(env, folder, changes, why):
    found = vitisai.candidate(env.npu(**changes), info_of(folder))
    assert (found.tier, found.provider, found.spec) == ("npu", "vitisai", None)
    assert why in found.why_not


def test_a_proof_is_bound_to_driver_and_software(env, folder):
    versions = dict(vitisai.candidate(env.npu(), info_of(folder)).versions)
    assert versions["driver"] == "amdxdna 0.6.0"
    assert versions["ryzen ai"] == "1.8.0"
    assert Sysroot.current() is not None
