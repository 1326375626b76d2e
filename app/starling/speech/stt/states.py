"""What an encoder returned is looked at before it is decoded: numbers that are none would become invented text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.errors import StarlingError
from starling.speech.stt.base import MelBatch, States

BAD_STATES = "stt.bad_states"
"""The code of every refusal; the rung that gave such states is left at once."""


def checked_states(states: NDArray[Any], mel: MelBatch, who: str, width: int | None = None) -> States:
    """The states of a batch, finite and of the right shape.

    Args:
        states: what came back.
        mel: (clips, mels, frames) that was encoded.
        who: the encoder, for the sentence.
        width: of the decoder; None when it is not known.

    Raises:
        StarlingError: ``stt.bad_states``.
    """
    wanted = (mel.shape[0], mel.shape[2] // 2)
    if states.ndim != 3 or states.shape[:2] != wanted or states.dtype != np.float32:
        raise bad_states(who, f"{states.dtype} of shape {states.shape} for features of shape {mel.shape}")
    if width is not None and states.shape[2] != width:
        raise bad_states(who, f"states of width {states.shape[2]} for a decoder of width {width}")
    if not np.isfinite(states).all():
        count = int(states.size - np.count_nonzero(np.isfinite(states)))
        raise bad_states(who, f"{count} values of {states.size} that are no numbers")
    return states


def bad_states(who: str, what: str) -> StarlingError:
    """The refusal."""
    return StarlingError(
        BAD_STATES,
        f"{who} returned {what}.",
        "Use another tier; `starling doctor --prove` tells whether it works again.",
    )
