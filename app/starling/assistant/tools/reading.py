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


def reading_tools(clock: Clockwork) -> tuple[Tool, ...]:
    """The tools; each asks its skill with a sentence that the skill's grammar takes."""

    def ask(skill: Skill, *sentences: str, failed: str) -> Prepared:
        def run() -> str:
            now = clock()
            for sentence in sentences:
                if answer := skill.match(Utterance.of(sentence), now):
                    return answer().text
            raise ToolError(failed)

        return Prepared(run)

    def time(given: Mapping[str, Value]) -> Prepared:
        place = f" in {given['city']}" if given.get("city") else ""
        return ask(Clock(), f"what time is it{place}", failed="that city is not known; use the largest one in its zone")

    def date(given: Mapping[str, Value]) -> Prepared:
        day = str(given.get("day", "")).lower()
        if day in ("", "today"):
            return ask(Calendar(), "what day is it", failed="")
        kind = "how many days until" if given.get("want") == "days until" else "when is"
        return ask(Calendar(), f"{kind} {day}", failed="that day is not understood; write it like: december 24th")

    def calculate(given: Mapping[str, Value]) -> Prepared:
        expression = str(given["expression"]).replace("sqrt", "square root of ")
        return ask(Arithmetic(), expression, failed="that is no arithmetic; use numbers, + - * / ^, sqrt and brackets")

    def convert(given: Mapping[str, Value]) -> Prepared:
        amount, source, target = given["amount"], given["from_unit"], given["to_unit"]
        failed = "those units are not known; write them out, like: kilometers"
        return ask(Units(), f"convert {amount} {source} to {target}", failed=failed)

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
