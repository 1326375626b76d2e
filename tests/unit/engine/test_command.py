import subprocess
import sys

import pytest

from starling.child.worker import actionable
from starling.core.engine_api import EngineSpec
from starling.core.errors import StarlingError
from starling.engine.command import worker_argv, worker_env


def spec(interpreter="", **env):
    return EngineSpec("e", "legacy", "m", "a:b", {}, interpreter, env)


def test_our_own_interpreter_runs_the_module():
    assert worker_argv(spec()) == [sys.executable, "-m", "starling.engine.worker"]
    assert worker_argv(spec(sys.executable)) == worker_argv(spec())
    assert "PYTHONPATH" not in worker_env(spec())


def test_a_foreign_interpreter_gets_none_of_our_paths_but_the_specs():
    assert worker_env(spec("/opt/other/python"))["PYTHONPATH"] == ""
    assert worker_env(spec("/opt/other/python", PYTHONPATH="/opt/npu"))["PYTHONPATH"] == "/opt/npu"


def test_a_foreign_interpreter_sees_starling_and_nothing_beside_it():
    """``-S`` leaves site-packages out, so numpy is what must be missing, not starling."""
    argv = worker_argv(spec("/opt/other/python"))
    done = subprocess.run([sys.executable, "-S", "-E", *argv[1:]], capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "No module named 'numpy'" in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), "engine.out_of_memory"),
        (RuntimeError("CUDA failed with error out of memory"), "engine.out_of_memory"),
        (RuntimeError("std::bad_alloc"), "engine.out_of_memory"),
        (
            RuntimeError("[ONNXRuntimeError] : 6 : Failed to allocate memory for requested buffer"),
            "engine.out_of_memory",
        ),
        (StarlingError("model.altered", "m", "f"), "model.altered"),
    ],
)
def test_errors_that_are_told(error, code):
    told = actionable(error)
    assert told is not None
    assert told.code == code


@pytest.mark.parametrize("error", [RuntimeError("segment fault"), ValueError("bad"), KeyError("memory")])
def test_any_other_error_is_a_crash(error):
    assert actionable(error) is None
