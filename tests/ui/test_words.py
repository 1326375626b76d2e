from typing import get_args

import pytest

from starling.core.placement import Device
from starling.pipeline import events
from starling.pipeline.panel import Activity
from starling.ui import words


def test_every_activity_has_a_word_of_its_own():
    said = [words.activity_word(activity) for activity in Activity]
    assert all(said)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("word", "keys"),
    [
        (words.mode_word, get_args(events.Mode)),
        (words.activation_word, get_args(events.Activation)),
        (words.placement_word, get_args(Device)),
        (words.tier_word, ("advanced", "legacy", "demo", "mlir-aie", "npu", "cpu")),
        (words.device_word, ("closed", "opening", "open", "lost")),
        (words.status_word, ("unloaded", "loading", "ready", "busy", "restarting", "failed", "closed")),
    ],
)
def test_every_key_has_a_word(word, keys):
    assert all(word(key) and word(key)[0].isupper() for key in keys)
    assert word("something new") == "something new"
