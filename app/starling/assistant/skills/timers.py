"""Setting timers: ``set a pasta timer for eight minutes``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance
from starling.assistant.durations import UNIT_SECONDS, parse_duration
from starling.assistant.schedule import Schedule
from starling.core.numbers import parse_number

LONGEST_S = 24 * 3600
MOST = 30
UNSAVED = " But I could not save it, so it will be lost if Starling closes."

_VERB = re.compile(
    r"(?:set|start|make|create|begin|add|give me|put on|run|i need|i want|(?:can|could|may) i have)(?: up| me)? "
)
_ARTICLE = re.compile(r"(?:a|an|the|another|my|one)(?: new)? |(?=)")
_NEAR_MISS = re.compile(
    r"(?:set (?:a |an |the )?(?:time|tamer|tiger|dimer)|"
    r"(?:said|sit|sat|sent|send) (?:a |the )?timer) (?:for|to) (?P<length>.+)"
)
_REMIND = re.compile(r"(?:remind|wake) me(?: up)? in (?P<length>.+)")
_CONNECTOR = re.compile(r"\b(?:for the|for my|for|called|named|to|at|in)\b")
_NO_NAME = frozenset(
    "i we he she it you they is was are were be been that this there what when how and but or of a an the my new not "
    "few some couple another one set start make forever while long".split()
)
_MOST_NAME_WORDS = 3


@dataclass(frozen=True)
class Wish:
    """A timer as asked for: its name, its length if understood, and a number whose unit is missing."""

    name: str = ""
    seconds: int | None = None
    bare: str = ""
    unclear: bool = False


class Timers:
    """Sets timers; asks when the length is missing or unclear."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        if (remind := _REMIND.fullmatch(said.text)) and (
            length := parse_duration(remind["length"].split())
        ) is not None:
            return lambda: self.start(Wish(seconds=length))
        if (miss := _NEAR_MISS.fullmatch(said.text)) and (meant := parse_duration(miss["length"].split())):
            return lambda: self._confirm(meant)
        wish = read_wish(said.text)
        return (lambda: self.start(wish)) if wish else None

    def _confirm(self, seconds: int) -> Answer:
        def follow(said: Utterance, _now: datetime) -> Answer | None:
            return self.start(Wish(seconds=seconds)) if is_yes(said.text) else None

        return Answer(f"Did you mean a timer for {spoken.duration(seconds)}?", "timers", follow_up=follow)

    def start(self, wish: Wish) -> Answer:
        """Start the timer, or ask for what is missing, or say why not."""
        if wish.seconds is None:
            return self._ask(wish)
        if wish.seconds < 1:
            return Answer("A timer needs at least one second.", "timers")
        if wish.seconds > LONGEST_S:
            return Answer("A timer can run for at most 24 hours; an alarm can wait longer.", "timers")
        if len(self._schedule.entries()) >= MOST:
            return Answer(f"There are already {MOST} timers and alarms; cancel one first.", "timers")
        saved = self._schedule.add("timer", name=wish.name, seconds=wish.seconds)
        label = f"{wish.name.capitalize()} timer" if wish.name else "Timer"
        return Answer(f"{label} set for {spoken.duration(wish.seconds)}.{'' if saved else UNSAVED}", "timers")

    def _ask(self, wish: Wish) -> Answer:
        def follow(said: Utterance, _now: datetime) -> Answer | None:
            text = said.text.removeprefix("for ")
            if wish.bare and text.rstrip("s") in {"second", "minute", "hour"}:
                text = f"{wish.bare} {text}"
            seconds = parse_duration(text.split())
            return None if seconds is None else self.start(replace(wish, seconds=seconds))

        if wish.bare:
            question = f"{wish.bare.capitalize()} what: seconds, minutes or hours?"
        else:
            question = "I did not understand how long. How long?" if wish.unclear else "For how long?"
        return Answer(question, "timers", follow_up=follow)


def is_yes(text: str) -> bool:
    """True for a plain yes."""
    return text in {"yes", "yeah", "yep", "yes i do", "yes i did", "sure", "correct", "right", "yes do it", "do it"}


def read_wish(text: str) -> Wish | None:
    """The timer that an utterance asks for, or None if it asks for none."""
    verb = _VERB.match(text)
    rest = text[verb.end() :] if verb else text
    article = _ARTICLE.match(rest)
    rest = rest[article.end() :] if article else rest
    words = rest.split()
    if words.count("timer") != 1:
        return None
    at = words.index("timer")
    before, after = words[:at], " ".join(words[at + 1 :]).removeprefix("of ")
    wish = _read_before(before)
    for part in filter(None, (piece.strip() for piece in _CONNECTOR.split(after))):
        wish = wish and _add_part(wish, part.split(), asked=bool(verb))
    if not wish or (not verb and wish.seconds is None):
        return None
    return wish


def _read_before(words: list[str]) -> Wish | None:
    """``ten minute pasta``: a length, a name, both or nothing."""
    for size in range(len(words), 0, -1):
        seconds = parse_duration(words[:size])
        if seconds is not None:
            return _named(Wish(seconds=seconds), words[size:])
    return _named(Wish(), words)


def _named(wish: Wish, words: list[str]) -> Wish | None:
    if not words:
        return wish
    unfit = wish.name or len(words) > _MOST_NAME_WORDS or (_NO_NAME | UNIT_SECONDS.keys()) & set(words)
    return None if unfit or not "".join(words).isalpha() else replace(wish, name=" ".join(words))


def _add_part(wish: Wish, words: list[str], *, asked: bool) -> Wish | None:
    if wish.seconds is None and not wish.unclear:
        seconds = parse_duration(words)
        if seconds is not None:
            return replace(wish, seconds=seconds)
        if asked and parse_number(words) is not None:
            return replace(wish, bare=" ".join(words), unclear=True)
        if asked and (UNIT_SECONDS.keys() & set(words) or any(map(str.isdigit, "".join(words)))):
            return replace(wish, unclear=True)
    return _named(wish, words)
