"""The talk key: one, though the space bar and a button on the screen are both it."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, QTimer

from starling.pipeline.service import Service

Source = Literal["space", "button"]

REPEAT_GAP_MS = 30
"""A held key repeats on X11 as a release and a press within a millisecond or two, which Qt often takes for real ones:
a release counts when no press has followed it by then."""


class TalkKey(QObject):
    """Tells the service once when the first of its sources goes down, and once when the last has gone up."""

    def __init__(self, service: Service, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._down: set[Source] = set()
        self._releasing: set[Source] = set()
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(REPEAT_GAP_MS)
        self._settled.timeout.connect(self._settle)

    def press(self, source: Source) -> None:
        """One source went down; again means nothing."""
        self._releasing.discard(source)
        if not self._down:
            self._service.press()
        self._down.add(source)

    def release(self, source: Source) -> None:
        """It went up, unless it is pressed again at once; a source that was not down means nothing."""
        if source in self._down:
            self._releasing.add(source)
            self._settled.start()

    def let_go(self) -> None:
        """Nobody can be seen holding it any more: everything is up, at once."""
        self._releasing |= self._down
        self._settle()

    def _settle(self) -> None:
        self._settled.stop()
        up, self._releasing = self._releasing & self._down, set()
        self._down -= up
        if up and not self._down:
            self._service.release()
