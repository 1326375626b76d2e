"""The live microphone: a supervised capture child that always comes back to the chosen device."""

from __future__ import annotations

import threading
import time
from collections import deque

import numpy as np

from starling.audio.base import SourceStats
from starling.audio.events import MicrophoneBack, MicrophoneLost, MicrophoneOpened, SamplesLost, SourceEvent
from starling.audio.link import Link
from starling.audio.loss import LossMeter
from starling.child.framing import Message
from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples

SILENT_S = 1.0
"""A microphone that has delivered nothing for so long is lost. Devices deliver every few hundredths of a second."""

OPEN_S = 5.0
"""From the start of a child to its first sound. An idle virtual device takes 2 s; a frozen server never ends."""

RETRY_S = 0.5
KEPT_S = 60.0
"""Sound that nobody reads is kept so long."""

_NOTHING: Samples = np.zeros(0, np.float32)


class Microphone:
    """An :class:`~starling.audio.base.AudioSource`. It starts opening at once and never raises for a device's sake.

    Args:
        device: stable name, or "" for the default (then any default device will do).
    """

    live = True

    def __init__(self, device: str = "") -> None:
        self._device = device
        lock = threading.Lock()
        self._readable = threading.Condition(lock)
        self._changed = threading.Condition(lock)  # wakes the supervisor, which sound must not do
        self._closing = False
        self._blocks: deque[Samples] = deque()
        self._kept = 0
        self._events: list[SourceEvent] = []
        self._server_seen = False
        self._first_at: float | None = None
        self._last_at = 0.0
        self._lost: StarlingError | None = None
        self._captured_s = 0.0
        self._lost_s = 0.0
        self._overruns = 0
        self._counts = _Counts()
        self._thread = threading.Thread(target=self._supervise, name="microphone", daemon=True)
        self._thread.start()

    # -- the reader's side ---------------------------------------------------------------------------------

    def read(self, timeout_s: float) -> Samples:
        """See :class:`~starling.audio.base.AudioSource`; never None."""
        with self._changed:
            self._readable.wait_for(lambda: self._blocks or self._closing, timeout_s)
            if not self._blocks:
                return _NOTHING
            samples = np.concatenate(self._blocks)
            self._blocks.clear()
            self._kept = 0
            return samples

    def wait_open(self, timeout_s: float) -> None:
        """Wait for the first sound.

        Raises:
            StarlingError: why there is none, as soon as that is known, or after ``timeout_s``.
        """
        with self._changed:
            self._readable.wait_for(lambda: self._first_at is not None or self._lost or self._closing, timeout_s)
            if self._first_at is None:
                raise self._lost or _silent()

    def events(self) -> list[SourceEvent]:
        """What happened since the last call."""
        with self._changed:
            events, self._events = self._events, []
            return events

    def stats(self) -> SourceStats:
        """What was captured and lost so far. During an outage ``lost_s`` does not yet include it."""
        with self._changed:
            now = time.monotonic()
            wall = now - self._first_at if self._first_at is not None else 0.0
            age = now - self._last_at if self._first_at is not None else 0.0
            return SourceStats(self._captured_s, self._lost_s, self._overruns, wall, age)

    def close(self) -> None:
        """Close the device. A reader in another thread gets an empty array."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._readable.notify_all()
        self._thread.join()

    # -- what the child sends (its reader thread) ----------------------------------------------------------

    def _on_link(self, link: Link, message: Message | None) -> None:
        with self._changed:
            if message is not None and message.data.get("event") == "frames":
                self._take(link, message)
            else:
                self._changed.notify_all()

    def _take(self, link: Link, message: Message) -> None:
        data, at = message.data, float(message.data["at"])
        if self._counts.link is not link:
            self._begin(link, at)
        self._account(data["frames"], data["overruns"], at)
        self._last_at = at
        self._keep(message.arrays["pcm"])
        self._readable.notify_all()

    def _begin(self, link: Link, at: float) -> None:
        opened = link.opened or {}
        self._counts = _Counts(link, int(opened["rate"]))
        if self._first_at is None:
            self._first_at = at
            self._events.append(MicrophoneOpened(link.name, opened["rate"], opened["channels"]))
        else:
            gap = at - self._last_at
            self._lost_s += gap
            self._events.append(MicrophoneBack(link.name, gap))
        self._lost = None
        self._changed.notify_all()

    def _account(self, frames: int, overruns: int, at: float) -> None:
        counts = self._counts
        dropped = overruns - counts.overruns
        self._captured_s += (frames - counts.frames - dropped) / counts.rate
        if dropped:
            self._overruns += dropped
            self._miss(dropped / counts.rate, "this computer was too busy")
        if missing := counts.meter.update(frames, at):
            self._miss(missing, "the sound system dropped it")
        counts.frames, counts.overruns = frames, overruns

    def _miss(self, seconds: float, why: str) -> None:
        self._lost_s += seconds
        self._events.append(SamplesLost(seconds, why))

    def _keep(self, pcm: Samples) -> None:
        self._blocks.append(pcm)
        self._kept += pcm.size
        while self._kept > KEPT_S * SAMPLE_RATE:
            old = self._blocks.popleft()
            self._kept -= old.size
            self._miss(old.size / SAMPLE_RATE, "it was not read in time")

    # -- supervision (a thread of its own) -----------------------------------------------------------------

    def _supervise(self) -> None:
        while not self._closing:
            try:
                link = Link(self._device, "input", self._server_seen, self._on_link)
            except StarlingError as error:
                self._tell_lost(error)
            else:
                self._server_seen |= link.route.device is not None
                if reason := self._follow(link):
                    self._tell_lost(reason)
                link.close()
            with self._changed:
                self._changed.wait_for(lambda: self._closing, RETRY_S)

    def _follow(self, link: Link) -> StarlingError | None:
        """Watch over an open microphone; returns why it was lost, or None when we are closing."""
        while True:
            with self._changed:
                if self._closing:
                    return None
                if link.error is not None:
                    return link.error
                heard = self._counts.link is link
                due = (self._last_at + SILENT_S if heard else link.started_at + OPEN_S) - time.monotonic()
                if due <= 0:
                    return link.lost("stopped delivering sound") if heard else _silent()
            if link.vanished():
                return link.lost("was removed")
            with self._changed:
                self._changed.wait(due)

    def _tell_lost(self, error: StarlingError) -> None:
        with self._changed:
            if self._lost is None:
                self._lost = error
                self._events.append(MicrophoneLost(error))
                self._readable.notify_all()


class _Counts:
    """What one link has delivered."""

    def __init__(self, link: Link | None = None, rate: int = SAMPLE_RATE) -> None:
        self.link = link
        self.rate = rate
        self.meter = LossMeter(rate)
        self.frames = 0
        self.overruns = 0


def _silent() -> StarlingError:
    return StarlingError(
        "audio.microphone_silent",
        "The microphone is open but delivers no sound.",
        "Check that it is switched on and not suspended, and see `starling devices`.",
    )
