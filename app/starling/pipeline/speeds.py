"""How fast each tier was in this session: pure, one entry for each way that delivered something."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Speed:
    """Real-time factors of one tier: processing time divided by audio time.

    Attributes:
        family: ``stt`` or ``tts``.
        device: where it ran, by its placement's evidence; the emulation's speed is nobody else's.
        count: results it has delivered.
        mean: of all of them; each counts once, however long.
        last: the latest.
    """

    family: str
    tier: str
    provider: str
    device: str
    count: int
    mean: float
    last: float


def taken_in(
    speeds: tuple[Speed, ...], family: str, tier: str, rtf: float, provider: str = "", device: str = "unknown"
) -> tuple[Speed, ...]:
    """The speeds with one result more, in the order in which they first came.

    The mean is kept without its values: mean + (x - mean) / n (Welford 1962).
    """
    for place, speed in enumerate(speeds):
        if (speed.family, speed.tier, speed.provider, speed.device) == (family, tier, provider, device):
            count = speed.count + 1
            now = replace(speed, count=count, mean=speed.mean + (rtf - speed.mean) / count, last=rtf)
            return (*speeds[:place], now, *speeds[place + 1 :])
    return (*speeds, Speed(family, tier, provider, device, 1, rtf, rtf))
