"""Real worker processes and everything that can befall them."""

import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from starling.child import patience
from starling.child.patience import SILENCE_S
from starling.engine.failures import EngineClosed, EngineCrashed, EngineFailed, EngineHung, FailureKind
from starling.engine.host import EngineProcess
from tests.helpers.engines import QUICK_SILENCE_S, no_leaks, runs, spec

CLIP = {"0": np.linspace(-1, 1, 64_000, dtype=np.float32)}


@pytest.fixture(autouse=True)
def _no_leaks(monkeypatch):
    monkeypatch.setattr(patience, "SILENCE_S", QUICK_SILENCE_S)
    with no_leaks():
        yield


@pytest.fixture
def start():
    processes = []

    def started(*args, **config):
        process = EngineProcess(spec(*args, **config))
        processes.append(process)
        process.wait_ready()
        return process

    yield started
    for process in processes:
        process.kill()


def test_an_engine_answers_and_describes_itself(start):
    engine = start("echo")
    reply = engine.call("echo", {"text": "grüße"}, CLIP, 5.0)
    assert reply.data == {"text": "grüße"}
    np.testing.assert_array_equal(reply.arrays["0"], CLIP["0"])
    assert engine.describe()["pid"] == engine.pid
    assert engine.describe()["load_s"] >= 0
    assert "a print must not break a frame" in engine.stderr_tail


@pytest.mark.alone
def test_replies_come_as_they_are_made(start):
    engine = start("echo")
    replies = engine.replies("count", {"to": 3, "each_s": 0.2}, {}, 5.0)
    started = time.monotonic()
    assert next(replies).data == {"number": 0}
    assert time.monotonic() - started < 0.5
    assert [reply.data["number"] for reply in replies] == [1, 2]
    assert engine.last_call_s == pytest.approx(0.6, abs=0.3)


def test_leaving_a_call_cancels_it_and_the_next_one_is_answered(start):
    engine = start("echo")
    replies = engine.replies("count", {"to": 1000, "each_s": 0.02}, {}, 60.0)
    next(replies)
    replies.close()
    started = time.monotonic()
    assert engine.call("echo", {"n": 2}, {}, 5.0).data == {"n": 2}
    assert time.monotonic() - started < 1.0


def test_an_error_of_a_call_that_was_left_is_not_the_next_ones(start):
    engine = start("echo")
    replies = engine.replies("count", {"to": 9, "each_s": 0.05, "refuse_at": 1}, {}, 60.0)
    next(replies)
    time.sleep(0.2)
    replies.close()
    assert engine.call("echo", {"n": 2}, {}, 5.0).data == {"n": 2}


def test_an_event_cancels_a_call(start):
    engine = start("echo")
    cancel = threading.Event()
    numbers = []

    def seen(reply):
        numbers.append(reply.data["number"])
        cancel.set()

    engine.call("count", {"to": 1000, "each_s": 0.02}, {}, 60.0, on_reply=seen, cancel=cancel)
    assert numbers == [0]
    assert engine.call("echo", {}, {}, 5.0).data == {}


def test_an_error_about_the_input_leaves_the_engine_in_use(start):
    engine = start("echo")
    with pytest.raises(EngineFailed) as failure:
        engine.call("no such thing", {}, {}, 5.0)
    assert failure.value.error.code == "request.unknown"
    assert failure.value.kind is FailureKind.INPUT
    assert engine.call("echo", {}, {}, 5.0).data == {}


def test_memory_running_out_is_told_and_leaves_the_engine_in_use(start):
    engine = start("echo", fault="memory")
    with pytest.raises(EngineFailed) as failure:
        engine.call("transcribe", {}, CLIP, 5.0)
    assert failure.value.kind is FailureKind.OUT_OF_MEMORY
    assert engine.call("echo", {}, {}, 5.0).data == {}


@pytest.mark.parametrize(
    ("fault", "tells"),
    [
        ("crash", r"\(exit status 70, RuntimeError\)"),
        ("segfault", "SIGSEGV"),
        ("garbage", "SIGKILL"),
        ("half_frame", "ended"),
    ],
)
def test_a_crash_is_told_and_reaped(start, fault, tells):
    engine = start("echo", fault=fault)
    with pytest.raises(EngineCrashed, match=tells):
        engine.call("transcribe", {}, CLIP, 20.0)
    assert not engine.alive


def test_the_traceback_of_a_crash_is_kept(start):
    engine = start("echo", fault="crash")
    with pytest.raises(EngineCrashed):
        engine.call("transcribe", {}, CLIP, 20.0)
    assert engine.stderr_tail.endswith("RuntimeError: the driver is on fire")


@pytest.mark.parametrize("fault", ["freeze", "hold_lock"])
def test_a_freeze_is_found_by_silence(start, fault):
    engine = start("echo", fault=fault)
    started = time.monotonic()
    with pytest.raises(EngineHung) as failure:
        engine.call("transcribe", {}, CLIP, 15.0)
    assert not failure.value.deadline
    assert time.monotonic() - started < QUICK_SILENCE_S + 1.0
    assert not engine.alive


def test_hard_work_is_no_freeze(start):
    """A library that computes with Python's lock held keeps the heartbeat from beating."""
    engine = start("echo", fault="compute")
    engine.call("transcribe", {}, CLIP, 60.0)
    assert engine.last_call_s > QUICK_SILENCE_S


