"""The whole assistant with a language model, and a clock that the test turns."""

from __future__ import annotations

from pathlib import Path

from starling.assistant.answering import Answers
from starling.assistant.llm.client import Limits
from starling.assistant.llm.connection import Wishes, connect
from starling.assistant.llm.dialogue import Dialogue
from starling.assistant.llm.memory import Bounds
from starling.assistant.llm.questions import Question
from starling.core.errors import StarlingError
from tests.helpers.llm_server import LlmServer
from tests.unit.assistant.desk import Desk


class Talker:
    """Says things and hears replies; ``resolved`` are the ends of questions to the user."""

    def __init__(self, folder: Path, server: LlmServer | None, **wishes: object) -> None:
        self.desk = Desk(folder)
        self.resolved: list[str] = []
        self.dialogue = Dialogue(
            self.desk.assistant.toolbox, lambda: self.desk.now, lambda: self.desk.elapsed, self.resolved.append
        )
        self.answers = Answers(self.desk.assistant, self.dialogue)
        self.used: list[tuple[str, str]] = []
        self.error = ""
        self.asked = ""
        if server is not None:
            self.connect(server, **wishes)

    def connect(self, server: LlmServer, **wishes: object) -> None:
        fields = {"url": server.url, "model": "test-model", "limits": Limits(1.0, 2.0, 2.0, 5.0), **wishes}
        self.answers.use(connect(Wishes(**fields), lambda address: ""))  # type: ignore[arg-type]

    def say(self, text: str, heard: int | None = None) -> str:
        """The reply; of a streamed one only ``heard`` characters, if given, before it is cut short."""
        return self._hear(self.answers.answer(text), heard)

    def confirm(self, yes: bool) -> str:
        return self._hear(self.answers.confirm(yes), None)

    def _hear(self, answer: object, heard: int | None) -> str:
        self.error = self.asked = ""
        self.used = []
        if isinstance(answer, str):
            return answer
        text = ""
        try:
            for piece in answer:  # type: ignore[attr-defined]
                text += piece
                if isinstance(piece, Question):
                    self.asked = piece.strip()
                if heard is not None and len(text) >= heard:
                    answer.cancel()  # type: ignore[attr-defined]
                    break
        except StarlingError as error:
            self.error = error.code
        answer.ended(text[:heard] if heard is not None else None)  # type: ignore[attr-defined]
        self.used = [(used.name, used.outcome) for used in answer.used]  # type: ignore[attr-defined]
        return text


def small(**bounds: float) -> Bounds:
    return Bounds(**bounds)  # type: ignore[arg-type]
