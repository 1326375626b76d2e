"""Whether somebody speaks or waits for an answer, from the pipeline's own events. Pure; times come in."""

from __future__ import annotations

from starling.pipeline import events


class Quiet:
    """Follows the events of a run; not safe from several threads.

    Args:
        now_s: a clock's time.
    """

    def __init__(self, now_s: float) -> None:
        self._since_s = now_s
        self._hearing = False
        self._speaking = False
        self._transcribing = 0

    def hear(self, event: events.Event, now_s: float) -> None:
        """Take in one event."""
        was = self.busy
        match event:
            case events.SpeechBegan():
                self._hearing = True
            case events.SpeechDropped():
                self._hearing = False
            case events.SpeechEnded():
                self._hearing, self._transcribing = False, self._transcribing + 1
            case events.Heard():
                self._transcribing = max(0, self._transcribing - 1)
            case events.ReplyBegan() | events.ReplayBegan() | events.PreviewBegan():
                self._speaking = True
            case events.ReplyEnded() | events.ReplayEnded() | events.PreviewEnded():
                self._speaking = False
            case events.MicrophoneChanged() | events.Listening():
                self._hearing = self._hearing and isinstance(event, events.Listening) and not event.muted
            case _:
                return
        if was or self.busy:
            self._since_s = now_s

    @property
    def busy(self) -> bool:
        """Whether anything is going on."""
        return self._hearing or self._speaking or self._transcribing > 0

    def lasted_s(self, now_s: float) -> float:
        """For how long nothing has been going on; 0 while something is."""
        return 0.0 if self.busy else now_s - self._since_s
