import pytest

from starling.npu.report import Finding, Holder, Npu
from starling.pipeline import candidacy, events, lookups
from tests.helpers.machines import machine


@pytest.fixture
def probed(monkeypatch, tmp_path):
    """The probe's answers, one after the other; how it was asked."""
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    answers, asked = [], []

    def probe(root=None, *, tools=True):
        asked.append(tools)
        return answers[min(len(asked), len(answers)) - 1]

    monkeypatch.setattr(lookups, "probe", probe)
    return answers, asked


def test_tools_run_only_for_a_mode_that_the_driver_does_not_tell(probed):
    answers, asked = probed
    answers.append(Npu(True, True, power_mode="turbo"))
    assert lookups.npu().power_mode == "turbo"
    assert asked == [False]
    answers[:] = [Npu(True, True), Npu(True, True, power_mode="default")]
    asked.clear()
    assert lookups.npu().power_mode == "default"
    assert asked == [False, True]
    answers[:] = [Npu(False)]
    asked.clear()
    assert not lookups.npu().present
    assert asked == [False]


def test_contexts_are_counted_by_who_holds_them(probed, monkeypatch):
    monkeypatch.setattr(candidacy, "_ours", lambda: {7})
    holders = (Holder(7, "python3", 1, "x"), Holder(8, "flm", 3, "x"), Holder(9, "", 0, "x"))
    probed[0].append(Npu(True, True, holders=holders, findings=(Finding("contexts at most", "16", "x"),)))
    assert lookups.contexts() == events.ContextsShown(1, 4, 16, ("python3 (7): 1", "flm (8): 3", "9"))


def test_contexts_that_nothing_tells_are_unknown(probed):
    probed[0].append(Npu(True, True))
    assert lookups.contexts() is None
    probed[0][:] = [Npu(True, True, findings=(Finding("contexts", "0", "x"),))]
    assert lookups.contexts() == events.ContextsShown(0, 0)


def test_the_power_that_early_drivers_make_up_is_left_out(probed):
    findings = (Finding("estimated power", "2.0 W", "xrt-smi"), Finding("firmware", "1.1", "/sys"))
    probed[0].append(Npu(True, True, power_mode="turbo", findings=findings))
    assert lookups.npu().findings == findings[1:]


def test_a_faked_machine_is_shown_with_its_faults(monkeypatch, tmp_path):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("STARLING_SYSROOT", str(machine(tmp_path / "root", "strix", "memlock").root))
    shown = lookups.npu()
    assert (shown.present, shown.usable, shown.power_mode) == (True, False, "default")
    assert [fault.code for fault in shown.faults] == ["npu.memlock"]
    assert shown.contexts is None
