"""Sound files: decoding to 16 kHz mono in constant memory, and writing WAV."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from starling.audio.base import SourceStats
from starling.audio.events import FileTruncated, SourceEvent
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples

FORMATS = "WAV, FLAC, MP3, OGG or M4A"
_EXACT_DURATION = frozenset({"wav", "flac", "mov,mp4,m4a,3gp,3g2,mj2", "aiff", "w64"})
"""Containers whose stated duration is exact; the others' is an estimate that must not be called a truncation."""

_UNKNOWN_SIZES = frozenset({8, 0xFFFFFFFF + 8})
"""What programs that write into a pipe leave in the header."""

_SHORT_S = 0.2
_PACE_SAMPLES = 512
_NOTHING: Samples = np.zeros(0, np.float32)


def _fail(what: str, message: str, fix: str) -> StarlingError:
    return StarlingError(f"audio.{what}", message, fix)


def _check(path: Path) -> None:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise _fail("file_is_folder", f"{path} is a folder.", "Name an audio file in it.")
        if stat.S_ISFIFO(kind):  # opening one waits for a writer, and FFmpeg has to open it again
            raise _fail("file_is_pipe", f"{path} is a pipe.", "Save its sound to a file first.")
        with path.open("rb") as file:
            if not file.read(1):
                raise _fail("file_empty", f"{path} is empty (0 bytes).", "Record or copy it again.")
    except FileNotFoundError:
        raise _fail("file_missing", f"There is no file {path}.", "Check the name and the folder.") from None
    except PermissionError:
        raise _fail("file_unreadable", f"{path} may not be read.", f"Allow it: chmod +r '{path}'.") from None
    except OSError as error:
        raise _fail("file_unreadable", f"{path} cannot be read: {error.strerror}.", "Check the disk.") from None


def _open(path: Path) -> tuple[Any, Any]:
    """The container and its first audio stream."""
    _check(path)
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError):
        raise _not_audio(path) from None
    if not container.streams.audio:
        container.close()
        raise _not_audio(path)
    return container, container.streams.audio[0]


def _not_audio(path: Path) -> StarlingError:
    return _fail("not_audio", f"{path} is not sound that Starling can read.", f"Use {FORMATS}.")


def _duration(container: Any, stream: Any) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0


def _cut_off_s(path: Path, stream: Any) -> float:
    """Seconds that a WAV header promises and the file lacks; FFmpeg believes the file's size instead."""
    with path.open("rb") as file:
        head = file.read(12)
    promised = int.from_bytes(head[4:8], "little") + 8
    if head[:4] != b"RIFF" or promised in _UNKNOWN_SIZES or not stream.bit_rate:
        return 0.0
    return float(max(0, promised - path.stat().st_size) * 8 / stream.bit_rate)


def _expected(path: Path, container: Any, stream: Any) -> float:
    if container.format.name not in _EXACT_DURATION:
        return 0.0
    return _duration(container, stream) + _cut_off_s(path, stream)


def probe(path: str | Path) -> float:
    """The stated length in seconds; 0.0 when the file does not state it.

    Raises:
        StarlingError: as :func:`decode`, for what the header shows.
    """
    container, stream = _open(Path(path))
    with container:
        return _duration(container, stream)


def decode(path: str | Path, on_truncated: Callable[[FileTruncated], None] | None = None) -> Iterator[Samples]:
    """Decode block by block: (n,) float32 at 16 kHz, mono.

    Args:
        path: any file FFmpeg reads; the first audio stream is taken, all channels mixed.
        on_truncated: told, after the last block, when the file ended early or is damaged.

    Raises:
        StarlingError: ``audio.file_missing``, ``file_is_folder``, ``file_unreadable``, ``file_empty``, ``not_audio``;
            ``file_no_samples`` when no sound could be decoded at all.
    """
    path = Path(path)
    container, stream = _open(path)
    total, damaged = 0, False
    with container:
        expected = _expected(path, container, stream)
        blocks = _blocks(container, stream)
        while True:
            try:
                block = next(blocks, None)
            except (av.FFmpegError, OSError):
                block, damaged = None, True
            if block is None:
                break
            total += block.size
            yield block
    decoded = total / SAMPLE_RATE
    if not total:
        raise _fail("file_no_samples", f"{path} contains no sound.", "Record or copy it again.")
    if on_truncated and (damaged or decoded < expected - _SHORT_S):
        on_truncated(FileTruncated(str(path), decoded, expected))


def _blocks(container: Any, stream: Any) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    for frame in container.decode(stream):
        frame.pts = None  # times in damaged files jump; the samples are what counts
        yield from _arrays(resampler.resample(frame))
    yield from _arrays(resampler.resample(None))


def _arrays(frames: list[Any]) -> Iterator[Samples]:
    for frame in frames:
        if frame.samples:
            yield frame.to_ndarray().reshape(-1)


