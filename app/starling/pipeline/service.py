"""The running assistant, as the window sees it: commands go in and return at once, events come out."""

from __future__ import annotations

from collections.abc import Callable

from starling.pipeline import events
from starling.settings.store import Settings


class Service:
    """Owns the pipeline of a window.

    Every method may be called from any thread and returns at once; what comes of it is told by events.

    Args:
        settings: read at the start and at every :meth:`apply`.
        emit: hears of everything, on several threads.
    """

    def __init__(self, settings: Settings, emit: Callable[[events.Event], None]) -> None:
        self._settings = settings
        self._emit = emit

    def start(self) -> None:
        """Build the pipeline on a thread of its own; ends in ``Ready``, or ``Stopped`` with the reason."""

    def close(self, timeout_s: float = 2.0) -> None:
        """End every thread and child; waits for it, ``timeout_s`` at most. A second call does nothing."""

    def set_mode(self, mode: events.Mode) -> None:
        """Answer, only write down, or hear nothing."""

    def set_activation(self, activation: events.Activation) -> None:
        """Hear all the time, or while the talk key is held."""

    def set_muted(self, muted: bool) -> None:
        """Close the microphone, or open it again."""

    def press(self) -> None:
        """The talk key went down."""

    def release(self) -> None:
        """The talk key went up."""

    def cancel(self) -> None:
        """Forget what is being said."""

    def stop(self) -> None:
        """Silence at once, and drop what waits to be answered."""

    def ask(self, text: str) -> None:
        """Answer a typed question."""

    def replay(self, turn: str) -> None:
        """Play the recording of a turn."""

    def say_again(self, turn: str) -> None:
        """Speak a turn's reply again."""

    def retry(self, turn: str, model: str) -> None:
        """Recognise a turn's recording again with another model."""

    def delete(self, turn: str) -> None:
        """Forget a turn, its text and its recording."""

    def clear(self) -> None:
        """Forget all turns."""

    def apply(self) -> None:
        """Read the settings again and change what differs."""

    def find_devices(self) -> None:
        """Answered by ``DevicesFound``."""

    def find_models(self) -> None:
        """Answered by ``ModelsFound``."""

    def find_voices(self) -> None:
        """Answered by ``VoicesFound``."""

    def recent(self, limit: int) -> None:
        """Answered by ``PastTurns``."""

    def watch_sound(self, on: bool) -> None:
        """Send ``Sound`` from now on, or no more."""
