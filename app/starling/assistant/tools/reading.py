"""Tools that only read: time, dates, arithmetic, units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from starling.assistant.answer import Skill, Utterance
from starling.assistant.skills.arithmetic import Arithmetic
from starling.assistant.skills.calendar import Calendar
from starling.assistant.skills.clock import Clock
from starling.assistant.skills.units import Units
from starling.assistant.tools.declaration import Parameter, Prepared, Tool, ToolError, Value

Clockwork = Callable[[], datetime]


class _Reading:
    """Asks each skill with a sentence that its grammar takes."""

    def __init__(self, clock: Clockwork) -> None:
        self._clock = clock
        self._clockwork, self._calendar, self._units = Clock(), Calendar(), Units()

    def time(self, given: Mapping[str, Value]) -> Prepared:
        place = f" in {given['city']}" if given.get("city") else ""
        failed = "that city is not known; use the largest one in its zone"
        return self._ask(self._clockwork, f"what time is it{place}", failed)

    def date(self, given: Mapping[str, Value]) -> Prepared:
        day = str(given.get("day", "")).lower()
        if day in ("", "today"):
            return self._ask(self._calendar, "what day is it", "")
        kind = "how many days until" if given.get("want") == "days until" else "when is"
        return self._ask(self._calendar, f"{kind} {day}", "that day is not understood; write it like: december 24th")

    def calculate(self, given: Mapping[str, Value]) -> Prepared:
        expression = str(given["expression"]).replace("sqrt", "square root of ")
        failed = "that is no arithmetic; use numbers, + - * / ^, sqrt and brackets"
        return self._ask(Arithmetic(), expression, failed)  # a fresh one: it has no last result to go on from

    def convert(self, given: Mapping[str, Value]) -> Prepared:
        sentence = f"convert {given['amount']} {given['from_unit']} to {given['to_unit']}"
        return self._ask(self._units, sentence, "those units are not known; write them out, like: kilometers")

    def _ask(self, skill: Skill, sentence: str, failed: str) -> Prepared:
        def run() -> str:
            answer = skill.match(Utterance.of(sentence), self._clock())
            if answer is None:
                raise ToolError(failed)
            return answer().text

        return Prepared(run)


def reading_tools(clock: Clockwork) -> tuple[Tool, ...]:
    """The tools."""
    reading = _Reading(clock)
    time, date, calculate, convert = reading.time, reading.date, reading.calculate, reading.convert
    return (
        Tool(
            "get_time",
            "The time of day now, here or in a large city.",
            (Parameter("city", "string", "City, in English; leave out for here.", required=False),),
            time,
        ),
        Tool(
            "get_date",
            "Today's date; or the date of a named day, or how many days there are until it.",
            (
                Parameter("day", "string", "Such as: christmas, next friday, december 24th.", required=False),
                Parameter("want", "string", "What to tell of the day.", required=False, choices=("date", "days until")),
            ),
            date,
        ),
        Tool(
            "calculate",
            "Exact arithmetic. Always use it instead of computing yourself.",
            (Parameter("expression", "string", "Such as: (23 * 7) / 2"),),
            calculate,
        ),
        Tool(
            "convert_units",
            "Converts lengths, weights, volumes, temperatures, speeds, times, areas and amounts of data.",
            (
                Parameter("amount", "number", "How much."),
                Parameter("from_unit", "string", "Such as: miles"),
                Parameter("to_unit", "string", "Such as: kilometers"),
            ),
            convert,
        ),
    )
