"""``starling kernels`` as a person calls it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.helpers.toolchain import FakeToolchain

COMMAND = [sys.executable, "-m", "starling", "kernels"]
ONE = ["--device", "npu1", "--positions", "128"]


def run(*arguments, env, timeout=60):
    return subprocess.run([*COMMAND, *arguments], env=env, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture
def bare(tmp_path):
    """No toolchain and no NPU."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("STARLING", "XILINX", "AIE"))}
    root = tmp_path / "root"
    root.mkdir()
    dropped = ("PEANO_INSTALL_DIR", "MLIR_AIE_INSTALL_DIR", "VIRTUAL_ENV", "CONDA_PREFIX")
    env = {name: value for name, value in env.items() if name not in dropped}
    return {**env, "STARLING_HOME": str(tmp_path / "home"), "STARLING_SYSROOT": str(root)}


@pytest.fixture
def fake(tmp_path):
    return FakeToolchain(tmp_path / "tools")


@pytest.mark.parametrize("device", ["npu1", "npu2"])
def test_plan(bare, device):
    done = run("plan", "--device", device, "--model", "base", "--json", env=bare)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    (plan,) = told["plans"]
    assert {kernel["name"] for kernel in plan["kernels"]} >= {"conv1", "qkv", "scores", "softmax", "mix", "fc2"}
    for kernel in plan["kernels"]:
        assert kernel["l1"]["total"] <= plan["limits"]["l1"]
        assert kernel["predicted_s"] > 0
        assert kernel["measured_s"] is None
        assert kernel["program_known_from"] == "an estimate"
    assert "prediction" in plan["predicted"]["what"]


def test_plan_for_people_names_its_prediction(bare):
    done = run("plan", "--device", "npu1", "--model", "large-v3-turbo", env=bare)
    assert "a prediction from published figures, not a measurement" in done.stdout
    assert "3.344 s" in done.stdout
    assert "Predicted from:" in done.stdout


def test_plan_needs_a_device_and_a_model_that_exist(bare):
    done = run("plan", env=bare)
    assert (done.returncode, "npu.no_device" in done.stderr) == (1, True)
    done = run("plan", "--device", "npu1", "--model", "nonsense", env=bare)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert run("plan", "--device", "npu9", env=bare).returncode == 2


def test_build_without_a_toolchain_gives_exact_instructions(bare):
    done = run("build", "--device", "npu1", "--report", str(bare["STARLING_HOME"]) + ".json", env=bare)
    assert done.returncode == 1
    for word in ("mlir_aie==1.4.2", "llvm-aie", "packaging/install-npu-stack.sh", "xclbinutil"):
        assert word in done.stderr


def test_build_twice(fake, tmp_path):
    env = fake.environ(tmp_path / "home")
    done = run("build", *ONE, "--json", env=env)
    assert done.returncode == 0, done.stderr
    assert not json.loads(done.stdout)["from_cache"]
    assert "link gemm_bias_gelu_bf16" in done.stderr
    assert "[1/" in done.stderr
    fake.forget()
    done = run("build", *ONE, "--json", env=env)
    assert json.loads(done.stdout)["from_cache"]
    assert fake.calls == []
    listed = json.loads(run("list", "--json", env=env).stdout)
    assert [(built["model"], built["problem"]) for built in listed["builds"]] == [("starter", "")]
    assert {"gemm", "softmax", "layernorm"} <= set(listed["kernels"])
    assert json.loads(run("clean", "--json", env=env).stdout)["removed"] == 1


def test_compiler_errors_are_shown_and_reported_without_the_home(fake, tmp_path):
    env = fake.environ(tmp_path / "home") | {"HOME": str(tmp_path), "USER": "somebody"}
    fake.break_("clang", f'print("{tmp_path}/gemm.cc:1: error: somebody broke this"); sys.exit(1)')
    report = tmp_path / "report.json"
    done = run("build", *ONE, "--report", str(report), env=env)
    assert done.returncode == 1
    assert "error: somebody broke this" in done.stderr
    told = report.read_text()
    assert "broke this" in told
    assert str(tmp_path) not in told
    assert "somebody" not in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(fake, tmp_path, number):
    pid = tmp_path / "pid"
    fake.break_("aiecc", f'open({str(pid)!r}, "w").write(str(os.getpid())); time.sleep(600)')
    env = fake.environ(tmp_path / "home")
    process = subprocess.Popen([*COMMAND, "build", *ONE], env=env, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 40
    while not (pid.exists() and pid.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(number)
    _, told = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Finished steps are kept" in told
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    assert json.loads(run("list", "--json", env=env).stdout)["builds"] == []
    fake.break_("aiecc", "")
    fake.forget()
    done = run("build", *ONE, "--json", env=env)
    assert json.loads(done.stdout)["steps_kept"] > 3
    assert "clang" not in {call[0] for call in fake.calls}


def test_killed_build_goes_on(fake, tmp_path):
    env = fake.environ(tmp_path / "home")
    fake.break_("aiecc", "import signal; os.kill(os.getppid(), signal.SIGKILL); time.sleep(0.2)")
    assert run("build", *ONE, env=env).returncode == -signal.SIGKILL
    fake.break_("aiecc", "")
    done = run("build", *ONE, "--json", env=env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["steps_kept"] > 3


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
@pytest.mark.parametrize("device", ["npu1", "npu2"])
def test_check_in_the_emulation(bare, tmp_path, device):
    report = tmp_path / "report.txt"
    env = bare | {"STARLING_NPU": "emulated", "STARLING_NPU_DEVICE": device}
    env.pop("STARLING_SYSROOT")
    done = run("check", "--json", "--report", str(report), env=env, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["emulated"]
    assert len(told["checks"]) == 8
    for result in told["checks"]:
        assert result["ok"]
        assert result["device"] == f"emulated {device}"
        assert result["gflops"] is None
    assert "GFLOP" not in run("check", env=env, timeout=110).stdout
    assert "softmax_bf16_128" in report.read_text()


def test_check_without_hardware_is_refused(bare):
    done = run("check", "--device", "npu1", env=bare)
    assert done.returncode == 1
    assert "STARLING_NPU=emulated" in done.stderr
