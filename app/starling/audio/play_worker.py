"""The playback child: queued sound at any rate in, the device's rate and channels out.

In: ``{"op": "play", "seq", "epoch", "tag", "rate"}`` with array ``pcm``, and ``{"op": "stop", "epoch"}``, after which
sound of an older epoch is ignored.
Out: ``opened`` (rate, channels, latency_s), ``first`` (tag, at, latency_s), ``progress`` (done: last seq handed to the
device, at: time of the last callback, played_s, underruns), ``idle`` (done), when that was heard, and ``ended``.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, BinaryIO

import numpy as np

from starling.audio import portaudio, streams
from starling.audio.inbox import Inbox
from starling.audio.resample import Resampler
from starling.audio.ring import Block, Ring
from starling.child import framing
from starling.core.results import Samples

BLOCK_S = 0.02
LATENCY_S = 0.1
RING_S = 0.5
LEAD_S = 0.03
"""Silence with which a stream starts: sound systems swallow the first milliseconds (8 ms measured with PulseAudio)."""

PROOF = 1.5
"""Buffers that the device must have asked for before it counts as open."""

POLL_S = 0.05
"""How often the ring is filled and progress is told, while sound plays."""

TAIL_S = 0.1
"""With less than this in the ring and nothing queued, the resampler gives its last samples."""

REST_S = 0.5
"""After so much silence the stream is stopped: the process costs nothing then, and the next sound starts at once
instead of after what silence the device still holds."""


class _Output:
    """The callback's side: takes from the ring, fills up with silence."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.expecting = False
        self.underruns = 0
        self.ended = False
        self.stopping = False
        self.at = 0.0
        self.frames = 0
        self.lead = 0
        self.sounded_at = time.monotonic()
        self.marks: deque[tuple[int, str]] = deque()
        self.firsts: deque[tuple[str, float, float]] = deque()

    def callback(self, out: Block, frames: int, times: Any, _status: object) -> None:
        now = time.monotonic()
        count = 0 if self.lead > 0 else self.ring.take_into(out)
        out[count:] = 0
        if count:
            self.sounded_at = now
        if count < frames and self.expecting and self.lead <= 0:
            self.underruns += 1
        while self.marks and self.marks[0][0] < self.ring.taken:
            self.firsts.append((self.marks.popleft()[1], now, times.outputBufferDacTime - times.currentTime))
        self.at = now
        self.frames += frames
        self.lead -= min(self.lead, frames)

    def finished(self) -> None:
        self.ended = not self.stopping