@pytest.mark.alone
def test_a_freeze_is_found_in_three_seconds(start, monkeypatch):
    monkeypatch.setattr(patience, "SILENCE_S", SILENCE_S)
    engine = start("echo", fault="freeze")
    started = time.monotonic()
    with pytest.raises(EngineHung, match="3 s"):
        engine.call("transcribe", {}, CLIP, 15.0)
    assert time.monotonic() - started == pytest.approx(3.0, abs=0.7)


def test_a_worker_frozen_before_a_call_larger_than_the_pipe(start):
    engine = start("echo")
    os.kill(engine.pid, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(EngineHung):
        engine.call("echo", {}, {"0": np.zeros(2**22, np.float32)}, 60.0)
    assert time.monotonic() - started < QUICK_SILENCE_S + 1.0


def test_an_engine_that_is_alive_but_never_ends_meets_its_deadline(start):
    engine = start("echo", fault="hang")
    with pytest.raises(EngineHung) as failure:
        engine.call("transcribe", {}, CLIP, 1.0)
    assert failure.value.deadline


@pytest.mark.alone
def test_a_slow_load_is_waited_for(start):
    assert start("echo", load_s=QUICK_SILENCE_S + 0.7).describe()["load_s"] > QUICK_SILENCE_S


@pytest.mark.parametrize(
    ("changed", "code", "tells"),
    [
        ({"interpreter": "/no/such/python"}, "engine.cannot_start", "No such file"),
        ({"interpreter": "/etc/passwd"}, "engine.cannot_start", "Permission denied"),
        ({"interpreter": "/bin/false"}, "engine.cannot_start", "exit status 1"),
        ({"factory": "no.such.module:make"}, "engine.cannot_load", "No module named 'no'"),
        ({"factory": "tests.helpers.engines:needs_missing_package"}, "engine.cannot_load", "a_package_that_nobody_has"),
    ],
)
def test_what_cannot_start_says_why(changed, code, tells):
    with pytest.raises(EngineFailed) as failure:
        EngineProcess(replace(spec("echo"), **changed)).wait_ready()
    assert failure.value.error.code == code
    assert tells in failure.value.error.message
    assert failure.value.error.fix
    assert failure.value.kind is FailureKind.MODEL


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("crash", EngineCrashed), ("segfault", EngineCrashed), ("freeze", EngineHung), ("memory", EngineFailed)],
)
def test_failures_of_the_load(fault, expected):
    with pytest.raises(expected):
        EngineProcess(spec("broken_load", fault=fault)).wait_ready()


def test_a_load_without_end_meets_its_deadline():
    with pytest.raises(EngineHung) as failure:
        EngineProcess(spec("broken_load", fault="hang", load_deadline_s=1.5)).wait_ready()
    assert failure.value.deadline


def test_killing_from_another_thread_ends_a_call(start):
    engine = start("echo", fault="hang")
    killer = threading.Timer(0.3, engine.kill)
    killer.start()
    with pytest.raises(EngineClosed):
        engine.call("transcribe", {}, CLIP, 60.0)
    killer.join()


def test_a_dead_engine_fails_at_once(start):
    engine = start("echo")
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineCrashed, match="SIGKILL"):
        engine.call("echo", {}, CLIP, 60.0)
    started = time.monotonic()
    with pytest.raises(EngineClosed):
        engine.call("echo", {}, CLIP, 60.0)
    assert time.monotonic() - started < 1.0


def test_the_worker_leaves_with_its_host():
    """The host is killed while the worker is in the middle of a call."""
    code = """
import sys, threading, time
from starling.engine.host import EngineProcess
from tests.helpers.engines import spec
engine = EngineProcess(spec("echo", fault="hang"))
engine.wait_ready()
threading.Thread(target=engine.call, args=("transcribe", {}, {}, 60.0), daemon=True).start()
time.sleep(0.3)
sys.stdout.write(f"{engine.pid}\\n")
sys.stdout.flush()
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        worker = int(host.stdout.readline())
        host.kill()
    deadline = time.monotonic() + 2.0
    while runs(worker):
        assert time.monotonic() < deadline, "the worker outlived its host"
        time.sleep(0.02)


def test_ctrl_c_in_the_terminal_is_the_hosts_affair(start):
    engine = start("echo")
    os.kill(engine.pid, signal.SIGINT)
    assert engine.call("echo", {"n": 1}, {}, 5.0).data == {"n": 1}


def _work_for_ever(engine: EngineProcess) -> None:
    engine.wait_ready()
    while True:
        engine.call("transcribe", {}, CLIP, 20.0)


def _kill_at_random(rounds: int) -> None:
    chance = random.Random(5)
    for _ in range(rounds):
        engine = EngineProcess(spec("echo", work_s=0.1))
        killer = threading.Timer(chance.uniform(0.0, 0.6), os.kill, (engine.pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(EngineCrashed):
            _work_for_ever(engine)
        killer.join()
        assert not engine.alive


def test_kills_at_random_points():
    _kill_at_random(4)


@pytest.mark.slow
def test_many_kills_at_random_points():
    _kill_at_random(60)


@pytest.mark.alone
def test_the_pipe_costs_little(start):
    engine = start("echo")
    times = []
    for _ in range(60):
        began = time.perf_counter()
        engine.call("echo", {}, CLIP, 5.0)
        times.append(time.perf_counter() - began)
    assert statistics.median(times) < 0.010  # both ways; about 0.7 ms on a quiet machine
