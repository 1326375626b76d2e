"""What every recogniser accepts as a clip."""

from __future__ import annotations

import numpy as np

from starling.core.errors import StarlingError
from starling.core.results import Samples


def check_clip(clip: Samples) -> tuple[Samples, list[str]]:
    """The clip with damaged samples silenced, and a note about them.

    Raises:
        StarlingError: not (n,) float32.
    """
    if clip.ndim != 1 or clip.dtype != np.float32:
        raise StarlingError(
            "stt.bad_audio",
            f"The recogniser takes mono float32 audio, not {clip.dtype} of shape {clip.shape}.",
            "Convert the audio to 16 kHz mono float32 first.",
        )
    finite = np.isfinite(clip)
    if finite.all():
        return clip, []
    damaged = len(clip) - int(np.count_nonzero(finite))
    return np.where(finite, clip, np.float32(0)), [f"{damaged} damaged samples silenced"]
