"""Short sounds at the beginning and the end of a dictation, and when something goes wrong. Pure but for the playing."""

from __future__ import annotations

from collections.abc import Callable

from starling.core.chime import Cue
from starling.pipeline import events

Emit = Callable[[events.Event], None]


class Cues:
    """Follows what happens to dictations.

    Args:
        play: plays one; returns at once.

    Attributes:
        on: whether any is played.
    """

    def __init__(self, play: Callable[[Cue], None]) -> None:
        self.on = False
        self._play = play
        self._dictating = self._held = False

    def overhear(self, emit: Emit) -> Emit:
        """Events on their way."""

        def told(event: events.Event) -> None:
            emit(event)
            cue = self._after(event)
            if cue is not None and self.on:
                self._play(cue)

        return told

    def _after(self, event: events.Event) -> Cue | None:
        match event:
            case events.Listening(mode=mode, held=held):
                before, self._held = self._held, held
                self._dictating = mode == "dictation"
                if self._dictating and held != before:
                    return "begin" if held else "end"
            case events.DictationSaid(command=command):
                return "begin" if command in ("start", "resume") else "end"
            case events.NotInserted():
                return "error"
            case events.MicrophoneChanged(state="lost") if self._dictating:
                return "error"
            case events.Heard(utterance=utterance) if self._dictating and utterance.error is not None:
                return "error"
        return None
