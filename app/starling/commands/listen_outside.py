"""``starling ptt`` and ``starling mode`` for a ``starling listen`` that runs without a window."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from starling.pipeline import events
from starling.pipeline.choice import Choice
from starling.pipeline.outside import Outside
from starling.pipeline.reach import PHRASES

if TYPE_CHECKING:
    from starling.pipeline.session import Session


class Commanded:
    """Passes every event on, and does what comes over the socket to the session of :meth:`serving`."""

    def __init__(self, choice: Choice, emit: Callable[[events.Event], None]) -> None:
        self._choice = choice
        self._emit = emit
        self._outside = Outside(self)

    def __call__(self, event: events.Event) -> None:
        """Take one event, from any thread."""
        self._outside.overhear(event)
        self._emit(event)
        if isinstance(event, events.DictationSaid) and event.command in PHRASES:
            self.use_mode(PHRASES[event.command])

    @contextlib.contextmanager
    def serving(self, session: Session) -> Iterator[None]:
        """Hear commands meanwhile; where that cannot be, it is told and everything else works."""
        from starling.pipeline.session import steer

        self._session = session
        steer(session.coordinator.handsfree, self._choice)
        error = self._outside.open()
        if error is not None:
            self._emit(events.Trouble(error))
        try:
            yield
        finally:
            self._outside.close()

    def press(self) -> None:
        """See :class:`starling.pipeline.outside.Commands`, as the next four."""
        at_s = time.monotonic()
        self._session.mailbox.do(lambda: self._session.coordinator.press(at_s))

    def release(self) -> None:
        """The talk key went up."""
        at_s = time.monotonic()
        self._session.mailbox.do(lambda: self._session.coordinator.release(at_s))

    def cancel(self) -> None:
        """Forget what is being said."""
        self._session.mailbox.do(self._session.coordinator.cancel)

    def use_mode(self, mode: events.Mode) -> None:
        """Answer, only write down, or hear nothing; for this run."""
        self._session.mailbox.do(lambda: self._use(mode))

    def set_private(self, on: bool) -> None:
        """Store nothing, or store again; for this run."""
        self._session.keeper.private = on
        self(events.PrivateChanged(on))

    def _use(self, mode: events.Mode) -> None:
        from starling.pipeline.session import rules_of

        coordinator = self._session.coordinator
        now = coordinator.listening
        coordinator.listen(mode, now.activation, muted=now.muted)
        coordinator.rules = rules_of(self._choice, mode)
        self._session.keeper.mode = mode
