"""What may be asked about a turn later: its reply, and the recordings of the last minutes. Safe from any thread."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from starling.core.results import SAMPLE_RATE, Samples

KEPT_S = 120.0
"""Recordings that stay in memory, so that a turn can be heard and recognised again although its file is gone."""
KEPT_REPLIES = 200
_FULL_SCALE = 32767


class TurnBook:
    """Recordings (as 16 bit, the newest ``KEPT_S`` of them) and replies, by the names of their turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._audio: OrderedDict[str, NDArray[np.int16]] = OrderedDict()
        self._said: OrderedDict[str, str] = OrderedDict()
        self._replies: OrderedDict[str, str] = OrderedDict()

    def heard(self, turn: str, samples: Samples, text: str) -> tuple[str, ...]:
        """Keep a recording, (n,) float32 at 16 kHz, and what it says; returns the turns whose recordings made room."""
        gone: list[str] = []
        pcm = np.rint(np.clip(samples, -1.0, 1.0) * _FULL_SCALE).astype(np.int16)
        with self._lock:
            self._audio[turn] = pcm
            _put(self._said, turn, text)
            while len(self._audio) > 1 and sum(map(len, self._audio.values())) > KEPT_S * SAMPLE_RATE:
                gone.append(self._audio.popitem(last=False)[0])
        return tuple(gone)

    def replied(self, turn: str, text: str) -> None:
        """This was answered."""
        with self._lock:
            _put(self._replies, turn, text)

    def audio(self, turn: str) -> Samples | None:
        """The recording, (n,) float32 at 16 kHz; None when it is not kept."""
        with self._lock:
            pcm = self._audio.get(turn)
        return None if pcm is None else (pcm / np.float32(_FULL_SCALE)).astype(np.float32)

    def has_audio(self, turn: str) -> bool:
        """Whether the recording is kept."""
        with self._lock:
            return turn in self._audio

    def said(self, turn: str) -> str:
        """What the recording says, empty if unknown."""
        with self._lock:
            return self._said.get(turn, "")

    def reply(self, turn: str) -> str:
        """The turn's reply, empty if there was none."""
        with self._lock:
            return self._replies.get(turn, "")

    def forget(self, turn: str) -> None:
        """Nothing of this turn is kept; an empty name means all of them."""
        with self._lock:
            for kept in (self._audio, self._said, self._replies):
                if turn:
                    kept.pop(turn, None)
                else:
                    kept.clear()


def _put(texts: OrderedDict[str, str], turn: str, text: str) -> None:
    texts[turn] = text
    if len(texts) > KEPT_REPLIES:
        texts.popitem(last=False)
