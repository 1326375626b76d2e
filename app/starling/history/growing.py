"""What is being said now: appended to ``growing/<id>.pcm`` block by block, so that a killed process loses no more.

A file is one line of JSON (when it began, in which mode) and 16-bit samples. Its name is the one its utterance will
have, so what is found in both places is the same speech.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from starling.core.results import SAMPLE_RATE, Samples

LONGEST_S = 120.0
"""Four times the longest segment: a file that is longer has lost its end, and takes no more."""
_FULL_SCALE = 32767
_SAMPLE_BYTES = 2
_MOST_BYTES = int(LONGEST_S * SAMPLE_RATE) * _SAMPLE_BYTES
_LONGEST_LINE = 500


@dataclass(frozen=True)
class Left:
    """What a process left of an utterance that it was hearing. ``started_at`` is 0 where the file does not say."""

    started_at: float
    mode: str
    pcm: NDArray[np.int16]

    @property
    def samples(self) -> Samples:
        """(n,) float32 at 16 kHz."""
        return (self.pcm / np.float32(_FULL_SCALE)).astype(np.float32)


class GrowingRecordings:
    """The folder of what is being said."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "growing"
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def append(self, utterance: str, samples: Samples, started_at: float, mode: str) -> None:
        """Add (n,) float32 samples at 16 kHz, which are on disk for every end but a power cut when this returns."""
        pcm = np.rint(np.clip(samples, -1.0, 1.0) * _FULL_SCALE).astype("<i2")
        with open(self._path(utterance), "ab", buffering=0) as file:
            begun = file.tell()
            if begun == 0:
                head = json.dumps({"started_at": started_at, "mode": mode}).encode() + b"\n"
                file.write(head + pcm.tobytes())  # one write: a head without sound is no recording
            elif begun < _MOST_BYTES:
                file.write(pcm.tobytes())

    def delete(self, utterance: str) -> None:
        """It is stored elsewhere, or was none."""
        self._path(utterance).unlink(missing_ok=True)

    def left(self) -> Iterator[tuple[str, float]]:
        """The files: id, and seconds since the last block."""
        now = time.time()
        for path in sorted(self._folder.glob("*.pcm")):
            try:
                yield path.stem, now - path.stat().st_mtime
            except FileNotFoundError:
                continue

    def read(self, utterance: str) -> Left | None:
        """What a file holds; None for one without sound. A sample of which one byte is missing is dropped."""
        try:
            content = self._path(utterance).read_bytes()
        except FileNotFoundError:
            return None
        head, newline, sound = content.partition(b"\n")
        if not newline or len(head) > _LONGEST_LINE:
            return None
        pcm = np.frombuffer(sound[: len(sound) // _SAMPLE_BYTES * _SAMPLE_BYTES], "<i2")
        return Left(*_facts(head), pcm) if pcm.size else None

    def _path(self, utterance: str) -> Path:
        return self._folder / f"{utterance}.pcm"


def _facts(head: bytes) -> tuple[float, str]:
    try:
        facts = json.loads(head)
        return float(facts["started_at"]), str(facts["mode"])
    except (ValueError, TypeError, KeyError):
        return 0.0, ""
