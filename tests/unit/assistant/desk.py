"""An assistant with a clock that the test turns."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from starling.assistant import Assistant

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 15, 5, tzinfo=BERLIN)


class Desk:
    """Time moves only by :meth:`wait`; :meth:`set_clock` moves the wall clock alone, as a person or NTP does."""

    def __init__(self, folder: Path, now: datetime = SUNDAY) -> None:
        self.folder = folder
        self.now = now
        self.elapsed = 1000.0
        self.restart()

    def restart(self) -> None:
        self.assistant = Assistant(self.folder, lambda: self.now, lambda: self.elapsed)

    def wait(self, seconds: float) -> None:
        self.now = (self.now.astimezone(ZoneInfo("UTC")) + timedelta(seconds=seconds)).astimezone(self.now.tzinfo)
        self.elapsed += seconds

    def set_clock(self, now: datetime) -> None:
        self.now = now

    def say(self, text: str) -> str:
        return self.assistant.reply(text).text

    def told(self) -> list[str]:
        return [announcement.text for announcement in self.assistant.due()]
