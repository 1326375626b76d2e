"""Who answers: the skills first, then the language model if one is connected, then an honest sentence."""

from __future__ import annotations

from starling.assistant.answer import Utterance
from starling.assistant.conversation import Assistant, is_no, is_stop
from starling.assistant.llm.connection import Connection
from starling.assistant.llm.dialogue import Dialogue, Telling
from starling.assistant.skills.timers import is_yes
from starling.core.errors import StarlingError

_MORE_YES = frozenset(
    "okay,ok,go ahead,yes go ahead,please do,confirm,of course,yes of course,yes sure,absolutely".split(",")
)
_FORGET = frozenset(
    {
        "forget our conversation", "forget this conversation", "forget the conversation", "forget what i said",
        "forget what we said", "forget what we talked about", "forget everything", "forget everything i said",
        "forget everything we said", "start over", "let us start over", "start again", "start a new conversation",
        "new conversation", "begin a new conversation", "clear the conversation", "reset the conversation",
        "reset our conversation",
    }
)  # fmt: skip
_FORGOTTEN = "Okay, I have forgotten our conversation."
_PRIVATE_SKILLS = frozenset({"notes", "repeat", "stop", "none"})
"""What is not told to the language model unasked."""


class Answers:
    """Answers requests in the house's order. Called by one thread; see :class:`Telling` for its one exception."""

    def __init__(self, assistant: Assistant, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self._assistant = assistant
        self._fault: StarlingError | None = None

    def use(self, connection: Connection | StarlingError | None) -> None:
        """Ask this language model from now on; an error says why the one that is wished for cannot be asked."""
        self._fault = connection if isinstance(connection, StarlingError) else None
        self.dialogue.use(connection if isinstance(connection, Connection) else None)
        self._assistant.has_model = isinstance(connection, Connection)

    def answer(self, request: str) -> str | Telling:
        """The reply: a text, empty for silence, or one that streams."""
        said = Utterance.of(request)
        self.dialogue.expire()
        if self.dialogue.question and (answer := self._word(said)) is not None:
            return answer
        if said.text in _FORGET:
            self.forget()
            return _FORGOTTEN
        found = self._assistant.attempt(request)
        if found is not None:
            if found.skill != "repeat":
                self.dialogue.leave_question()
            if found.text and found.skill not in _PRIVATE_SKILLS:
                self.dialogue.note(request, found.text)
            return found.text
        if self.dialogue.connection is not None:
            return self.dialogue.ask(request)
        if self._fault is not None:
            return f"{self._fault.message} {self._fault.fix}"
        return self._assistant.reply(request).text

    def confirm(self, yes: bool) -> str | Telling:
        """The user's word on what the model wants to change, given by hand."""
        return self.dialogue.answer(yes) or ""

    def said(self, text: str) -> None:
        """This was said: what "repeat that" means."""
        self._assistant.said(text)

    def forget(self) -> None:
        """Begin a new conversation."""
        self.dialogue.forget()
        self._assistant.forget()

    def due(self) -> list[str]:
        """What timers and alarms have to say now."""
        self.dialogue.expire()
        return [announcement.text for announcement in self._assistant.due()]

    def seconds_to_next(self) -> float | None:
        """Seconds until :meth:`due` has something to do; None if nothing waits."""
        waits = [self._assistant.next_due(), self.dialogue.seconds_to_expiry()]
        return min((wait for wait in waits if wait is not None), default=None)

    def _word(self, said: Utterance) -> str | Telling | None:
        """Yes, no, or a wish for silence; None for anything else."""
        if is_yes(said.text) or said.text in _MORE_YES:
            return self.dialogue.answer(True)
        if is_no(said):
            return self.dialogue.answer(False)
        if is_stop(said):
            self.dialogue.decline()
            return ""
        return None
