"""From a transcript to an answer: a pending question first, then the skills in turn, then an honest sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from starling.assistant.answer import Action, Announcement, Answer, Skill, Utterance
from starling.assistant.schedule import Schedule, seconds_awake_or_asleep
from starling.assistant.skills.alarms import Alarms
from starling.assistant.skills.arithmetic import Arithmetic
from starling.assistant.skills.calendar import Calendar
from starling.assistant.skills.clock import Clock
from starling.assistant.skills.notes import Notes
from starling.assistant.skills.running import Running
from starling.assistant.skills.talk import Talk
from starling.assistant.skills.timers import Timers, is_yes
from starling.assistant.skills.units import Units
from starling.assistant.tools.note_tools import note_tools
from starling.assistant.tools.reading import reading_tools
from starling.assistant.tools.schedule_tools import schedule_tools
from starling.assistant.tools.toolbox import Toolbox

QUESTION_OPEN_S = 30.0
_STOP = frozenset(
    {
        "stop", "stop it", "stop that", "stop talking", "cancel", "cancel that", "never mind", "nevermind", "forget it",
        "be quiet", "quiet", "silence", "shut up", "enough", "that is enough", "that is all", "starling stop",
        "stop please",
    }
)  # fmt: skip
_NO = frozenset({"no", "nope", "no thanks", "no thank you", "do not", "no do not", "no do not do that", "nah"})
_REPEAT = frozenset(
    {
        "repeat", "repeat that", "repeat it", "say that again", "say it again", "again", "what did you say",
        "what was that", "pardon", "pardon me", "come again", "repeat that again", "repeat the last answer",
        "say again",
    }
)  # fmt: skip
_NOT_TAKEN = "I cannot answer that: no language model is connected. Ask what I can do to hear what I know."
_NOTHING_HEARD = "I did not hear any words."


def local_time() -> datetime:
    """Now, aware, in the machine's zone."""
    return datetime.now().astimezone()


def is_stop(said: Utterance) -> bool:
    """True for a wish that Starling be silent."""
    return said.text in _STOP or set(said.words) == {"stop"}


def is_no(said: Utterance) -> bool:
    """True for a plain no."""
    return said.text in _NO


class Assistant:
    """Answers transcripts from real state. All methods are called from one thread.

    Args:
        store_dir: folder of ``timers.json`` and ``notes.json``; made when something is first stored.
        clock: local time, aware.
        elapsed: seconds that setting the wall clock does not move.

    Attributes:
        has_model: whether a language model answers what no skill takes.
        toolbox: the skills, for that model.
    """

    def __init__(
        self,
        store_dir: Path,
        clock: Callable[[], datetime] = local_time,
        elapsed: Callable[[], float] = seconds_awake_or_asleep,
    ) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._last_text = ""
        self._question: tuple[Answer, float] | None = None
        self.has_model = False
        schedule = Schedule(store_dir / "timers.json", clock, elapsed)
        self._running = Running(schedule, clock)
        timers = Timers(schedule)
        alarms = Alarms(schedule, timers)
        notes = Notes(store_dir / "notes.json")
        self._skills: Sequence[Skill] = (
            self._running,
            alarms,
            timers,
            Clock(),
            Calendar(),
            notes,
            Units(),
            Arithmetic(),
            Talk(lambda: self.has_model),
        )
        self.toolbox = Toolbox(
            (
                *reading_tools(clock),
                *schedule_tools(clock, self._running, timers, alarms),
                *note_tools(clock, notes),
            )
        )
        self.notices: tuple[str, ...] = tuple(filter(None, (schedule.notice, notes.notice)))

    def reply(self, transcript: str) -> Answer:
        """The answer to one utterance. Never raises for what was said."""
        answer = self.attempt(transcript)
        if answer is not None:
            return answer
        text = Utterance.of(transcript).text
        lost = text in _NO or is_yes(text)
        sentence = "I have not asked anything." if lost else _NOT_TAKEN
        self.said(sentence)
        return Answer(sentence, "none")

    def attempt(self, transcript: str) -> Answer | None:
        """The answer of a skill; None when none of them takes the utterance."""
        said = Utterance.of(transcript)
        answer = self._answer(said, self._clock())
        if answer is None:
            self._question = None
            return None
        if answer.skill == "repeat":
            return answer  # a question that is repeated stays open
        self._question = (answer, self._elapsed()) if answer.asks else None
        self.said(answer.text)
        return answer

    def said(self, text: str) -> None:
        """This was said last, whoever made it."""
        self._last_text = text or self._last_text

    def forget(self) -> None:
        """Nothing was said and nothing asked; timers and notes stay."""
        self._question, self._last_text = None, ""

    def due(self) -> list[Announcement]:
        """Timers and alarms that came due since the last call; each is given once."""
        told = self._running.announcements()
        if told:
            self._last_text = " ".join(announcement.text for announcement in told)
        return told

    def next_due(self) -> float | None:
        """Seconds until :meth:`due` will have something, 0.0 if it has; None if nothing runs.

        Ask again at least every minute and after every reply: alarms follow the wall clock, which can be set.
        """
        return self._running.next_due_s()

    def _answer(self, said: Utterance, now: datetime) -> Answer | None:
        if not said.text:
            return Answer(_NOTHING_HEARD, "none")
        if is_stop(said):
            return Answer("", "stop", Action.STOP)
        if said.text in _REPEAT:
            return Answer(self._last_text or "I have not said anything yet.", "repeat")
        return self._follow_up(said, now) or self._from_skills(said, now)

    def _follow_up(self, said: Utterance, now: datetime) -> Answer | None:
        if not self._question or self._elapsed() - self._question[1] > QUESTION_OPEN_S:
            return None
        asked = self._question[0]
        if is_no(said):
            return Answer("Okay, I leave it.", asked.skill)
        return asked.follow_up(said, now) if asked.follow_up else None

    def _from_skills(self, said: Utterance, now: datetime) -> Answer | None:
        for skill in self._skills:
            if answer := skill.match(said, now):
                return answer()
        return None
