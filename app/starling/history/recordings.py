"""The audio files: ``pending/<id>.wav`` until the text is delivered, ``kept/<id>.wav`` after, if the user keeps them.

Nothing here waits for the disk. What a file must survive is the end of a process, and bytes handed to the kernel
do. A power cut within the kernel's write-back time can take them, together with the session they were spoken in;
waiting for the disk would put its latency, tens of milliseconds on a busy one, before every transcription.
"""

from __future__ import annotations

import contextlib
import os
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples

_FULL_SCALE = 32767
_PART = ".part"
_SAMPLE_BYTES = 2


class Recordings:
    """The folder of audio files."""

    def __init__(self, folder: Path) -> None:
        self._pending = folder / "pending"
        self._kept = folder / "kept"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # what people said is for its owner alone
        for each in (self._pending, self._kept):
            each.mkdir(exist_ok=True)

    def write(self, utterance: str, samples: Samples) -> None:
        """Store (n,) float32 samples at 16 kHz as 16-bit WAV; the file appears whole or not at all."""
        path = self._pending / f"{utterance}.wav"
        part = path.with_suffix(_PART)
        pcm = np.rint(np.clip(samples, -1.0, 1.0) * _FULL_SCALE).astype("<i2")
        try:
            with open(part, "wb") as file, wave.open(file, "wb") as writer:
                writer.setnchannels(1)
                writer.setsampwidth(_SAMPLE_BYTES)
                writer.setframerate(SAMPLE_RATE)
                writer.setnframes(len(pcm))
                writer.writeframesraw(pcm.tobytes())
            os.replace(part, path)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def read(self, utterance: str) -> Samples:
        """The samples of an utterance, pending or kept.

        Raises:
            StarlingError: ``history.no_audio``: the file is gone or damaged; a damaged one is left where it is.
        """
        path = self.path(utterance)
        try:
            if path is None:
                raise FileNotFoundError
            with wave.open(str(path), "rb") as reader:
                pcm = np.frombuffer(reader.readframes(reader.getnframes()), "<i2")
        except (OSError, EOFError, ValueError, wave.Error) as error:
            raise StarlingError(
                "history.no_audio", "The recording of this utterance is gone or damaged.", "Say it again."
            ) from error
        return (pcm / np.float32(_FULL_SCALE)).astype(np.float32)

    def path(self, utterance: str) -> Path | None:
        """Where its file is; None when it has none."""
        for folder in (self._pending, self._kept):
            path = folder / f"{utterance}.wav"
            if path.is_file():
                return path
        return None

    def keep(self, utterance: str) -> None:
        """The text is delivered; the user keeps the audio."""
        path = self._pending / f"{utterance}.wav"
        with contextlib.suppress(FileNotFoundError):  # it has none, or another instance was quicker
            os.replace(path, self._kept / path.name)

    def delete(self, utterance: str) -> None:
        """Delete its file, if there is one."""
        for folder in (self._pending, self._kept):
            (folder / f"{utterance}.wav").unlink(missing_ok=True)

    def sweep_kept(self, before: float) -> int:
        """Delete kept files of what began before this Unix time; returns how many."""
        old = [path for path in self._kept.glob("*.wav") if _began(path) < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def waiting(self) -> Iterator[tuple[str, float, float]]:
        """Pending files: id, length and age in seconds. The length is a guess by size, no file is read."""
        now = time.time()
        for path in sorted(self._pending.glob("*.wav")):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            yield path.stem, status.st_size / (_SAMPLE_BYTES * SAMPLE_RATE), now - status.st_mtime

    def unfinished(self) -> Iterator[tuple[Path, float]]:
        """Files whose writing has not ended: path and age in seconds."""
        now = time.time()
        for path in self._pending.glob(f"*{_PART}"):
            try:
                yield path, now - path.stat().st_mtime
            except FileNotFoundError:
                continue


def _began(path: Path) -> float:
    """When an utterance began, by its file's name; a name that does not say so belongs to no old one."""
    stamp = path.name.partition("-")[0]
    return int(stamp) / 1000 if stamp.isdecimal() else time.time()
