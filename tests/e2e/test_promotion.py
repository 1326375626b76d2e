"""What takes over, what is let go of, and that nothing that is said is lost meanwhile: over real engine processes."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from starling.core.results import SttOptions
from starling.engine.clients import SttClient, TtsClient
from starling.engine.events import EngineStarted, EngineUnloaded, FellBack
from starling.engine.supervisor import Supervisor
from starling.npu.contexts import Slots
from starling.pipeline import engines
from tests.helpers.engines import rung
from tests.unit.pipeline.proving_fakes import choice

CLIP = np.ones(16000, np.float32)
OPTIONS = SttOptions()


def npu(kind="echo", **config):
    found = rung(kind, "advanced", **config)
    return replace(found, spec=replace(found.spec, provider="xrt"))


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Engines in use over ladders of one's own, by the name of the choice's model."""
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    ladders, told = {}, []
    monkeypatch.setattr(engines, "stt_rungs", lambda wanted, looked=None: ladders[wanted.stt_model])
    ladders["old"] = [rung("echo")]
    both = engines.Engines(
        engines.start_stt(choice_of("old"), told.append), TtsClient(Supervisor([rung("echo", "cpu")]))
    )
    yield both, ladders, told
    both.close()


def choice_of(name):
    return replace(choice(), stt_model=name)


def test_the_new_one_takes_over_when_it_is_ready(started):
    both, ladders, _told = started
    ladders["new"] = [npu(load_s=0.5), rung("echo")]
    before, over = both.stt, threading.Event()
    heard = []

    def talk():
        recognise = engines.Recogniser(both, OPTIONS)
        while not over.is_set():
            result = recognise(CLIP)
            heard.append((result.tier, result.transcript.text))

    speaker = threading.Thread(target=talk)
    speaker.start()
    try:
        taken = both.promote_stt(choice_of("new"), lambda event: None)
    finally:
        over.set()
        speaker.join()
    assert taken is ladders["new"][0]
    assert both.stt is not before
    assert both.stt.supervisor.state().rung.spec.provider == "xrt"
    assert before.supervisor.state().status == "closed"
    assert {text for _, text in heard} == {"16000 16000"}
    assert ("legacy", "16000 16000") in heard
    assert engines.Recogniser(both, OPTIONS)(CLIP).provider == "xrt"


def test_nothing_changes_when_it_cannot_be_loaded(started):
    both, ladders, told = started
    ladders["new"] = [npu("broken_load", fault="altered"), rung("echo")]
    before = both.stt
    assert both.promote_stt(choice_of("new"), told.append) is None
    assert both.stt is before
    (result,) = both.stt.transcribe([CLIP], OPTIONS)
    assert result.transcript.text == "16000 16000"
    assert any(event.kind in ("TierDemoted", "FellBack") for event in told)


def test_another_choice_made_meanwhile_stays(started):
    both, ladders, _ = started
    ladders["new"] = [npu(load_s=1.0), rung("echo")]
    ladders["other"] = [rung("echo")]
    promotion = threading.Thread(target=both.promote_stt, args=(choice_of("new"), lambda event: None))
    promotion.start()
    both.exchange_stt(choice_of("other"), lambda event: None)
    chosen = both.stt
    promotion.join(20.0)
    assert not promotion.is_alive()
    assert both.stt is chosen


def test_the_end_does_not_wait_for_a_promotion(started):
    both, ladders, _ = started
    ladders["new"] = [npu(load_s=15.0), rung("echo")]
    promotion = threading.Thread(target=both.promote_stt, args=(choice_of("new"), lambda event: None))
    promotion.start()
    while both._coming is None:
        pass
    both.close()
    promotion.join(5.0)
    assert not promotion.is_alive()


def supervised(tmp_path, rungs, told, most=1, family="stt"):
    return SttClient(Supervisor(rungs, on_event=told.append, slots=Slots(tmp_path, most), family=family))


def test_a_full_npu_is_left_for_the_call_and_the_engine_below_goes_on(tmp_path):
    told = []
    other = Slots(tmp_path, 1).take("stt")
    client = supervised(tmp_path, [npu(), rung("echo")], told)
    try:
        first, second = (client.transcribe([CLIP], OPTIONS)[0] for _ in range(2))
        assert (first.rung.spec.tier, second.rung.spec.tier) == ("legacy", "legacy")
        assert "All 1 places" in first.changes[0].reason
        assert not first.changes[0].lasting
        assert sum(isinstance(event, EngineStarted) for event in told) == 1  # it was not loaded twice
        assert any(isinstance(event, FellBack) for event in told)
    finally:
        client.supervisor.close()
        other.release()


def test_a_slot_is_held_while_the_engine_runs_and_no_longer(tmp_path):
    told, slots = [], Slots(tmp_path, 1)
    client = supervised(tmp_path, [npu(), rung("echo")], told)
    try:
        client.transcribe([CLIP], OPTIONS)
        (held,) = slots.held()
        assert held.pid == client.supervisor.state().pid
        assert client.supervisor.let_go()
        assert isinstance(told[-1], EngineUnloaded)
        assert slots.held() == []
        assert not client.supervisor.let_go()
        client.transcribe([CLIP], OPTIONS)
        assert len(slots.held()) == 1
        client.supervisor.idle_unload_s = 1e-9
        assert client.supervisor.unload_if_idle()
        assert slots.held() == []
        client.transcribe([CLIP], OPTIONS)
    finally:
        client.supervisor.close()
    assert slots.held() == []


def test_a_crash_gives_the_slot_back_and_takes_it_again(tmp_path):
    told, slots = [], Slots(tmp_path, 1)
    client = supervised(tmp_path, [npu(fault="crash", once=str(tmp_path / "once")), rung("echo")], told)
    try:
        result = client.transcribe([CLIP], OPTIONS)[0]
        assert (result.rung.spec.tier, result.attempts) == ("advanced", 2)
        assert len(slots.held()) == 1
    finally:
        client.supervisor.close()


def test_the_cpu_takes_no_slot_and_is_not_let_go(tmp_path):
    client = supervised(tmp_path, [rung("echo")], [])
    try:
        client.transcribe([CLIP], OPTIONS)
        assert Slots(tmp_path, 1).held() == []
        assert not client.supervisor.let_go()
    finally:
        client.supervisor.close()
