"""What the reply line tells, passed on and remembered. For the coordinator's thread."""

from __future__ import annotations

from collections.abc import Callable

from starling.pipeline import events, mailbox
from starling.pipeline.confirming import Confirming
from starling.pipeline.recognition import RecognitionLine
from starling.pipeline.said import SaidReplies
from starling.pipeline.turnbook import TurnBook


class ReplyDesk:
    """Knows which requests wait for an answer and which replies sound.

    Attributes:
        asked: requests that have no answer yet.
        turns: the turns' names, by job.
        said: the replies and when they sounded.
        confirming: the question that the user is asked.
    """

    def __init__(
        self,
        emit: Callable[[events.Event], None],
        line: RecognitionLine,
        book: TurnBook | None,
        said: SaidReplies,
        now_s: Callable[[], float],
    ) -> None:
        self.asked = 0
        self.turns: dict[int, str] = {}
        self.said = said
        self.confirming = Confirming(emit)
        self._emit = emit
        self._line = line
        self._book = book
        self._now_s = now_s
        self._noted: set[str] = set()

    def take(self, message: mailbox.Message) -> None:
        """One message of the reply line; others are ignored."""
        match message:
            case mailbox.ReplyBegan(text=text, job=job):
                self.said.began(text, self._now_s())
                self._emit(events.ReplyBegan(text, self.turns.get(job, "")))
            case mailbox.ReplyGrew(text=text, job=job):
                self.said.grew(text)
                self._emit(events.ReplyGrew(text, self.turns.get(job, "")))
            case mailbox.ConfirmAsked(question=question, job=job):
                self.confirming.asked(question, self.turns.get(job, ""))
            case mailbox.ConfirmEnded(outcome=outcome):
                self.confirming.ended(outcome)
            case mailbox.ReplyEnded(reply=reply, job=job):
                self.said.ended(self._now_s())
                self._emit(events.ReplyEnded(reply, self.turns.get(job, "")))
                for note in dict.fromkeys(reply.notes):
                    self._note(note)
            case mailbox.Answered(job=job, reply=answer):
                self._answered(job, answer)
            case mailbox.ReplayBegan(turn=turn, text=text, of_reply=of_reply):
                self.said.began(text, self._now_s(), is_reply=False)
                self._emit(events.ReplayBegan(turn, of_reply, text))
            case mailbox.ReplayEnded(turn=turn, error=error, of_reply=of_reply):
                self.said.ended(self._now_s())
                self._emit(events.ReplayEnded(turn, error, of_reply))

    def _answered(self, job: int, answer: events.Reply | None) -> None:
        self.asked -= 1
        self._line.replied(job, answer)
        turn = self.turns.pop(job, "")
        if self._book and answer is not None:
            self._book.replied(turn, answer.text)
        elif self._book:  # somebody watches, and waits for an answer
            self._emit(events.ReplyEnded(events.Reply(""), turn))

    def _note(self, note: str) -> None:
        """Tell it once a run: a conversation in another script would repeat it with every reply."""
        if note not in self._noted:
            self._noted.add(note)
            self._emit(events.Notice(note))
