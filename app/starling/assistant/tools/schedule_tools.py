"""Tools for timers and alarms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from starling.assistant import spoken
from starling.assistant.dates import WEEKDAY
from starling.assistant.durations import SpokenTime
from starling.assistant.skills.alarms import Alarms
from starling.assistant.skills.running import Running
from starling.assistant.skills.timers import LONGEST_S, Timers, Wish
from starling.assistant.tools.declaration import Parameter, Prepared, Tool, ToolError, Value

_MOST_NAME = 30
_KINDS = ("timer", "alarm")
_DAYS = ("today", "tomorrow", *WEEKDAY)


class _Scheduling:
    """Understands calls about one schedule."""

    def __init__(self, clock: Callable[[], datetime], running: Running, timers: Timers, alarms: Alarms) -> None:
        self._clock = clock
        self._running = running
        self._timers = timers
        self._alarms = alarms

    def list_all(self, _given: Mapping[str, Value]) -> Prepared:
        def run() -> list[dict[str, Any]]:
            now = self._clock()
            return [
                {"kind": entry.kind, "name": self._running.label(entry), "state": self._running.describe(entry, now)}
                for entry in self._running.named(_KINDS, "")
            ]

        return Prepared(run)

    def set_timer(self, given: Mapping[str, Value]) -> Prepared:
        seconds = round(sum(float(given.get(unit, 0)) * size for unit, size in _UNITS.items()))
        if not 1 <= seconds <= LONGEST_S:
            raise ToolError("a timer runs for one second at least and 24 hours at most; set an alarm for more")
        name = _name(given)
        label = f"a {name} timer" if name else "a timer"
        wish = Wish(name=name, seconds=seconds)
        return Prepared(lambda: self._timers.start(wish).text, f"Shall I set {label} for {spoken.duration(seconds)}?")

    def set_alarm(self, given: Mapping[str, Value]) -> Prepared:
        moment = _moment(given)
        now = self._clock()
        when = moment.after(now)
        if when is None:
            raise ToolError("that time has already passed")
        told = f"{spoken.clock(when)} {spoken.near_day(when.date(), now.date())}"
        return Prepared(lambda: self._alarms.set_for(moment, now).text, f"Shall I set an alarm for {told}?")

    def cancel(self, given: Mapping[str, Value]) -> Prepared:
        kind = str(given["kind"])
        name = str(given["name"]).lower().removeprefix("the ").removesuffix(f" {kind}")
        entries = self._running.named((kind,), "" if name == "all" else name)
        if not entries:
            raise ToolError(f"there is no such {kind}; list_timers_and_alarms tells the names")
        if len(entries) > 1 and name != "all":
            raise ToolError(
                f"several have that name: {', '.join(self._running.describe(e, self._clock()) for e in entries)}"
            )
        what = f"all {len(entries)} {kind}s" if len(entries) > 1 else f"the {self._running.label(entries[0])}"

        def run() -> str:
            left = [entry for entry in self._running.named((kind,), "") if entry in entries]
            if not left:
                raise ToolError("it has ended meanwhile")
            return self._running.cancel(left).text

        return Prepared(run, f"Shall I cancel {what}?")


def schedule_tools(clock: Callable[[], datetime], running: Running, timers: Timers, alarms: Alarms) -> tuple[Tool, ...]:
    """The tools over one schedule."""
    scheduling = _Scheduling(clock, running, timers, alarms)
    return (
        Tool("list_timers_and_alarms", "The timers and alarms that run.", (), scheduling.list_all),
        Tool(
            "set_timer",
            "Sets a timer. The user is asked to confirm.",
            (
                *(
                    Parameter(unit, "number", f"{unit.capitalize()} of its length.", required=False, minimum=0)
                    for unit in _UNITS
                ),
                Parameter("name", "string", "What it is for, one to three words.", required=False),
            ),
            scheduling.set_timer,
            changes=True,
        ),
        Tool(
            "set_alarm",
            "Sets a single alarm. The user is asked to confirm.",
            (
                Parameter("time", "string", "On a 24 hour clock, such as 06:30."),
                Parameter("day", "string", "Leave out for the next such time.", required=False, choices=_DAYS),
            ),
            scheduling.set_alarm,
            changes=True,
        ),
        Tool(
            "cancel_timer_or_alarm",
            "Cancels one timer or alarm, or all of a kind. The user is asked to confirm.",
            (
                Parameter("kind", "string", "Which kind.", choices=_KINDS),
                Parameter("name", "string", "As list_timers_and_alarms tells it, or: all"),
            ),
            scheduling.cancel,
            changes=True,
        ),
    )


_UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}


def _name(given: Mapping[str, Value]) -> str:
    name = str(given.get("name", "")).lower().removesuffix(" timer").removesuffix("timer").strip()
    if len(name) > _MOST_NAME or not all(c.isalnum() or c in " -'" for c in name):
        raise ToolError("the name must be one to three plain words")
    return name


def _moment(given: Mapping[str, Value]) -> SpokenTime:
    try:
        moment = datetime.strptime(str(given["time"]), "%H:%M")  # a time of day; no zone is meant
    except ValueError:
        raise ToolError("time must be written like 06:30") from None
    return SpokenTime(moment.hour, moment.minute, sure=True, day=str(given.get("day", "")))
