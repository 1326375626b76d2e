import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from starling.child import vitals
from starling.child.remote import RemoteSpec
from starling.core.errors import StarlingError
from starling.engine.failures import FailureKind, classify
from starling.speech.stt.remote_encoder import RemoteEncoder
from tests.helpers import encoders

PATHS = os.pathsep.join([str(encoders.ROOT), str(encoders.ROOT / "app")])


def spec(interpreter="", env=None, load_deadline_s=20.0, **config):
    name = "tests.helpers.encoders:doubling"
    return RemoteSpec("npu:test", "encoder", name, config, interpreter, env or {"PYTHONPATH": PATHS}, load_deadline_s)


@pytest.fixture
def start():
    started = []

    def make(width=None, **options):
        encoder = RemoteEncoder(spec(**options), width)
        started.append(encoder)
        return encoder

    yield make
    for encoder in started:
        encoder.close()


def mel(clips=1, frames=100):
    return np.random.default_rng(0).standard_normal((clips, 80, frames)).astype(np.float32)


def gone(pid):
    deadline = time.monotonic() + 5
    while vitals.memory_bytes(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not vitals.memory_bytes(pid)


def test_states_come_from_another_process(start):
    encoder = start(width=encoders.WIDTH)
    assert encoder.mels == 80
    assert encoder.placement.device == "emulated"
    features = mel(2, 102)
    states = encoder.encode(features)
    assert states.shape == (2, 51, encoders.WIDTH)
    np.testing.assert_allclose(states[1, 3, 0], 2 * features[1, :, 6:8].mean(), rtol=1e-5)
    assert states.flags.writeable
    assert encoder.describe()["pid"] == encoder.pid != os.getpid()
    assert encoder.placement.evidence == ("1 calls",)


def test_features_that_are_no_contiguous_array_arrive_as_they_are(start):
    features = mel(1, 200)[:, :, ::2]
    assert start().encode(features)[0, 0, 0] == pytest.approx(2 * features[0, :, :2].mean(), rel=1e-4)


def test_a_python_with_numpy_alone_is_enough(tmp_path):
    interpreter, env = encoders.bare_python(tmp_path)
    encoder = RemoteEncoder(RemoteSpec("npu:test", "encoder", "encoders:doubling", {}, interpreter, env))
    try:
        assert encoder.encode(mel()).shape == (1, 50, encoders.WIDTH)
        assert not {"ctranslate2", "onnxruntime", "tokenizers"} & set(encoder.describe()["modules"])
        assert encoder.describe()["encoder_interpreter"] == interpreter
    finally:
        encoder.close()


@pytest.mark.parametrize("fault", ["nan", "inf", "short", "flat", "double", "narrow", "none"])
def test_states_that_are_none_are_refused_and_the_child_ended(start, fault):
    encoder = start(width=encoders.WIDTH, fault=fault)
    with pytest.raises(StarlingError) as caught:
        encoder.encode(mel())
    assert caught.value.code == "stt.bad_states"
    assert classify(caught.value.code, loading=False) is FailureKind.MODEL
    assert gone(encoder.pid)


@pytest.mark.parametrize("fault", ["crash", "abort"])
def test_a_death_is_told_without_what_was_said(start, fault):
    encoder = start(fault=fault)
    with pytest.raises(StarlingError) as caught:
        encoder.encode(mel())
    assert caught.value.code == "engine.crashed"
    assert "secret" not in str(caught.value)
    assert classify(caught.value.code, loading=False) is FailureKind.CRASH


@pytest.mark.parametrize("fault", ["freeze", "hold_lock"])
def test_silence_is_a_hang_and_the_child_is_killed(start, fault, monkeypatch):
    monkeypatch.setattr("starling.child.patience.SILENCE_S", 1.5)
    encoder = start(fault=fault)
    with pytest.raises(StarlingError) as caught:
        encoder.encode(mel())
    assert caught.value.code == "engine.hung"
    assert classify(caught.value.code, loading=False) is FailureKind.HANG
    assert gone(encoder.pid)


def test_what_the_encoder_tells_while_loading_is_told(start):
    with pytest.raises(StarlingError) as caught:
        start(refuse=True)
    assert caught.value.code == "npu.refused"


def test_a_load_that_takes_too_long_is_ended(start):
    with pytest.raises(StarlingError) as caught:
        start(load_s=60.0, load_deadline_s=1.0)
    assert caught.value.code == "engine.hung"
    assert "not ready within" in caught.value.message


@pytest.mark.parametrize("kind", ["missing", "directory", "not executable", "no numpy", "not python"])
def test_an_interpreter_that_is_none(tmp_path, kind):
    path = tmp_path / "python"
    if kind == "directory":
        path.mkdir()
    elif kind != "missing":
        body = {"no numpy": f'exec "{sys.executable}" -S "$@"', "not python": "exit 1"}.get(kind, "exit 0")
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o644 if kind == "not executable" else 0o755)
    with pytest.raises(StarlingError) as caught:
        RemoteEncoder(spec(interpreter=str(path), env={"PYTHONPATH": ""}))
    assert caught.value.code == "engine.cannot_start"
    if kind == "no numpy":
        assert "numpy" in caught.value.message


def test_a_later_call_after_the_end_is_told_too(start):
    encoder = start(fault="crash")
    for _ in range(2):
        with pytest.raises(StarlingError) as caught:
            encoder.encode(mel())
        assert caught.value.code == "engine.crashed"


def test_the_child_ends_with_its_parent_even_where_it_holds_the_lock():
    """The parent is killed while the child is inside a call that never gives Python's lock away."""
    code = """
import sys, threading
import numpy as np
from starling.child.remote import RemoteSpec
from starling.speech.stt.remote_encoder import RemoteEncoder
encoder = RemoteEncoder(RemoteSpec("t", "encoder", "tests.helpers.encoders:doubling", {"fault": "hold_lock"}))
print(encoder.pid, flush=True)
encoder.encode(np.zeros((1, 80, 100), np.float32))
"""
    env = {**os.environ, "PYTHONPATH": PATHS}
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env, text=True)
    try:
        pid = int(parent.stdout.readline())
        before = vitals.cpu_seconds(pid)
        assert before is not None
        time.sleep(0.3)  # until the call has arrived
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    assert gone(pid)


def test_a_child_that_was_killed_is_told(start):
    encoder = start()
    os.kill(encoder.pid, signal.SIGKILL)
    with pytest.raises(StarlingError) as caught:
        encoder.encode(mel())
    assert caught.value.code == "engine.crashed"
