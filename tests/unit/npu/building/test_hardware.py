"""A check on the device, with a stand-in for pyxrt that computes what the test says."""

import enum
import json
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from starling import locate
from starling.core.errors import StarlingError
from starling.npu.building import cache, checks, measured, toolchain
from starling.npu.building.build import build
from starling.npu.building.hardware import Hardware
from starling.npu.planning.limits import NPU1
from starling.npu.planning.model import plan_model
from starling.npu.planning.shapes import KNOWN
from tests.helpers.toolchain import FakeToolchain

SMALL = replace(KNOWN["starter"], positions=128)
EMIT = locate.shipped("kernels", "emit.py")


class State(enum.IntEnum):
    ERT_CMD_STATE_COMPLETED = 4
    ERT_CMD_STATE_TIMEOUT = 8


class Bo:
    normal, cacheable, host_only = 0, 1, 2

    def __init__(self, device, size, flags, group):
        self.host, self.device = np.zeros(size, np.uint8), np.zeros(size, np.uint8)

    def write(self, data, seek):
        self.host[seek : seek + len(data)] = data

    def read(self, size, skip):
        return self.host[skip : skip + size].view(np.int8)

    def sync(self, direction):
        if direction == "to":
            self.device[:] = self.host
        else:
            self.host[:] = self.device


def fake_pyxrt(compute, state=State.ERT_CMD_STATE_COMPLETED):
    calls = []

    def kernel(context, name):
        def launch(opcode, instructions, length, *buffers):
            calls.append((name, opcode, length, len(instructions.device)))
            compute(buffers)
            return SimpleNamespace(wait=lambda timeout: state)

        launch.group_id = lambda number: number
        return launch

    return SimpleNamespace(
        device=lambda number: SimpleNamespace(register_xclbin=lambda xclbin: None),
        xclbin=lambda path: SimpleNamespace(get_uuid=lambda: path),
        hw_context=lambda device, uuid: uuid,
        kernel=kernel, bo=Bo, ert_cmd_state=State, calls=calls,
        xclBOSyncDirection=SimpleNamespace(XCL_BO_SYNC_BO_TO_DEVICE="to", XCL_BO_SYNC_BO_FROM_DEVICE="from"),
    )  # fmt: skip


@pytest.fixture
def built(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    FakeToolchain(tmp_path / "tools").use(monkeypatch)
    return build(NPU1, SMALL, toolchain.find(), lambda *_: None).built


def adder():
    launch = next(launch for launch in plan_model(NPU1, SMALL, 128).launches if launch.op == "add")
    return launch.symbol, launch.parameters[0]


def add(buffers):
    x, y, z = (buffer.device for buffer in buffers)
    total = x.view(np.float32) + checks.from_bf16(y.view(np.uint16))
    z[:] = total.view(np.uint8)


def test_right_kernel_and_figures(built):
    module, (symbol, given) = fake_pyxrt(add), adder()
    result = checks.check(symbol, "add", given, "npu1", Hardware(module, built).run, True)
    assert result.ok, result
    assert result.gflops > 0
    name, opcode, length, size = module.calls[0]
    assert (name, opcode, length) == (built.kernels[symbol]["name"], 3, size)
    measured.keep("npu1", [("file", result)])
    assert measured.read("npu1") == {"file": result.seconds}
    assert measured.read("npu2") == {}


@pytest.mark.parametrize(
    ("compute", "problem"),
    [
        (lambda buffers: buffers[2].device.fill(0), "zeros"),
        (lambda buffers: buffers[2].device.fill(255), "not finite"),
        (lambda buffers: buffers[2].device.__setitem__(slice(None), buffers[0].device), "off by"),
    ],
)
def test_wrong_results_are_told(built, compute, problem):
    symbol, given = adder()
    result = checks.check(symbol, "add", given, "npu1", Hardware(fake_pyxrt(compute), built).run, True)
    assert problem in result.problem
    measured.keep("npu1", [("file", result)])
    assert measured.read("npu1") == {}


def test_a_launch_that_hangs_and_a_shape_that_was_not_built(built):
    symbol, given = adder()
    module = fake_pyxrt(add, State.ERT_CMD_STATE_TIMEOUT)
    assert "npu.timeout" in checks.check(symbol, "add", given, "npu1", Hardware(module, built).run, True).problem
    with pytest.raises(StarlingError, match="was not built"):
        Hardware(module, built).run("add", given | {"count": 8192}, [])


def test_cutting_off_is_seen_as_a_drift():
    expected = np.random.default_rng(0).standard_normal(4000).astype(np.float32)
    cut = checks.from_bf16((expected.view(np.uint32) >> 16).astype(np.uint16))
    assert "drifts" in checks.compare(cut, expected, 1e-2)[2]
    assert checks.compare(checks.from_bf16(checks.to_bf16(expected)), expected, 1e-2)[2] == ""


@pytest.mark.parametrize("content", ["", "[]", '{"npu1": 3}', '{"npu1": {"a": "x"}}', '{"npu1": {"a": -1}}'])
def test_garbage_is_no_measurement(tmp_path, monkeypatch, content):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    cache.root().mkdir(parents=True)
    (cache.root() / measured.FILE).write_text(content)
    assert measured.read("npu1") == {}


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "a job is"),
        ('{"op": "../x", "parameters": {}}', "a job is"),
        ('{"op": "nothing", "parameters": {}}', "no kernel 'nothing'"),
        ('{"op": "softmax", "parameters": {"device": "npu1", "rows": 4, "width": 16}}', "No module named 'aie"),
    ],
)
def test_emit_says_what_is_wrong(tmp_path, job, said):
    out = tmp_path / "x.mlir"
    done = subprocess.run(
        [sys.executable, "-B", EMIT, out], input=job, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert not out.exists()


def test_emit_writes_a_designs_text(tmp_path):
    package = tmp_path / "aie"
    package.mkdir()
    (package / "__init__.py").write_text("")
    kernels = tmp_path / "kernels"
    (kernels / "one").mkdir(parents=True)
    for place in (kernels, kernels / "one"):
        (place / "__init__.py").write_text("")
    (kernels / "one" / "design.py").write_text("import aie\ndef design(*, device): return 'module ' + device\n")
    (kernels / "emit.py").write_text(EMIT.read_text())
    job = json.dumps({"op": "one", "parameters": {"device": "npu2"}})
    subprocess.run([sys.executable, kernels / "emit.py", tmp_path / "x.mlir"], input=job, text=True, check=True)
    assert (tmp_path / "x.mlir").read_text() == "module npu2\n"
