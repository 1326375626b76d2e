"""The supervisor and its clients over real processes."""

import os
import signal
import sys
import threading
import time

import numpy as np
import pytest

from starling.child import patience
from starling.child.patience import SILENCE_S
from starling.core.errors import StarlingError
from starling.core.results import SttOptions
from starling.engine.clients import SttClient, TtsClient, Voice
from starling.engine.events import EngineRestarted, EngineStarted, EngineUnloaded, FellBack, TierDemoted
from starling.engine.supervisor import Supervisor
from tests.helpers.engines import QUICK_SILENCE_S, RATE, no_leaks, rung

CLIP = np.linspace(0, 1, 16_000, dtype=np.float32)
TEXT = f"16000 {CLIP.sum():.0f}"
OPTIONS = SttOptions()
WITHIN_S = 10.0


@pytest.fixture(autouse=True)
def _no_leaks(monkeypatch):
    monkeypatch.setattr(patience, "SILENCE_S", QUICK_SILENCE_S)
    with no_leaks():
        yield


class Watched:
    def __init__(self, *rungs, **options):
        self.events = []
        self.supervisor = Supervisor(rungs, on_event=self.events.append, **options)
        self.stt = SttClient(self.supervisor)
        self.tts = TtsClient(self.supervisor)

    def kinds(self):
        return [type(event) for event in self.events]

    def wait_for(self, kind, count=1):
        deadline = time.monotonic() + 10.0
        while self.kinds().count(kind) < count:
            assert time.monotonic() < deadline, self.events
            time.sleep(0.01)

    def pid(self):
        return self.supervisor.state().about["pid"]


@pytest.fixture
def watch():
    made = []

    def watched(*rungs, **options):
        made.append(Watched(*rungs, **options))
        return made[-1]

    yield watched
    for each in made:
        each.supervisor.close()


def test_clips_come_back_in_order_with_who_made_them(watch):
    one = watch(rung("echo", why_not_better="No NPU was found."))
    results = one.stt.transcribe([CLIP, CLIP[:8000], CLIP], OPTIONS)
    assert [result.transcript.text.split()[0] for result in results] == ["16000", "8000", "16000"]
    assert {result.attempts for result in results} == {1}
    assert results[0].rung.spec.tier == "legacy"
    assert one.stt.transcribe([], OPTIONS) == []
    state = one.supervisor.state()
    assert (state.status, state.why_not_better, state.reason) == ("ready", "No NPU was found.", "")


def test_warm_loads_in_the_background_and_a_call_waits_for_it(watch):
    one = watch(rung("echo", load_s=0.5))
    assert one.supervisor.state().status == "unloaded"
    one.supervisor.warm()
    one.supervisor.warm()
    assert one.stt.transcribe([CLIP], OPTIONS)[0].transcript.text == TEXT
    assert one.kinds() == [EngineStarted]


@pytest.mark.parametrize(
    "fault",
    [
        "crash",
        "freeze",
        *(pytest.param(fault, marks=pytest.mark.slow) for fault in ("segfault", "garbage", "half_frame")),
    ],
)
def test_one_failure_of_the_lowest_whisper_is_repaired_on_a_fresh_engine(watch, tmp_path, fault):
    one = watch(rung("echo", fault=fault, once=str(tmp_path / "once")), rung("echo", "demo"))
    started = time.monotonic()
    (result,) = one.stt.transcribe([CLIP], OPTIONS)
    assert (result.transcript.text, result.attempts, result.rung.spec.tier) == (TEXT, 2, "legacy")
    assert one.kinds() == [EngineStarted, EngineRestarted, EngineStarted]
    assert one.supervisor.state().reason
    assert time.monotonic() - started < 10.0
    one.stt.transcribe([CLIP], OPTIONS)
    assert one.supervisor.state().reason == ""


def test_a_hung_driver_goes_to_the_next_tier_and_the_better_one_comes_back(watch, tmp_path):
    one = watch(rung("echo", "advanced", fault="freeze", once=str(tmp_path / "once")), rung("echo"))
    (result,) = one.stt.transcribe([CLIP], OPTIONS)
    assert (result.rung.spec.tier, result.attempts) == ("legacy", 2)
    one.wait_for(EngineStarted, 3)
    assert one.kinds()[:4] == [EngineStarted, FellBack, EngineStarted, EngineStarted]
    (result,) = one.stt.transcribe([CLIP], OPTIONS)
    assert (result.rung.spec.tier, result.attempts) == ("advanced", 1)


