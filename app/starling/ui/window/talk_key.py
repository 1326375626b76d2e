"""The talk key: one, though the space bar and a button on the screen are both it."""

from __future__ import annotations

from typing import Literal

from starling.pipeline.service import Service

Source = Literal["space", "button"]


class TalkKey:
    """Tells the service once when the first of its sources goes down, and once when the last goes up."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._down: set[Source] = set()

    def is_down(self, source: Source) -> bool:
        """Whether this source is held."""
        return source in self._down

    def press(self, source: Source) -> None:
        """One source went down; again means nothing."""
        if not self._down:
            self._service.press()
        self._down.add(source)

    def release(self, source: Source) -> None:
        """It went up; a source that was not down means nothing."""
        if source in self._down:
            self._down.remove(source)
            if not self._down:
                self._service.release()

    def let_go(self) -> None:
        """Nobody can be seen holding it any more."""
        for source in tuple(self._down):
            self.release(source)
