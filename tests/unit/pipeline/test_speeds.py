from statistics import mean

import pytest

from starling.core.placement import Placement
from starling.pipeline import events
from starling.pipeline.npu_users import NpuUsers
from starling.pipeline.panel import Panel, after
from starling.pipeline.speeds import Speed, taken_in


def test_the_mean_is_that_of_all_values():
    values = [0.5, 0.25, 0.125, 4.0]
    speeds = ()
    for value in values:
        speeds = taken_in(speeds, "stt", "legacy", value, device="cpu")
    (speed,) = speeds
    assert (speed.count, speed.last) == (4, 4.0)
    assert speed.mean == pytest.approx(mean(values))


def test_ways_are_told_apart_in_the_order_in_which_they_came():
    speeds = ()
    for tier, provider, device in [("advanced", "xrt", "emulated"), ("legacy", "", "cpu"), ("advanced", "xrt", "npu")]:
        speeds = taken_in(speeds, "stt", tier, 1.0, provider, device)
    speeds = taken_in(speeds, "stt", "legacy", 2.0, "", "cpu")
    assert [(speed.tier, speed.device, speed.count) for speed in speeds] == [
        ("advanced", "emulated", 1), ("legacy", "cpu", 2), ("advanced", "npu", 1),
    ]  # fmt: skip


def test_the_panel_counts_what_was_heard_and_spoken():
    heard = events.Utterance(0, 1, "advanced", "starter", 2.0, 80.0, 700.0, placement=Placement("npu", ("x",)),
                             processing_s=0.2, provider="xrt")  # fmt: skip
    spoken = events.Reply("Yes.", "cpu", placement=Placement("cpu", ("x",)), audio_s=2.0, synthesis_s=1.0)
    panel = Panel()
    for event in (events.Heard(heard), events.ReplyEnded(spoken)):
        panel = after(panel, event)
    assert panel.speeds == (
        Speed("stt", "advanced", "xrt", "npu", 1, 0.1, 0.1),
        Speed("tts", "cpu", "", "cpu", 1, 0.5, 0.5),
    )


def test_the_panel_follows_power_contexts_and_proofs():
    power, contexts, proofs = events.PowerShown(True, "turbo"), events.ContextsShown(1, 0), events.ProofShown("waiting")
    panel = Panel()
    for event in (events.NpuShown(True, True, contexts=events.ContextsShown(0, 3)), power, contexts, proofs):
        panel = after(panel, event)
    assert (panel.power, panel.contexts, panel.proofs) == (power, contexts, proofs)
    assert after(panel, events.Stopped()).proofs is None


def test_only_a_change_of_who_uses_the_npu_is_noticed():
    noticed = []
    users = NpuUsers(lambda: noticed.append(len(noticed)))
    for status, provider, count in [
        ("ready", "", 0), ("loading", "xrt", 0), ("ready", "xrt", 1), ("busy", "xrt", 1), ("ready", "xrt", 1),
        ("restarting", "xrt", 2), ("busy", "xrt", 3), ("ready", "", 4), ("unloaded", "", 4),
    ]:  # fmt: skip
        users.hear(events.EngineShown("stt", status, "advanced", "starter", provider=provider))
        assert len(noticed) == count, status
