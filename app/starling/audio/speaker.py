"""The live speaker: a supervised playback child. Nothing here waits for the device, except :meth:`Speaker.wait`."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from starling.audio.base import SinkStats
from starling.audio.events import FirstSound, SinkEvent, SoundDropped, SpeakerBack, SpeakerLost, SpeakerOpened
from starling.audio.link import Link
from starling.child.framing import Message
from starling.core.errors import StarlingError
from starling.core.results import Samples

SLICE_S = 0.25
"""Sound goes to the child in pieces of this length; after an outage it goes on with the piece that was cut."""

AHEAD_S = 2.0
"""The child is given no more than this."""

STALLED_S = 1.0
"""A playing speaker that asked for nothing for so long is lost."""

START_S = 3.0
"""A device that wakes up (Bluetooth, an idle virtual sink) may take so long for its first blocks."""

OPEN_S = 5.0
"""From the start of a child to the open device. A frozen server never ends."""

RETRY_S = 0.5
RESUME_S = 10.0
"""A speaker that is back within this time goes on; after it the queued sound is dropped: nobody waits for it."""


@dataclass
class _Slice:
    seq: int
    epoch: int
    tag: str
    rate: int
    samples: Samples

    @property
    def seconds(self) -> float:
        return self.samples.size / self.rate


class Speaker:
    """An :class:`~starling.audio.base.AudioSink`. It opens at once, stays open, and never raises for a device's sake.

    Args:
        device: stable name, or "" for the default (then any default device will do).
    """

    def __init__(self, device: str = "") -> None:
        self._device = device
        lock = threading.Lock()
        self._changed = threading.Condition(lock)
        self._heard = threading.Condition(lock)
        self._closing = False
        self._unsent: deque[_Slice] = deque()
        self._sent: deque[_Slice] = deque()
        self._seq = 0
        self._epoch = 0
        self._events: list[SinkEvent] = []
        self._server_seen = False
        self._link: Link | None = None
        self._lost: StarlingError | None = None
        self._lost_at = 0.0
        self._ever_opened = False
        self._alive_at = 0.0
        self._started_at = 0.0
        self._idle = True
        self._stats = SinkStats(0.0, 0, 0.0)
        self._resumed: str | None = None
        self._played_before = 0.0
        self._underruns_before = 0
        self._thread = threading.Thread(target=self._supervise, name="speaker", daemon=True)
        self._thread.start()

    # -- the player's side ---------------------------------------------------------------------------------

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        """See :class:`~starling.audio.base.AudioSink`."""
        step = max(1, int(rate * SLICE_S))
        with self._changed:
            for start in range(0, samples.size, step):
                piece = np.array(samples[start : start + step], np.float32)
                self._unsent.append(_Slice(self._seq, self._epoch, tag, rate, piece))
                self._seq += 1
            if self._idle and samples.size:
                self._alive_at = self._started_at = time.monotonic()
                self._idle = False
            self._changed.notify_all()

    def stop(self) -> None:
        """Silence within 100 ms; what is queued is forgotten."""
        with self._changed:
            self._unsent.clear()
            self._sent.clear()
            self._idle = True
            self._epoch += 1
            link, message = self._link, {"op": "stop", "epoch": self._epoch}
            self._heard.notify_all()
        if link is not None:
            link.send(message)

    @property
    def drained(self) -> bool:
        """Whether everything queued has been heard (or dropped)."""
        with self._changed:
            return self._idle

    def wait(self, timeout_s: float) -> bool:
        """Wait until drained; False when it took longer."""
        with self._heard:
            return self._heard.wait_for(lambda: self._idle or self._closing, timeout_s) and self._idle

    def wait_open(self, timeout_s: float) -> None:
        """Wait for the device.

        Raises:
            StarlingError: why it is not open, as soon as that is known, or after ``timeout_s``.
        """
        with self._heard:
            self._heard.wait_for(lambda: self._ever_opened or self._lost or self._closing, timeout_s)
            if not self._ever_opened:
                raise self._lost or _slow()

    def events(self) -> list[SinkEvent]:
        """What happened since the last call."""
        with self._changed:
            events, self._events = self._events, []
            return events

    def stats(self) -> SinkStats:
        """What was played so far."""
        with self._changed:
            return self._stats

    def close(self) -> None:
        """Stop and close the device."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            self._heard.notify_all()
        self._thread.join()

    # -- what the child sends (its reader thread) ----------------------------------------------------------

    def _on_link(self, link: Link, message: Message | None) -> None:
        with self._changed:
            if message is not None and link is self._link:
                self._take(link, message)
            self._changed.notify_all()

    def _take(self, link: Link, message: Message) -> None:
        data = message.data
        match data["event"]:
            case "opened":
                self._begin(link, float(data["latency_s"]))
            case "first":
                if data["tag"] != self._resumed:
                    self._events.append(FirstSound(data["tag"], data["at"], data["latency_s"]))
                self._resumed = None
            case "progress" | "idle":
                self._alive_at = max(self._alive_at, float(data["at"]))
                while self._sent and self._sent[0].seq <= data["done"]:
                    self._sent.popleft()
                played = self._played_before + data["played_s"]
                self._stats = SinkStats(played, self._underruns_before + data["underruns"], self._stats.latency_s)
                if data["event"] == "idle" and not self._sent and not self._unsent:
                    self._idle = True
                    self._heard.notify_all()

    def _begin(self, link: Link, latency_s: float) -> None:
        opened = link.opened or {}
        now = time.monotonic()
        if self._ever_opened:
            self._events.append(SpeakerBack(link.name, now - self._lost_at))
        else:
            self._events.append(SpeakerOpened(link.name, opened["rate"], opened["channels"], latency_s))
        self._ever_opened = True
        self._lost = None
        self._alive_at = self._started_at = now
        self._stats = SinkStats(self._stats.played_s, self._stats.underruns, latency_s)
        self._heard.notify_all()

    # -- supervision (a thread of its own) -----------------------------------------------------------------

    def _supervise(self) -> None:
        while not self._closing:
            try:
                link = Link(self._device, "output", self._server_seen, self._on_link)
            except StarlingError as error:
                self._tell_lost(error)
            else:
                self._server_seen |= link.route.device is not None
                with self._changed:
                    self._link = link
                if reason := self._follow(link):
                    self._tell_lost(reason)
                self._unlink(link)
            with self._changed:
                self._drop_stale()
                self._changed.wait_for(lambda: self._closing, RETRY_S)

    def _unlink(self, link: Link) -> None:
        """End a link; what it had not finished is queued again."""
        link.close()
        with self._changed:
            self._link = None
            self._resumed = self._sent[0].tag if self._sent else None
            self._unsent.extendleft(reversed(self._sent))
            self._sent.clear()
            self._played_before = self._stats.played_s
            self._underruns_before = self._stats.underruns

    def _follow(self, link: Link) -> StarlingError | None:
        """Feed and watch an open speaker; returns why it was lost, or None when we are closing."""
        while True:
            with self._changed:
                if self._closing:
                    return None
                if link.error is not None:
                    return link.error
                piece = self._next_piece(link)
                due = self._due(link) - time.monotonic()
                if due <= 0:
                    return link.lost("stopped taking sound") if link.opened else _slow()
            if link.vanished():
                return link.lost("was removed")
            if piece is not None:
                head = {"op": "play", "seq": piece.seq, "epoch": piece.epoch, "tag": piece.tag, "rate": piece.rate}
                link.send(head, {"pcm": piece.samples})
                continue
            with self._changed:
                self._changed.wait(due)

    def _next_piece(self, link: Link) -> _Slice | None:
        if not self._unsent or not link.opened or sum(piece.seconds for piece in self._sent) > AHEAD_S:
            return None
        piece = self._unsent.popleft()
        self._sent.append(piece)
        return piece

    def _due(self, link: Link) -> float:
        """When, in monotonic seconds, the speaker must be called lost if nothing comes from it before."""
        if not link.opened:
            return link.started_at + OPEN_S
        if self._idle:
            return time.monotonic() + OPEN_S
        return max(self._alive_at + STALLED_S, self._started_at + START_S)

    def _tell_lost(self, error: StarlingError) -> None:
        with self._changed:
            if self._lost is None:
                self._lost = error
                self._lost_at = time.monotonic()
                self._events.append(SpeakerLost(error))
                self._heard.notify_all()

    def _drop_stale(self) -> None:
        if self._lost and self._unsent and time.monotonic() - self._lost_at > RESUME_S:
            self._events.append(SoundDropped(sum(piece.seconds for piece in self._unsent)))
            self._unsent.clear()
            self._idle = True
            self._heard.notify_all()


def _slow() -> StarlingError:
    return StarlingError(
        "audio.speaker_silent",
        "The speaker does not open.",
        "Check the sound settings, and see `starling devices`.",
    )