def test_three_failures_in_a_row_demote_for_the_session_and_say_so(watch):
    one = watch(rung("echo", "advanced", fault="crash"), rung("echo", "legacy", "No NPU."))
    assert [one.stt.transcribe([CLIP], OPTIONS)[0].attempts for _ in range(3)] == [3, 2, 1]
    demotions = [event for event in one.events if isinstance(event, TierDemoted)]
    assert [(event.from_rung.spec.tier, event.to_rung.spec.tier) for event in demotions] == [("advanced", "legacy")]
    state = one.supervisor.state()
    assert state.rung.spec.tier == "legacy"
    assert state.why_not_better.startswith("advanced: advanced:echo ended unexpectedly (exit status 70, RuntimeError).")
    assert state.why_not_better.endswith("No NPU.")


def test_an_altered_model_is_left_at_once(watch):
    one = watch(rung("broken_load", fault="altered"), rung("echo", "demo"))
    (result,) = one.stt.transcribe([CLIP], OPTIONS)
    assert (result.rung.spec.tier, result.attempts) == ("demo", 2)
    assert one.kinds() == [TierDemoted, EngineStarted]
    assert "altered" in one.supervisor.state().why_not_better


def test_without_a_rung_left_the_error_is_told_and_the_next_call_tries_again(watch):
    one = watch(rung("echo", "demo", fault="crash"))
    with pytest.raises(StarlingError, match="status 70") as error:
        one.stt.transcribe([CLIP], OPTIONS)
    assert error.value.code == "engine.gave_up"
    state = one.supervisor.state()
    assert state.status == "failed"
    assert "status 70" in state.reason
    assert one.supervisor.call("echo", {"n": 1}, {}, 0.0).reply.data == {"n": 1}
    assert one.supervisor.state().status == "ready"


def test_a_refused_input_is_not_retried(watch):
    one = watch(rung("echo"), rung("echo", "demo"))
    with pytest.raises(StarlingError) as error:
        one.supervisor.call("no such thing", {}, {}, 0.0)
    assert error.value.code == "request.unknown"
    assert one.kinds() == [EngineStarted]
    assert one.supervisor.state().status == "ready"


def test_memory_running_out_halves_the_batch_on_the_same_engine(watch):
    one = watch(rung("echo", memory_for=2), rung("echo", "demo"))
    clips = [CLIP[: 1000 * number] for number in range(1, 8)]
    results = one.stt.transcribe(clips, OPTIONS)
    assert [result.transcript.text.split()[0] for result in results] == [str(1000 * n) for n in range(1, 8)]
    assert one.stt.batch_limit == 1
    assert one.kinds() == [EngineStarted]
    assert {result.rung.spec.tier for result in results} == {"legacy"}


def test_one_clip_too_large_goes_to_the_next_tier(watch):
    one = watch(rung("echo", memory_for=0), rung("echo", "demo"))
    assert one.stt.transcribe([CLIP], OPTIONS)[0].rung.spec.tier == "demo"


