from collections.abc import Iterator

import pytest

from starling.audio.loss import LossMeter

RATE = 48_000
BLOCK = 1536


def deliveries(seconds: float, start: float = 100.0, drift: float = 0.0) -> Iterator[tuple[int, float]]:
    """(frames so far, time) of a device whose callbacks come 0 or 20 ms late, in turn."""
    for index in range(1, int(seconds * RATE / BLOCK)):
        frames = index * BLOCK
        yield frames, start + frames / RATE * (1 + drift) + (index % 2) * 0.02


def total(events: list[tuple[int, float]]) -> float:
    meter = LossMeter(RATE)
    return sum(meter.update(frames, now) for frames, now in events)


@pytest.mark.parametrize("drift", [0.0, 200e-6, -200e-6])
def test_jitter_and_drift_lose_nothing(drift: float) -> None:
    assert total(list(deliveries(1800, drift=drift))) == 0.0


@pytest.mark.parametrize("lost", [0.08, 0.5, 2.0, 30.0])
def test_missing_samples_are_measured(lost: float) -> None:
    events = [(frames, now if frames < 20 * RATE else now + lost) for frames, now in deliveries(40)]
    assert total(events) == pytest.approx(lost, abs=0.025)


def test_two_losses_add_up() -> None:
    events = [
        (frames, now + 0.5 * (frames > 10 * RATE) + 0.25 * (frames > 20 * RATE)) for frames, now in deliveries(30)
    ]
    assert total(events) == pytest.approx(0.75, abs=0.05)


@pytest.mark.parametrize("stall", [0.3, 0.9, 2.5])
def test_a_late_delivery_that_catches_up_loses_nothing(stall: float) -> None:
    events = [(frames, max(now, 110.0 + stall) if now > 110.0 else now) for frames, now in deliveries(20)]
    assert total(events) == 0.0
