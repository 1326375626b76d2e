"""The capture child: device rate and channels in, 16 kHz mono frames out.

Messages: ``{"event": "opened", "rate", "channels"}``, then ``{"event": "frames", "frames", "at", "overruns", "flags"}``
with array ``pcm``, last ``{"event": "ended"}``. ``frames`` and ``overruns`` count device frames since the stream was
opened, ``at`` is the monotonic time of the callback that brought the last of them.
"""

from __future__ import annotations

import threading
import time
from typing import Any, BinaryIO

from starling.audio import portaudio, streams
from starling.audio.resample import Resampler, mono
from starling.audio.ring import Block, Ring
from starling.child import framing
from starling.core.results import SAMPLE_RATE

BLOCK_S = 0.064
LATENCY_S = 0.2
"""With half of each, listening to silence costs twice the processor time and gains about 30 ms."""
RING_S = 4.0


class _Capture:
    """The callback's side."""

    def __init__(self, rate: int, channels: int) -> None:
        self.ring = Ring(int(rate * RING_S), channels)
        self.ready = threading.Event()
        self.ended = False
        self.flags = 0
        self.mark = (0, 0.0)

    def callback(self, block: Block, frames: int, _times: object, status: object) -> None:
        self.ring.put_or_drop(block)
        self.flags += bool(status)
        self.mark = (self.mark[0] + frames, time.monotonic())
        self.ready.set()

    def finished(self) -> None:
        self.ended = True
        self.ready.set()


def run(config: dict[str, Any], outgoing: BinaryIO) -> None:
    """Open the device and send what it hears until it ends.

    Raises:
        StarlingError: the device cannot be opened.
        OSError: the parent is gone.
    """
    sd = portaudio.load()
    device = streams.find(sd, config, "input")
    capture = _Capture(device.rate, device.channels)
    resampler = Resampler(device.rate, SAMPLE_RATE)
    stream = streams.start(sd, device, BLOCK_S, LATENCY_S, capture.callback, capture.finished)
    framing.write(outgoing, {"event": "opened", "name": device.name, "rate": device.rate, "channels": device.channels})
    while stream.active and not capture.ended:
        capture.ready.wait()
        capture.ready.clear()
        frames, at = capture.mark
        block = capture.ring.take()
        if len(block):
            head = {"event": "frames", "frames": frames, "at": at, "overruns": capture.ring.overruns}
            pcm = resampler.process(mono(block))
            framing.write(outgoing, {**head, "flags": capture.flags}, {"pcm": pcm})
    framing.write(outgoing, {"event": "ended"})
