"""The one question that the user may be asked by the language model. For the coordinator's thread."""

from __future__ import annotations

from collections.abc import Callable

from starling.assistant.llm.questions import Question
from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.mailbox import Outcome


class Confirming:
    """Knows which turn's question is open, and tells when one begins or ends."""

    def __init__(self, emit: Callable[[events.Event], None]) -> None:
        self._emit = emit
        self._turn: str | None = None

    def asked(self, question: str, turn: str) -> None:
        """A question is open now."""
        self._turn = turn
        tool, arguments = (question.tool, question.arguments) if isinstance(question, Question) else ("", ())
        self._emit(events.ConfirmAsked(turn, str(question), tool, arguments))

    def ended(self, outcome: Outcome) -> None:
        """It no longer is."""
        turn, self._turn = self._turn, None
        if turn is not None:
            self._emit(events.ConfirmEnded(turn, outcome))

    def takes(self, turn: str) -> bool:
        """Whether a word on this turn's question is waited for; if not, that is told."""
        if turn == self._turn:
            return True
        error = StarlingError("assistant.not_asked", "This question is no longer open.", "Ask again.")
        self._emit(events.Trouble(error))
        return False
