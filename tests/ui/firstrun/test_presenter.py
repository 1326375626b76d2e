import pytest

from starling.pipeline import events
from starling.pipeline.advice import DISK_RESERVE, Advice, Estimate
from starling.pipeline.panel import DeviceView, Panel
from starling.ui.firstrun import presenter
from starling.ui.firstrun.presenter import Found

MACHINE = events.MachineShown("AMD Ryzen 7", 8, 16, 32_000_000_000, 20_000_000_000, "/models", 80_000_000_000)
SPEAKER = events.Device("out", "Loud", True)


def line(found, name):
    return next(each for each in presenter.machine_lines(found) if each.name == name)


@pytest.mark.parametrize(
    ("view", "kind", "text", "has_fix"),
    [
        (DeviceView("open", "Yeti"), "good", "Yeti", False),
        (DeviceView("open"), "good", "System default", False),
        (DeviceView("opening"), "busy", "Being opened", False),
        (DeviceView("lost", "Yeti", "It is gone.", "Plug it in."), "bad", "It is gone.", True),
        (DeviceView("lost"), "bad", "There is none", True),
        (DeviceView("closed"), "off", "Closed", True),
    ],
)
def test_the_microphone_and_what_to_do_about_it(view, kind, text, has_fix):
    shown = line(Found(Panel(ready=True, microphone=view)), "Microphone")
    assert (shown.kind, shown.text, bool(shown.fix)) == (kind, text, has_fix)


@pytest.mark.parametrize(
    ("view", "devices", "kind", "text", "has_fix"),
    [
        (DeviceView(), None, "busy", "Being looked for", False),
        (DeviceView(), events.DevicesFound(speakers=(SPEAKER,)), "good", "Loud", False),
        (DeviceView(), events.DevicesFound(), "warning", "There is none", True),
        (DeviceView(), events.DevicesFound(error={"message": "Frozen.", "fix": "Restart."}), "bad", "Frozen.", True),
        (DeviceView("open", "Soft"), None, "good", "Soft", False),
        (DeviceView("lost", "Soft", "Gone.", "Plug."), None, "bad", "Gone.", True),
    ],
)
def test_the_speaker_and_what_to_do_about_it(view, devices, kind, text, has_fix):
    shown = line(Found(Panel(speaker=view), devices=devices), "Speaker")
    assert (shown.kind, shown.text, bool(shown.fix)) == (kind, text, has_fix)


@pytest.mark.parametrize(
    ("shown", "kind", "text"),
    [
        (None, "busy", "Being looked for"),
        (events.NpuShown(False, False, reasons=("None is there.",)), "off", "Not present"),
        (events.NpuShown(True, False, "Strix", reasons=("No driver.",), fixes=("Get it.",)), "off", "usable · Strix"),
        (events.NpuShown(True, True, "Strix"), "good", "Usable · Strix"),
    ],
)
def test_an_npu_is_a_faster_way_and_no_condition(shown, kind, text):
    found = line(Found(Panel(npu=shown)), "NPU")
    assert found.kind == kind
    assert text in found.text
    assert bool(found.fix) is bool(shown and shown.present and shown.reasons)


def test_processor_memory_and_disk():
    found = Found(machine=MACHINE)
    assert line(found, "Processor").text == "AMD Ryzen 7, 8 cores"
    assert line(found, "Memory").text == "32.0 GB, 20.0 GB of it free"
    assert line(found, "Disk").kind == "good"
    nothing = Found(machine=events.MachineShown())
    assert {line(nothing, name).kind for name in ("Processor", "Memory", "Disk")} == {"unknown"}
    assert {line(Found(), name).kind for name in ("Processor", "Memory", "Disk")} == {"busy"}


def test_a_full_disk_is_said_with_its_fix():
    shown = line(Found(machine=events.MachineShown(free_bytes=DISK_RESERVE - 1)), "Disk")
    assert shown.kind == "warning"
    assert shown.fix


def test_what_was_measured_is_told_in_figures():
    measured = events.Measurement(4.8, 0.06, full_s=0.2)
    assert presenter.measured_text(measured) == (
        "Measured here: 4.8 s of speech became text in 60 ms (RTF 0.013). In the 30 s of context that most models "
        "need: 200 ms."
    )
    assert presenter.measured_text(events.Measurement(4.8, 0.06)).endswith("(RTF 0.013).")
    assert presenter.measured_text(None).startswith("Being measured")
    assert presenter.measured_text(None, "No voice.") == "No voice."


def estimate(name, verdict="fits", expected=0.5, measured=False):
    return Estimate(name, name.title(), expected, measured, verdict)


@pytest.mark.parametrize(
    ("advice", "words"),
    [
        (Advice("base", "largest", (estimate("base"),)), ["Base", "largest", "500 ms", "estimated"]),
        (Advice("base", "largest", (estimate("base", measured=True),)), ["Base", "measured"]),
        (Advice("base", "fastest", (estimate("base", "slow", 3.0),)), ["Base", "quickest", "slower", "3 s"]),
        (Advice("", "unmeasured"), ["before something has been measured"]),
        (Advice("", "none"), ["No model", "demo works"]),
    ],
)
def test_the_recommendation_names_its_rule(advice, words):
    text = presenter.advice_text(advice, ())
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize(("name", "first"), [("m0", "M0"), ("m5", "M3"), ("m9", "M5"), ("", "M0")])
def test_the_neighbours_of_the_recommended_one_are_shown(name, first):
    lines = presenter.estimate_lines(Advice(name, "largest", tuple(estimate(f"m{n}") for n in range(10))))
    assert len(lines) == 5
    assert lines[0][0] == first


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ("fits", "about 500 ms: fits"),
        ("slow", "about 500 ms: too slow here"),
        ("memory", "about 500 ms: too little free memory"),
        ("disk", "about 500 ms: too little room on the disk"),
        ("language", "about 500 ms: not for your language"),
        ("unmeasured", "not measured yet"),
    ],
)
def test_every_model_says_why_or_why_not(verdict, text):
    assert presenter.estimate_lines(Advice("", "none", (estimate("a", verdict),))) == (("A", text),)


def test_every_step_has_a_title_and_a_text():
    for number, step in enumerate(presenter.STEPS, 1):
        assert presenter.step_title(step)
        assert presenter.step_text(step, "hey starling")
        assert presenter.place(step) == f"Step {number} of 6"
