"""What is said about Starling itself: help, greetings, thanks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from starling.assistant.answer import Answer, Utterance

ABILITIES = "I can tell the time and the date, set timers and alarms, do arithmetic, convert units, and take notes"
_ANSWERS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), skill, text)
    for pattern, skill, text in (
        (
            r"what can you do|what do you do|help|help me|what can i (?:say|ask|ask you|do)|what are you able to do|"
            r"what can you help (?:me )?with|how can you help(?: me)?|what are your skills",
            "help",
            f"{ABILITIES}. Say, for example: set a timer for ten minutes.",
        ),
        (
            r"who are you|what are you|what is your name|introduce yourself|are you (?:a )?(?:robot|human|real|person)",
            "about",
            "",
        ),
        (r"(?:hey |hello |hi |okay )?starling", "greeting", "I am listening."),
        (r"okay|ok|all right|alright", "greeting", "Okay."),
        (r"hello|hi|hi there|hello there|good (?:morning|afternoon|evening)", "greeting", "Hello."),
        (r"good ?bye|bye|bye bye|good night|see you|see you later", "greeting", "Goodbye."),
        (
            r"remind me (?:to|about|that|at|on|in) .+|set (?:me )?a reminder(?: .+)?",
            "help",
            "I cannot set reminders, but I can set a timer or an alarm, or take a note.",
        ),
        (r"how are you(?: today| doing)?", "greeting", "I am running. I have no feelings to report."),
        (r"thank you(?: very much| so much)?|thanks(?: a lot)?|thank you starling", "thanks", "You are welcome."),
    )
)


_ABOUT = "I am Starling, a program on this computer that listens and answers."
_ALONE = "I have no language model connected."
_WITH_MODEL = "What my skills do not know I ask a language model."


class Talk:
    """Fixed sentences about Starling; each is true whatever the state.

    Args:
        has_model: whether a language model is connected.
    """

    def __init__(self, has_model: Callable[[], bool] = lambda: False) -> None:
        self._has_model = has_model

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        for pattern, skill, text in _ANSWERS:
            if pattern.fullmatch(said.text):
                answer = Answer(text or self._about(), skill)
                return lambda: answer
        return None

    def _about(self) -> str:
        return f"{_ABOUT} {_WITH_MODEL if self._has_model() else _ALONE}"
