"""``starling doctor`` about the NPU, over the real command line: this machine, and faked ones."""

import json
import time
from pathlib import Path

import pytest

from tests.helpers.commands import starling
from tests.helpers.machines import KINDS, machine


def doctor(home, env=None):
    done = starling("doctor", "--json", home=home, env=env)
    assert done.code == 0, done.err
    return json.loads(done.out)["npu"]


def test_this_machine_says_whether_it_has_one_and_why(tmp_path):
    npu = doctor(tmp_path)
    assert npu["findings"]
    assert npu["usable"] or npu["reasons"]
    assert "no NPU engine yet" not in json.dumps(npu)
    if not npu["present"]:
        assert "No AMD Ryzen AI NPU is on the PCI bus." in npu["reasons"][0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_machine_of_each_generation(tmp_path, kind):
    made = machine(tmp_path / "root", kind, "memlock")
    npu = doctor(tmp_path / "home", made.env)
    assert (npu["present"], npu["usable"]) == (True, False)
    assert (npu["product"], npu["generation"], npu["firmware"]) == (
        made.kind.product,
        made.kind.generation,
        made.kind.firmware,
    )
    assert (npu["driver"], npu["power_mode"]) == ("amdxdna", "default")
    assert any("99-amdxdna.conf" in fix for fix in npu["fixes"])
    assert {"findings", "faults", "holders", "xrt", "vitisai", "mlir_aie", "peano", "flm", "lemonade"} <= npu.keys()
    assert all(finding["evidence"] for finding in npu["findings"])


def test_people_read_each_reason_with_its_remedy(tmp_path):
    made = machine(tmp_path / "root", "strix", "not_in_group", "contexts_full")
    done = starling("doctor", home=tmp_path / "home", env=made.env)
    lines = [line.strip() for line in done.out.splitlines()]
    assert "Strix Point or Gorgon Point, XDNA2: not usable" in lines
    assert "in use: flm (4242) has 16 hardware contexts" in lines
    reason = lines.index("! alex is not in the group render, which may use /dev/accel/accel2.")
    assert lines[reason + 1] == "→ Run: sudo usermod -aG render alex; then log out and in again."


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="bash is not installed here")
def test_what_an_engine_for_xrt_would_be_given_is_counted_and_shown(tmp_path):
    made = machine(tmp_path / "root", "strix")
    made.link("/bin/bash", "/bin/bash")
    made.write("/opt/xilinx/xrt/setup.sh", "export XILINX_XRT=/opt/xilinx/xrt PATH=/opt/xilinx/xrt/bin:$PATH TOKEN=x\n")
    done = starling("doctor", home=tmp_path / "home", env=made.env)
    told = "2 variables for engines that use XRT; left out: 1 (/opt/xilinx/xrt/setup.sh)"
    assert f"XRT's environment: {told}" in [line.strip() for line in done.out.splitlines()]
    shown = [f["value"] for f in doctor(tmp_path / "home", made.env)["findings"] if f["name"] == "xrt environment"]
    assert shown == [told.partition(" (")[0], "XILINX_XRT=/opt/xilinx/xrt", "PATH += /opt/xilinx/xrt/bin"]


def test_hanging_tools_hold_nobody_up(tmp_path):
    made = machine(tmp_path / "root", "strix", "smi_hangs", "flm_hangs")
    begun = time.monotonic()
    npu = doctor(tmp_path / "home", made.env)
    assert time.monotonic() - begun < 15
    assert npu["usable"]
    assert "no answer in 2 s" in npu["reasons"][0]
