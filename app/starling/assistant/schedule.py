"""Timers and alarms that are running: kept in memory, mirrored in a file, taken out when due."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal

from starling.assistant.store import JsonStore
from starling.core.errors import StarlingError

SCHEMA = 1
_LAST_EPOCH = 1e11
"""About the year 5138: what ends later was damaged."""
_CLOCK_STEP_S = 2.0
"""A wall clock that differs more than this from the elapsed time has been set."""


def seconds_awake_or_asleep() -> float:
    """Seconds since boot, suspended time included; setting the wall clock does not move it."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot) if boot is not None else time.monotonic()


@dataclass(frozen=True)
class Entry:
    """One timer or alarm.

    Attributes:
        id: unique among those running.
        kind: a timer measures elapsed time, an alarm waits for a time on the clock.
        seconds: the timer's whole length; 0 for an alarm.
        ends: a timer's end, seconds since the epoch.
        local: an alarm's moment, naive local time in ISO format, so that it keeps its hour when the zone changes.
    """

    id: int
    kind: Literal["timer", "alarm"]
    name: str = ""
    seconds: int = 0
    ends: float = 0.0
    local: str = ""

    @property
    def moment(self) -> datetime:
        """An alarm's moment, naive local time."""
        return datetime.fromisoformat(self.local)


def _decode(item: object) -> Entry:
    if not isinstance(item, dict):
        raise TypeError("an entry is an object")
    entry = Entry(
        int(item["id"]), item["kind"], str(item["name"]), int(item["seconds"]), float(item["ends"]), str(item["local"])
    )
    if entry.kind not in {"timer", "alarm"} or (entry.kind == "alarm" and entry.moment.tzinfo):
        raise ValueError("unknown entry")
    if not 0 <= entry.ends < _LAST_EPOCH or not 0 <= entry.seconds < _LAST_EPOCH:
        raise ValueError("no moment in time")
    return entry


def epoch_of(moment: datetime, now: datetime) -> float:
    """Epoch seconds of a naive local moment.

    The zone is that of ``now``; a fixed offset knows no summer time, so then the machine's own rules are asked. A
    moment that the clocks skip comes one hour later, one that they repeat comes the first time.
    """
    if isinstance(now.tzinfo, timezone):
        return moment.timestamp()
    return moment.replace(tzinfo=now.tzinfo).timestamp()


class Schedule:
    """The running timers and alarms.

    Args:
        path: the file that outlives the process.
        clock: the local time, aware.
        elapsed: seconds that setting the wall clock does not move.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], elapsed: Callable[[], float]) -> None:
        self._store = JsonStore[Entry](path, SCHEMA, asdict, _decode)
        self._clock = clock
        self._elapsed = elapsed
        entries = self._store.load()
        self._offset = clock().timestamp() - elapsed()
        self._entries = {entry.id: entry for entry in entries}
        self.notice = self._store.notice

    def entries(self, kind: str = "") -> list[Entry]:
        """Those running, the next one first."""
        chosen = [entry for entry in self._entries.values() if kind in ("", entry.kind)]
        return sorted(chosen, key=self.left)

    def left(self, entry: Entry) -> float:
        """Seconds until the entry is due; negative once it is."""
        if entry.kind == "timer":
            return entry.ends - self._offset - self._elapsed()
        now = self._clock()
        return epoch_of(entry.moment, now) - now.timestamp()

    def ended_at(self, entry: Entry) -> datetime:
        """When an entry came due, local time."""
        if entry.kind == "alarm":
            return entry.moment
        return datetime.fromtimestamp(entry.ends, self._clock().tzinfo)

    def add(self, kind: Literal["timer", "alarm"], *, name: str = "", seconds: int = 0, local: str = "") -> bool:
        """Start one; False if it could not be written to the file (it runs all the same)."""
        number = max(self._entries, default=0) + 1
        self._follow_clock()
        ends = self._offset + self._elapsed() + seconds if kind == "timer" else 0.0
        self._entries[number] = Entry(number, kind, name, seconds, ends, local)
        return self._save()

    def remove(self, entries: list[Entry]) -> bool:
        """Take these out; False if the file still has them."""
        for entry in entries:
            self._entries.pop(entry.id, None)
        return self._save()

    def take_due(self) -> list[Entry]:
        """Those that are due, the earliest first; they are out of the schedule from now on."""
        self._follow_clock()
        due = [entry for entry in self.entries() if self.left(entry) <= 0]
        if due:
            self.remove(due)
        return due

    def _follow_clock(self) -> None:
        """After the wall clock was set, the ends in the file move with it, so that a restart keeps the lengths."""
        step = self._clock().timestamp() - self._elapsed() - self._offset
        if abs(step) <= _CLOCK_STEP_S:
            return
        self._offset += step
        moved = {e.id: replace(e, ends=e.ends + step) for e in self._entries.values() if e.kind == "timer"}
        self._entries |= moved
        if moved:
            self._save()

    def _save(self) -> bool:
        try:
            self._store.save(list(self._entries.values()))
        except StarlingError:
            return False
        return True
