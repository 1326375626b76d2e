"""The assistant of a session: who answers, by which settings, and what the window is told of the language model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from starling.assistant.answering import Answers
from starling.assistant.conversation import Assistant, local_time
from starling.assistant.llm.connection import Connection, Wishes, connect
from starling.assistant.llm.dialogue import Dialogue, Telling
from starling.assistant.schedule import seconds_awake_or_asleep
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.mailbox import Outcome

Emit = Callable[[events.Event], None]


class Talk:
    """The assistant as the reply line sees it. :meth:`use` may be called from any thread, the rest from the line's.

    Args:
        store: folder of timers and notes.
        wishes: the language model to use.
        resolved: told how a question to the user ended.
        emit: hears of the connection.
    """

    def __init__(self, store: Path, wishes: Wishes, resolved: Callable[[Outcome], None], emit: Emit) -> None:
        assistant = Assistant(store)
        self.notices = assistant.notices
        self._dialogue = Dialogue(assistant.toolbox, local_time, seconds_awake_or_asleep, resolved)
        self._answers = Answers(assistant, self._dialogue)
        self._emit = emit
        self._lock = threading.Lock()
        self._wished: Wishes | None = wishes
        self._shown = events.ConnectionShown()
        self._used: Wishes | None = None

    def use(self, wishes: Wishes) -> None:
        """Use this language model from the next question on."""
        with self._lock:
            self._wished = wishes

    def follow(self) -> None:
        """Do what :meth:`use` said; tells the connection that is in use from now on."""
        with self._lock:
            wishes, self._wished = self._wished, None
        if wishes is None or wishes == self._used:
            return
        self._used = wishes
        connection = connect(wishes)
        self._answers.use(connection)
        self._show(_shown(connection))

    def answer(self, request: str) -> str | Told:
        """See :class:`starling.pipeline.replies.Answerer`."""
        self.follow()
        return self._told(self._answers.answer(request))

    def confirm(self, yes: bool) -> str | Told:
        """See :class:`starling.pipeline.replies.Answerer`."""
        self.follow()
        return self._told(self._answers.confirm(yes))

    def forget(self) -> None:
        """Begin a new conversation."""
        self._answers.forget()
        self._emit(events.ConversationForgotten())

    def due(self) -> list[str]:
        """What timers and alarms have to say now."""
        self.follow()
        return self._answers.due()

    def seconds_to_next(self) -> float | None:
        """Seconds until :meth:`due` has something to do."""
        return self._answers.seconds_to_next()

    def ended(self, telling: Telling, error: StarlingError | None, said: str) -> None:
        """A reply of the model was spoken."""
        self._answers.said(said)
        connection = self._dialogue.connection
        if connection is None or (telling.cancelled and error is None and not said):
            return
        first_ms = None if telling.first_text_s is None else round(telling.first_text_s * 1000, 1)
        self._show(
            replace(
                self._shown,
                model=connection.model or telling.model,
                state="failed" if error else "ready",
                first_text_ms=first_ms or self._shown.first_text_ms,
                error=error.to_json() if error else None,
            )
        )

    def _told(self, answer: str | Telling) -> str | Told:
        return answer if isinstance(answer, str) else Told(answer, self)

    def _show(self, shown: events.ConnectionShown) -> None:
        if shown != self._shown:
            self._shown = shown
            self._emit(shown)


class Told:
    """One reply of the model as the reply line sees it, see :class:`starling.pipeline.growing.Told`."""

    def __init__(self, telling: Telling, talk: Talk) -> None:
        self._telling = telling
        self._talk = talk
        self._text = ""
        self._error: StarlingError | None = None

    def __iter__(self) -> Iterator[str]:
        """The pieces."""
        try:
            for piece in self._telling:
                self._text += piece
                yield piece
        except StarlingError as error:
            self._error = error
            raise

    def cancel(self) -> None:
        """End it at once."""
        self._telling.cancel()

    def ended(self, said: str | None) -> None:
        """It was spoken."""
        self._telling.ended(said)
        self._talk.ended(self._telling, self._error, self._text if said is None else said)


def _shown(connection: Connection | StarlingError | None) -> events.ConnectionShown:
    if connection is None:
        return events.ConnectionShown()
    if isinstance(connection, StarlingError):
        return events.ConnectionShown(state="failed", error=connection.to_json())
    wishes = connection.wishes
    return events.ConnectionShown(connection.address.url, wishes.model, "untested", connection.address.local)