def test_callers_wait_for_each_other_and_low_priority_is_refused(watch):
    one = watch(rung("echo", work_s=0.4))
    one.stt.transcribe([CLIP], OPTIONS)
    texts = []
    threads = [
        threading.Thread(target=lambda: texts.append(one.stt.transcribe([CLIP], OPTIONS)[0].transcript.text))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    while one.supervisor.state().status != "busy":
        time.sleep(0.005)
    with pytest.raises(StarlingError) as error:
        one.stt.transcribe([CLIP], OPTIONS, low_priority=True)
    assert error.value.code == "engine.busy"
    for thread in threads:
        thread.join()
    assert texts == [TEXT] * 3


def test_an_idle_engine_is_unloaded_and_comes_back(watch):
    now = [0.0]
    one = watch(rung("echo"), idle_unload_s=60.0, clock=lambda: now[0])
    one.stt.transcribe([CLIP], OPTIONS)
    now[0] += 59.0
    assert not one.supervisor.unload_if_idle()
    now[0] += 2.0
    assert one.supervisor.unload_if_idle()
    assert one.supervisor.state().status == "unloaded"
    assert one.supervisor.state().about == {}
    assert one.stt.transcribe([CLIP], OPTIONS)[0].attempts == 1
    assert one.kinds() == [EngineStarted, EngineUnloaded, EngineStarted]


def test_an_engine_killed_while_idle_costs_no_attempt(watch):
    one = watch(rung("echo"))
    one.stt.transcribe([CLIP], OPTIONS)
    pid = one.pid()
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert one.stt.transcribe([CLIP], OPTIONS)[0].attempts == 1
    assert one.kinds() == [EngineStarted, EngineRestarted, EngineStarted]


@pytest.mark.parametrize("fault", ["hang", "freeze", pytest.param("hold_lock", marks=pytest.mark.slow)])
def test_close_ends_a_call_within_two_seconds(watch, fault):
    one = watch(rung("echo", fault=fault))
    codes = []

    def call():
        try:
            one.stt.transcribe([CLIP], OPTIONS)
        except StarlingError as error:
            codes.append(error.code)

    caller = threading.Thread(target=call)
    caller.start()
    one.wait_for(EngineStarted)
    time.sleep(0.2)
    started = time.monotonic()
    one.supervisor.close()
    assert time.monotonic() - started < 2.0
    caller.join(2.0)
    assert codes == ["engine.closed"]
    assert one.supervisor.state().status == "closed"
    with pytest.raises(StarlingError, match="closed"):
        one.stt.transcribe([CLIP], OPTIONS)


def test_close_while_loading(watch):
    one = watch(rung("echo", load_s=30.0))
    one.supervisor.warm()
    while one.supervisor.state().status != "loading":
        time.sleep(0.005)
    started = time.monotonic()
    one.supervisor.close()
    assert time.monotonic() - started < 2.0


def test_speech_comes_in_chunks_with_metrics(watch):
    one = watch(rung("echo", "cpu"))
    speech = one.tts.synthesize("hello")
    first = next(iter(speech))
    assert (first.rate, len(first.samples), speech.metrics) == (RATE, 100, None)
    rest = list(speech)
    assert len(rest) == 9
    assert speech.metrics is not None
    assert speech.metrics.audio_s == 1.0
    assert one.tts.voices() == [Voice("v", "en", "f")]


def test_stopping_speech_early_frees_the_engine(watch):
    one = watch(rung("echo", "cpu"))
    speech = one.tts.synthesize("hello")
    next(iter(speech))
    speech.close()
    assert one.tts.voices() == [Voice("v", "en", "f")]


@pytest.mark.parametrize(("fault", "at"), [("crash", 0.0), ("crash", 0.3), ("segfault", 0.9)])
def test_a_crash_in_mid_speech_neither_repeats_nor_loses_audio(watch, tmp_path, fault, at):
    one = watch(rung("echo", "cpu", fault=fault, fault_at=at, once=str(tmp_path / "once")))
    speech = one.tts.synthesize("hello")
    heard = np.concatenate([chunk.samples for chunk in speech])
    np.testing.assert_array_equal(heard, np.arange(1000))
    assert speech.metrics is not None
    assert speech.metrics.attempts == 2


def test_speech_that_hangs_goes_on_with_the_next_voice(watch):
    one = watch(rung("echo", "cpu", fault="freeze", fault_at=0.5), rung("echo", "demo"))
    speech = one.tts.synthesize("hello")
    heard = np.concatenate([chunk.samples for chunk in speech])
    np.testing.assert_array_equal(heard, np.arange(1000))
    assert speech.metrics is not None
    assert speech.metrics.rung.spec.tier == "demo"


def _disturb(watch, rounds, signals):
    """Kills and freezes at random moments; every utterance gets its text within ten seconds."""
    one = watch(rung("echo", work_s=0.2), rung("echo", "demo"))
    chance = np.random.default_rng(3)
    one.stt.transcribe([CLIP], OPTIONS)
    for number in range(rounds):
        delay_s = chance.uniform(0.0, 0.25)
        disturber = threading.Timer(delay_s, os.kill, (one.pid(), signals[number % len(signals)]))
        disturber.start()
        started = time.monotonic()
        (result,) = one.stt.transcribe([CLIP], OPTIONS)
        assert result.transcript.text == TEXT
        assert time.monotonic() - started < WITHIN_S
        disturber.join()
        one.stt.transcribe([CLIP], OPTIONS)
    assert one.supervisor.state().rung.spec.tier == "legacy"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_kills_and_a_freeze_cost_no_utterance(watch):
    _disturb(watch, 3, [signal.SIGKILL, signal.SIGSTOP])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_kills_and_twenty_freezes_cost_no_utterance(watch, monkeypatch):
    monkeypatch.setattr(patience, "SILENCE_S", SILENCE_S)
    _disturb(watch, 40, [signal.SIGKILL, signal.SIGSTOP])
