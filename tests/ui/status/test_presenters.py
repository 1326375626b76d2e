from dataclasses import replace

import pytest

from starling.core.placement import Placement
from starling.pipeline.panel import DeviceView, Panel
from starling.ui.status import presenters
from starling.ui.status.presenters import State
from tests.ui.status.states import FULL, STATES, STT


@pytest.mark.parametrize(
    ("name", "state", "live", "note"),
    [
        ("starting", State("off", "Closed"), False, ""),
        ("full", State("good", "Open"), True, ""),
        ("lost", State("bad", "Lost"), False, "It was unplugged."),
        ("muted", State("off", "Muted"), False, "The microphone is closed. Nothing is heard."),
        ("off", State("off", "Off"), False, "The microphone is closed. Nothing is heard."),
    ],
)
def test_microphone(name, state, live, note):
    look = presenters.microphone(STATES[name])
    assert (look.state, look.live, look.note) == (state, live, note)


def test_microphone_details():
    assert presenters.microphone(STATES["lost"]).fix == "Plug it in."
    assert presenters.microphone(STATES["full"]).about == "48000 Hz, 1 channels"
    assert presenters.microphone(Panel()).device == "System default"
    assert presenters.microphone(Panel(microphone=DeviceView("opening"))).state == State("busy", "Opening")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("unloaded", State("off", "Not loaded")),
        ("loading", State("busy", "Loading")),
        ("ready", State("good", "Ready")),
        ("busy", State("busy", "Working")),
        ("restarting", State("warning", "Restarting")),
        ("failed", State("bad", "Failed")),
        ("closed", State("off", "Closed")),
    ],
)
def test_engine_status(status, expected):
    assert presenters.engine(replace(STT, status=status), False).status == expected


@pytest.mark.parametrize(
    ("tier", "placement", "expected"),
    [
        ("legacy", Placement("cpu", ("x",)), "Legacy"),
        ("demo", Placement(), "Demo"),
        ("advanced", Placement("npu", ("x",)), "Advanced"),
        ("advanced", Placement("emulated", ("x",)), "Advanced · Emulated"),
        ("npu", Placement("npu", ("xclbin 1234",)), "NPU"),
        ("npu", Placement("npu"), "Advanced"),
        ("npu", Placement("cpu", ("x",)), "Advanced"),
        ("mlir-aie", Placement(), "Advanced"),
        ("mlir-aie", Placement("emulated", ("x",)), "Advanced · Emulated"),
        ("", Placement(), "Unknown"),
    ],
)
def test_tier_never_claims_an_npu_without_proof(tier, placement, expected):
    assert presenters.tier_text(tier, placement) == expected


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        (Placement("npu", ("launches 12",)), "NPU"),
        (Placement("npu"), "unknown"),
        (Placement("cpu"), "unknown"),
        (Placement("cpu", ("x",)), "CPU"),
        (Placement("emulated", ("x",)), "Emulated"),
        (Placement("unknown", ("x",)), "unknown"),
    ],
)
def test_placement_needs_evidence(placement, expected):
    assert presenters.placement_text(placement, "unknown") == expected


def test_engine_facts():
    look = presenters.engine(STT, False)
    assert (look.tier, look.model, look.memory) == (State("good", "Legacy"), "whisper-small", "512 MB")
    assert (look.why, look.evidence) == ("advanced: none is built in", STT.placement.evidence[0])
    assert presenters.engine(replace(STT, memory_bytes=None), False).memory is None


@pytest.mark.parametrize(
    ("tier", "model", "expected"),
    [("demo", "", "comes with Starling"), ("legacy", "", "unknown"), ("demo", "x", "x")],
)
def test_model(tier, model, expected):
    assert presenters.engine(replace(STT, tier=tier, model=model), False).model == expected


def test_unknown_engine():
    assert presenters.engine(None, False).status == State("busy", "Loading")
    assert presenters.engine(None, True).status == State("off", "Closed")
    assert presenters.engine(None, False).tier == State("unknown", "Unknown")
    assert presenters.engine(None, False).memory is None


def test_voice_and_speaker():
    assert presenters.speaker(Panel()).voice == "nothing spoken yet"
    assert presenters.speaker(Panel()).speaker == "System default"
    lost = presenters.speaker(STATES["no speaker"])
    assert (lost.voice, lost.speaker, lost.note, lost.fix) == (
        "af_heart",
        "Headphones",
        "They are gone.",
        "Plug them in.",
    )


def test_figures():
    assert presenters.measured(Panel()) == presenters.Measured(None, None)
    assert presenters.measured(FULL) == presenters.Measured("0.31", "211 ms")
    measured = presenters.measured(STATES["phoenix"])
    assert (measured.tiers, measured.voice) == (("0.081 (3)", None, None), "CPU 0.31 (2)")


@pytest.mark.parametrize(
    ("panel", "expected"),
    [
        (Panel(), presenters.Glance("Unknown", "Unknown", "Unknown")),
        (
            FULL,
            presenters.Glance("Legacy · whisper-small · CPU", "CPU · kokoro", "Not usable", "0.12", "64 ms"),
        ),
        (
            STATES["demo"],
            presenters.Glance("Demo · comes with Starling · CPU", "CPU · kokoro", "Not usable", "0.12", "64 ms"),
        ),
    ],
)
def test_glance(panel, expected):
    assert replace(presenters.glance(panel), advice="") == expected


@pytest.mark.parametrize(("name", "advised"), [("starting", False), ("full", False), ("demo", True)])
def test_the_demo_recogniser_says_what_would_be_better(name, advised):
    assert ("starling models import" in presenters.glance(STATES[name]).advice) is advised