class FileSource:
    """An :class:`~starling.audio.base.AudioSource` that reads a file.

    Args:
        path: as for :func:`decode`.
        paced: deliver in real time, never ahead of the wall clock, as a microphone would.

    Raises:
        StarlingError: as :func:`decode`, when it can be known at once; from ``read`` otherwise.
    """

    live = False

    def __init__(self, path: str | Path, paced: bool = False) -> None:
        self.duration_s = probe(path)
        self._blocks = decode(path, self._on_truncated)
        self._paced = paced
        self._closed = threading.Event()
        self._events: list[SourceEvent] = []
        self._rest = _NOTHING
        self._start: float | None = None
        self._delivered = 0

    def read(self, timeout_s: float) -> Samples | None:
        """See :class:`~starling.audio.base.AudioSource`; unpaced it returns the next block of the file at once."""
        if self._closed.is_set() or not self._fill(1):
            return None
        if self._start is None:
            self._start = time.monotonic()
        due = self._due(timeout_s) if self._paced else self._rest.size
        if not due:
            return _NOTHING
        self._fill(due)
        samples, self._rest = self._rest[:due], self._rest[due:]
        self._delivered += samples.size
        return samples

    def _fill(self, wanted: int) -> bool:
        """Decode until ``wanted`` samples are ready or the file ends; True when there are any."""
        parts, size = [self._rest], self._rest.size
        while size < wanted and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            size += block.size
        self._rest = np.concatenate(parts) if len(parts) > 1 else self._rest
        return size > 0

    def _due(self, timeout_s: float) -> int:
        """Samples that the clock allows by now, waiting for some; 0 when none came due in time."""
        start = self._start or 0.0
        next_at = start + (self._delivered + _PACE_SAMPLES) / SAMPLE_RATE
        delay = next_at - time.monotonic()
        if delay > 0 and (self._closed.wait(min(delay, timeout_s)) or delay > timeout_s):
            return 0
        return int((time.monotonic() - start) * SAMPLE_RATE) - self._delivered

    def _on_truncated(self, event: FileTruncated) -> None:
        self._events.append(event)

    def events(self) -> list[SourceEvent]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    def stats(self) -> SourceStats:
        """What was read so far."""
        wall = time.monotonic() - self._start if self._start is not None else 0.0
        return SourceStats(self._delivered / SAMPLE_RATE, 0.0, 0, wall, 0.0)

    def close(self) -> None:
        """End; a paced ``read`` in another thread returns at once."""
        self._closed.set()


class WavWriter:
    """Writes 16-bit mono WAV; the file appears under its name only when it is complete.

    Raises:
        StarlingError: ``audio.file_unwritable`` or ``audio.disk_full``, from every method.
    """

    def __init__(self, path: str | Path, rate: int) -> None:
        self.path = Path(path)
        self._in_place = not replaceable(self.path)
        self._partial = self.path
        if not self._in_place:
            self._partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        with self._guarded():
            self._file = self._partial.open("wb")
            self._wave = wave.open(self._file, "wb")
            self._wave.setnchannels(1)
            self._wave.setsampwidth(2)
            self._wave.setframerate(rate)

    def write(self, samples: Samples) -> None:
        """Append (n,) float32 in [-1, 1]; louder is clipped."""
        clipped = np.clip(np.asarray(samples, np.float32), -1.0, 1.0)
        with self._guarded():
            self._wave.writeframesraw((clipped * 32767.0).round().astype("<i2").tobytes())

    def close(self) -> None:
        """Complete the file."""
        with self._guarded():
            self._wave.close()
            self._file.close()
            if not self._in_place:
                os.replace(self._partial, self.path)

    def abandon(self) -> None:
        """Remove what was written."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self._wave.close()
        with contextlib.suppress(OSError, AttributeError):
            self._file.close()
        if not self._in_place:
            with contextlib.suppress(OSError):
                self._partial.unlink()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.abandon()
            raise _unwritable(self.path, error) from None


def _unwritable(path: Path, error: OSError) -> StarlingError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _fail("disk_full", f"The disk is full; {path} was not written.", "Free some space and try again.")
    why = error.strerror or str(error)
    return _fail("file_unwritable", f"{path} cannot be written: {why}.", "Choose a folder you may write to.")


def replaceable(path: Path) -> bool:
    """Whether a complete file may take this path's place; a device, a pipe or a link is written through instead."""
    return not path.is_symlink() and (path.is_file() or not path.exists())


def write_wav(path: str | Path, samples: Samples, rate: int) -> None:
    """Write (n,) float32 as a 16-bit mono WAV. No partial file is left behind.

    Raises:
        StarlingError: ``audio.file_unwritable`` or ``audio.disk_full``.
    """
    writer = WavWriter(path, rate)
    writer.write(samples)
    writer.close()
