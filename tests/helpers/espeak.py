"""Speech for tests, made by the espeak-ng that espeakng_loader bundles, in a process of its own."""

from __future__ import annotations

import functools
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import soxr

from starling.core.results import SAMPLE_RATE, Samples

_CHILD = Path(__file__).with_name("espeak_child.py")
_TIMEOUT_S = 30.0


@functools.lru_cache(maxsize=256)
def speak(text: str, voice: str = "en-us", rate: int = SAMPLE_RATE) -> Samples:
    """``text`` spoken by ``voice`` (``en-us``, ``en-gb+f5``, ``en-us+edward2``), (n,) float32 at ``rate`` Hz.

    The same arguments give the same samples. The array is shared between callers and read-only.
    """
    child = subprocess.run(
        [sys.executable, str(_CHILD), voice],
        input=text.encode(),
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if child.returncode != 0:
        raise RuntimeError(child.stderr.decode(errors="replace").strip())
    (native_rate,) = struct.unpack_from("<I", child.stdout)
    native = np.frombuffer(child.stdout, "<i2", offset=4).astype(np.float32) / 32768
    samples: Samples = np.asarray(soxr.resample(native, native_rate, rate), np.float32)
    samples.setflags(write=False)
    return samples


def silence(seconds: float, rate: int = SAMPLE_RATE) -> Samples:
    """Digital silence, (n,) float32."""
    return np.zeros(round(seconds * rate), np.float32)
