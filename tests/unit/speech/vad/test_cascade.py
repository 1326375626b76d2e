from __future__ import annotations

import numpy as np
import pytest

from starling.core.frames import FRAME_SAMPLES
from starling.core.results import Samples
from starling.speech.vad.cascade import HOLD_FRAMES, WARM_FRAMES, Cascade


class ScriptedGate:
    def __init__(self, script: str) -> None:
        self.votes = iter(mark == "o" for mark in script)
        self.resets = 0

    def is_open(self, frame: Samples) -> bool:
        return next(self.votes)

    def reset(self) -> None:
        self.resets += 1


class Recorder:
    """Says 0.7 and remembers the number of every frame it was shown; -1 is a reset."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    def probability(self, frame: Samples) -> float:
        self.heard.append(int(frame[0]))
        return 0.7

    def reset(self) -> None:
        self.heard.append(-1)


def run(script: str) -> tuple[str, list[int]]:
    """What the cascade said ("s" where ``confirm`` was asked) and what ``confirm`` was shown."""
    recorder = Recorder()
    cascade = Cascade(ScriptedGate(script), recorder)
    frame = np.empty(FRAME_SAMPLES, np.float32)
    said = []
    for number in range(len(script)):
        frame[:] = number  # the same array each time, as a capture loop might
        said.append({0.0: ".", 0.7: "s"}[cascade.probability(frame)])
    return "".join(said), recorder.heard


@pytest.mark.parametrize(
    ("script", "said", "heard"),
    [
        (".....", ".....", []),
        ("ooo", "sss", [0, 1, 2]),
        ("..oo", "..ss", [0, 1, 2, 3]),  # a short gap is heard afterwards, in order
        ("o" + "." * 9, "s" * 10, list(range(10))),  # held open
        ("o" + "." * 12, "s" * 10 + "...", list(range(10))),
        ("o" + "." * 12 + "o", "s" * 10 + "...s", list(range(14))),
        ("." * 20 + "o", "." * 20 + "s", [-1, *range(12, 21)]),  # a long one is forgotten but for its end
        ("o" + "." * 29 + "o", "s" * 10 + "." * 20 + "s", [*range(10), -1, *range(22, 31)]),
    ],
)
def test_what_is_heard_and_said(script: str, said: str, heard: list[int]) -> None:
    assert (HOLD_FRAMES, WARM_FRAMES) == (10, 8)
    assert run(script) == (said, heard)


def test_reset_forgets_the_hold_and_the_skipped_frames() -> None:
    gate, recorder = ScriptedGate(".o..o"), Recorder()
    cascade = Cascade(gate, recorder)
    frame = np.zeros(FRAME_SAMPLES, np.float32)
    cascade.probability(frame)
    cascade.probability(frame)
    cascade.reset()
    assert gate.resets == 1
    assert recorder.heard == [0, 0, -1]
    assert [cascade.probability(frame) for _ in range(3)] == [0.0, 0.0, 0.7]
    assert recorder.heard == [0, 0, -1, 0, 0, 0]
