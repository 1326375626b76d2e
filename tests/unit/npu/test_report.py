import json

from starling.npu.report import Fault, Finding, Npu, Xrt, versions


def test_reasons_and_fixes_come_from_the_faults():
    faults = (
        Fault("a", "First.", "Do this.", True),
        Fault("b", "Second.", "Do this.", False),
        Fault("c", "Third.", "", False),
    )
    npu = Npu(present=True, faults=faults)
    assert npu.reasons == ("First.", "Second.", "Third.")
    assert npu.fixes == ("Do this.",)


def test_a_proof_is_bound_to_the_versions():
    npu = Npu(
        present=True,
        driver="amdxdna 0.6.0",
        firmware="1.1.2.65",
        xrt=Xrt("2.21.75", "/usr"),
        findings=(Finding("kernel", "6.17.0", "/proc/sys/kernel/osrelease"),),
    )
    assert dict(versions(npu)) == {
        "driver": "amdxdna 0.6.0",
        "firmware": "1.1.2.65",
        "xrt": "2.21.75",
        "kernel": "6.17.0",
    }
    assert dict(versions(Npu(present=False))) == {"driver": "", "firmware": "", "xrt": "", "kernel": ""}


def test_json_keeps_the_old_keys():
    told = json.loads(json.dumps(Npu(present=False, faults=(Fault("a", "Why.", "How.", True),)).to_json()))
    assert {
        "present",
        "usable",
        "product",
        "generation",
        "firmware",
        "driver",
        "power_mode",
        "reasons",
        "fixes",
    } <= set(told)
    assert told["reasons"] == ["Why."]
    assert told["fixes"] == ["How."]