class _Player:
    """The feeder: owns the stream, the resampler and the queue. Runs in the process's main thread."""

    def __init__(self, sd: Any, config: dict[str, Any], outgoing: BinaryIO) -> None:
        self.device = streams.find(sd, config, "output")
        self._outgoing = outgoing
        self._ring = Ring(int(self.device.rate * RING_S), self.device.channels)
        self.output = _Output(self._ring)
        self._stream = streams.start(sd, self.device, BLOCK_S, LATENCY_S, self.output.callback, self.output.finished)
        self._running = True
        self._queue: deque[framing.Message] = deque()
        self._resampler: Resampler | None = None
        self._rate = 0
        self._pending: Samples = np.zeros(0, np.float32)
        self._ends: deque[tuple[int, int]] = deque()
        self._tag: str | None = None
        self._last_seq = -1
        self._done = -1
        self._epoch = 0
        self._idle_told = True

    @property
    def latency_s(self) -> float:
        """From hand-over to sound."""
        return float(self._stream.latency)

    @property
    def proven(self) -> bool:
        """Whether the device takes sound. A suspended one asks only for what its buffer holds."""
        return self.output.frames > PROOF * self.latency_s * self.device.rate

    def queue(self, message: framing.Message) -> None:
        """Take a piece of sound, unless it was stopped before it came."""
        if message.data["epoch"] >= self._epoch:
            self._queue.append(message)
            self._idle_told = False

    def stop(self, epoch: int) -> None:
        """Drop what is queued, and what the device has been given."""
        self._epoch = epoch
        self._rest()
        self._ring.clear()
        self._queue.clear()
        self._ends.clear()
        self.output.marks.clear()
        self.output.expecting = False
        self._resampler, self._pending, self._tag = None, self._pending[:0], None
        self._idle_told = True

    def step(self) -> float | None:
        """Move sound on and tell of it; returns after how many seconds to come again, None when only for a message."""
        self._fill()
        self._tell()
        if not self._idle_told:
            self._run()
            return POLL_S
        if not self._running:
            return None
        if time.monotonic() - self.output.sounded_at > REST_S:
            self._rest()
            return None
        return REST_S

    def _rest(self) -> None:
        if self._running:
            self.output.stopping = True
            self._stream.abort()
            self._running = False

    def _run(self) -> None:
        if not self._running:
            self.output.stopping = False
            self.output.lead = int(LEAD_S * self.device.rate)
            self._stream.start()
            self._running = True

    def _fill(self) -> None:
        while self._push():
            if self._queue:
                self._next(self._queue.popleft())
            elif self._resampler is not None and self._ring.level < TAIL_S * self.device.rate:
                self._pending = self._resampler.process(self._pending[:0], last=True)
                self._resampler = None
            elif not self._pending.size:
                break
        self.output.expecting = bool(self._queue or self._pending.size)

    def _push(self) -> bool:
        """Move what is pending into the ring; True when all of it fitted."""
        if self._pending.size:
            wide = np.broadcast_to(self._pending[:, None], (self._pending.size, self.device.channels))
            self._pending = self._pending[self._ring.put(wide) :]
        return not self._pending.size

    def _next(self, message: framing.Message) -> None:
        data = message.data
        if self._resampler is None or self._rate != data["rate"]:
            # A new rate begins a new stream; the old one's last samples go first.
            tail = self._resampler.process(self._pending[:0], last=True) if self._resampler else self._pending[:0]
            self._rate = data["rate"]
            self._resampler = Resampler(self._rate, self.device.rate)
        else:
            tail = self._pending[:0]
        if data["tag"] != self._tag:
            self._tag = data["tag"]
            self.output.marks.append((self._ring.written + tail.size, data["tag"]))
        self._pending = np.concatenate([tail, self._resampler.process(message.arrays["pcm"])])
        self._ends.append((self._ring.written + self._pending.size, data["seq"]))
        self._last_seq = data["seq"]

    def _tell(self) -> None:
        output = self.output
        while output.firsts:
            tag, at, latency = output.firsts.popleft()
            self._send("first", tag=tag, at=at, latency_s=latency)
        while self._ends and self._ends[0][0] <= self._ring.taken:
            self._done = self._ends.popleft()[1]
        if not self._idle_told:
            self._send("progress", **self._progress())
            self._tell_idle()

    def _tell_idle(self) -> None:
        busy = self._queue or self._pending.size or self._resampler or self._ring.level
        if not busy and time.monotonic() - self.output.sounded_at >= self.latency_s:
            self._idle_told = True
            self._tag = None
            self._send("idle", **{**self._progress(), "done": self._last_seq})

    def _progress(self) -> dict[str, Any]:
        played_s = self._ring.taken / self.device.rate
        return {"done": self._done, "at": self.output.at, "played_s": played_s, "underruns": self.output.underruns}

    def _send(self, event: str, **data: Any) -> None:
        framing.write(self._outgoing, {"event": event, **data})


def run(config: dict[str, Any], inbox: Inbox, wake: threading.Event, outgoing: BinaryIO) -> None:
    """Open the device and play what comes until it ends.

    Raises:
        StarlingError: the device cannot be opened.
        OSError: the parent is gone.
    """
    sd = portaudio.load()
    player = _Player(sd, config, outgoing)
    while not player.proven and not player.output.ended:
        wake.wait(POLL_S)
    device = player.device
    opened = {"event": "opened", "name": device.name, "rate": device.rate, "channels": device.channels}
    framing.write(outgoing, {**opened, "latency_s": player.latency_s})
    try:
        while not player.output.ended:
            wake.wait(player.step())
            wake.clear()
            while (message := inbox.poll()) is not None:
                if message.data["op"] == "stop":
                    player.stop(message.data["epoch"])
                else:
                    player.queue(message)
    except sd.PortAudioError:
        pass  # the device ended between two calls
    framing.write(outgoing, {"event": "ended"})
