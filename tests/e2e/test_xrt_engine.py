"""The xrt engine as a process of its own: what each fault of the emulated NPU looks like from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from starling.core.errors import StarlingError
from starling.core.results import SttOptions
from starling.engine.failures import EngineCrashed, EngineFailed
from starling.engine.host import EngineProcess
from starling.models.library import starter
from starling.npu.report import Npu
from starling.speech.stt import xrt
from tests.helpers.engines import no_leaks
from tests.helpers.espeak import speak


@contextmanager
def engine(monkeypatch: pytest.MonkeyPatch, fault: str = "", **config: Any) -> Iterator[EngineProcess]:
    monkeypatch.setenv("STARLING_NPU", "emulated")
    monkeypatch.setenv("STARLING_NPU_FAULT", fault)
    spec = xrt.candidate(Npu(present=False), starter(), 1).spec
    assert spec is not None
    with no_leaks():
        process = EngineProcess(replace(spec, config={**spec.config, **config}))
        try:
            yield process
        finally:
            process.close()


def text(process: EngineProcess) -> str:
    process.wait_ready()
    reply = process.call("transcribe", SttOptions().to_json(), {"0": speak("what time is it", "en-us")}, 60.0)
    return str(reply.data["transcripts"][0]["text"])


def test_it_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(monkeypatch) as process:
        assert text(process) == "What time is it?"
        assert process.describe()["placement"]["device"] == "emulated"


def code_of(process: EngineProcess) -> str:
    with pytest.raises(EngineFailed) as failed:
        text(process)
    return failed.value.error.code


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("out_of_memory", "engine.out_of_memory"),
        ("firmware", "npu.firmware"),
        ("context_limit", "npu.context_limit"),
        ("device_gone", "npu.device_gone"),
        ("nan", "npu.not_finite"),
        ("no such fault", "npu.bad_switch"),
    ],
)
def test_faults_that_are_told(monkeypatch: pytest.MonkeyPatch, fault: str, code: str) -> None:
    with engine(monkeypatch, fault) as process:
        assert code_of(process) == code


def test_a_hang_is_told_at_its_deadline_while_the_heart_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than the silence after which a process counts as frozen: a long wait would look like that."""
    with engine(monkeypatch, "hang", pass_deadline_s=4.0) as process:
        assert code_of(process) == "npu.timeout"
        assert process.alive


def test_an_abort_in_the_driver_costs_the_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(monkeypatch, "abort") as process:
        with pytest.raises(EngineCrashed, match="SIGABRT"):
            text(process)
        assert not process.alive


def test_a_fault_that_comes_later_costs_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine(monkeypatch, "firmware:after=200") as process:
        assert text(process) == "What time is it?"
        clip = {"0": speak("what time is it", "en-us")}
        with pytest.raises(EngineFailed) as failed:
            process.call("transcribe", SttOptions().to_json(), clip, 60.0)
    assert isinstance(failed.value.error, StarlingError)
    assert failed.value.error.code == "npu.firmware"
