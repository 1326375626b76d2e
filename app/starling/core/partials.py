"""When the growing utterance is decoded for live text: pure, so that the final text never waits for a partial one.

The engine runs one call at a time. In the worst case speech ends in the moment in which a partial call begins; the
final audio is sent ``early`` later and its text is due when the hangover ends. So a partial is worth it while the
partial and the final call together fit into the hangover, by what calls have taken so far on this machine.
"""

from __future__ import annotations

from collections import deque

EVERY_S = 0.7
"""New speech before text is shown again."""
FIRST_S = 0.8
"""Speech before any text: shorter clips give wrong words."""
REMEMBERED = 12
"""Calls that count; the slowest of them decides."""
MARGIN = 1.2
"""The machine may be busier this time."""
WORDLESS = 3.0
"""How much longer a clip with words may take than one without: decoding costs a step for each token."""


class PartialPolicy:
    """Decides from counted audio and measured calls."""

    def __init__(self) -> None:
        self._calls: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._guess: tuple[float, float] | None = None
        self._asked_at_s = 0.0
        self._segment: int | None = None
        self._running = False

    def measured(self, audio_s: float, took_s: float) -> None:
        """A call of any kind has taken so long for so much audio."""
        self._calls.append((audio_s, took_s))

    def guessed(self, audio_s: float, took_s: float) -> None:
        """A clip without words has taken so long; counts until a real one was measured."""
        self._guess = (audio_s, WORDLESS * took_s)

    def expected_s(self, audio_s: float) -> float | None:
        """What a call for this much audio takes at most, None before anything was measured.

        A longer clip takes at most proportionally more; a shorter one may take as long, for the encoder's context.
        """
        calls = self._calls or ([self._guess] if self._guess else [])
        if not calls:
            return None
        return MARGIN * max(took_s * max(1.0, audio_s / max(of_s, 0.1)) for of_s, took_s in calls)

    def begin(self, segment: int, audio_s: float, hangover_s: float) -> bool:
        """Whether to decode the utterance ``segment`` now; if so, it counts as running until :meth:`ended`."""
        since_s = self._asked_at_s if segment == self._segment else 0.0
        expected_s = self.expected_s(audio_s)
        if self._running or expected_s is None or audio_s < FIRST_S or audio_s - since_s < EVERY_S:
            return False
        if 2 * expected_s > hangover_s:
            return False
        self._running, self._segment, self._asked_at_s = True, segment, audio_s
        return True

    def ended(self) -> None:
        """The call that :meth:`begin` allowed is over."""
        self._running = False

    def forget(self) -> None:
        """Another engine: what was measured does not count for it."""
        self._calls.clear()
        self._guess = None
