"""Timers and alarms come due, survive restarts, and do not follow a wall clock that is set."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.assistant.desk import BERLIN, SUNDAY, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_timer_is_told_once_when_due(desk: Desk) -> None:
    assert desk.assistant.next_due() is None
    desk.say("set a pasta timer for eight minutes")
    assert desk.assistant.next_due() == pytest.approx(480)
    desk.wait(479)
    assert desk.told() == []
    desk.wait(1)
    assert desk.assistant.next_due() == 0
    assert desk.told() == ["Your pasta timer is done."]
    assert desk.told() == []
    assert desk.assistant.next_due() is None


def test_several_are_told_in_the_order_they_ended(desk: Desk) -> None:
    desk.say("timer thirty seconds")
    desk.say("timer ten seconds")
    desk.wait(60)
    assert desk.told() == ["Your 10 second timer is done.", "Your 30 second timer is done."]


def test_an_alarm_rings(desk: Desk) -> None:
    desk.say("set an alarm for 6 pm")
    assert desk.assistant.next_due() == pytest.approx(2 * 3600 + 55 * 60)
    desk.wait(2 * 3600 + 55 * 60)
    assert desk.told() == ["It is 6 PM. This is your alarm."]


def test_time_left_counts_down(desk: Desk) -> None:
    desk.say("timer ten minutes")
    desk.wait(9 * 60 + 15.5)
    assert desk.say("how much time is left") == "You have 45 seconds left on the 10 minute timer."


def test_restart_keeps_what_runs(desk: Desk) -> None:
    desk.say("set a pasta timer for eight minutes")
    desk.say("set an alarm for 6 pm")
    desk.wait(120)
    desk.restart()
    assert desk.told() == []
    assert desk.say("how much time is left on the pasta timer") == "You have 6 minutes left on the pasta timer."
    desk.wait(360)
    assert desk.told() == ["Your pasta timer is done."]


def test_a_reboot_keeps_what_runs(desk: Desk) -> None:
    desk.say("set a pasta timer for eight minutes")
    desk.wait(120)
    desk.elapsed = 5.0  # the elapsed clock starts anew at boot
    desk.restart()
    assert desk.assistant.next_due() == pytest.approx(360)


def test_what_ended_while_off_is_told_once_at_the_start(desk: Desk) -> None:
    desk.say("set a pasta timer for eight minutes")
    desk.say("set an alarm for 6 pm")
    desk.wait(18 * 3600)
    desk.restart()
    assert desk.assistant.next_due() == 0
    assert desk.told() == [
        "While I was off, your pasta timer ended at 3:13 PM yesterday and your alarm was due at 6 PM yesterday."
    ]
    desk.restart()
    assert desk.told() == []


def test_told_is_gone_after_a_restart(desk: Desk) -> None:
    desk.say("timer ten seconds")
    desk.wait(10)
    desk.told()
    desk.restart()
    assert desk.told() == []


def test_told_late_after_a_suspend(desk: Desk) -> None:
    desk.say("timer ten minutes")
    desk.wait(3600)
    assert desk.told() == ["Your 10 minute timer ended at 3:15 PM; I could not say so then."]


@pytest.mark.parametrize("hours", [-5, 5])
def test_setting_the_wall_clock_does_not_move_a_timer(desk: Desk, hours: int) -> None:
    desk.say("timer ten minutes")
    desk.wait(60)
    desk.set_clock(desk.now + timedelta(hours=hours))
    assert desk.told() == []
    assert desk.assistant.next_due() == pytest.approx(540)
    desk.restart()
    assert desk.assistant.next_due() == pytest.approx(540)
    desk.wait(540)
    assert desk.told() == ["Your 10 minute timer is done."]


def test_an_alarm_follows_the_wall_clock(desk: Desk) -> None:
    desk.say("set an alarm for 6 pm")
    desk.set_clock(SUNDAY.replace(hour=17, minute=59))
    assert desk.assistant.next_due() == pytest.approx(60)


def test_an_alarm_keeps_its_hour_when_summer_time_ends(tmp_path: Path) -> None:
    desk = Desk(tmp_path, datetime(2026, 10, 24, 22, 0, tzinfo=BERLIN))
    assert desk.say("wake me at seven") == "Alarm set for 7 AM tomorrow."
    assert desk.assistant.next_due() == pytest.approx(10 * 3600)  # the night has 25 hours to midnight and on


def test_an_alarm_keeps_its_hour_when_summer_time_begins(tmp_path: Path) -> None:
    desk = Desk(tmp_path, datetime(2026, 3, 28, 22, 0, tzinfo=BERLIN))
    desk.say("wake me at seven")
    assert desk.assistant.next_due() == pytest.approx(8 * 3600)


def test_an_alarm_in_the_skipped_hour_rings_after_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path, datetime(2026, 3, 29, 1, 0, tzinfo=BERLIN))
    desk.say("set an alarm for 2:30 am")
    assert desk.assistant.next_due() == pytest.approx(1.5 * 3600)


def test_an_alarm_in_the_repeated_hour_rings_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, datetime(2026, 10, 25, 1, 0, tzinfo=BERLIN))
    desk.say("set an alarm for 2:30 am")
    desk.wait(1.5 * 3600)
    assert desk.told() == ["It is 2:30 AM. This is your alarm."]
    desk.wait(3600)
    assert desk.told() == []


def test_a_timer_over_the_change_runs_its_length(tmp_path: Path) -> None:
    desk = Desk(tmp_path, datetime(2026, 10, 25, 1, 0, tzinfo=BERLIN))
    desk.say("set a timer for three hours")
    desk.wait(3 * 3600 - 1)
    assert desk.told() == []
    desk.wait(1)
    assert desk.told() == ["Your 3 hour timer is done."]


def test_there_is_a_most(desk: Desk) -> None:
    for _ in range(30):
        assert desk.say("timer ten minutes") == "Timer set for 10 minutes."
    assert desk.say("timer ten minutes") == "There are already 30 timers and alarms; cancel one first."
    assert desk.say("set an alarm for 6 pm") == "There are already 30 timers and alarms; cancel one first."
    assert desk.say("list my timers").endswith("left and 25 more.")


def test_an_unwritable_folder_is_said_and_the_timer_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = Desk(tmp_path / "file" / "folder")
    assert desk.say("timer ten seconds") == (
        "Timer set for 10 seconds. But I could not save it, so it will be lost if Starling closes."
    )
    desk.wait(10)
    assert desk.told() == ["Your 10 second timer is done."]


DAMAGE = [
    "",
    "{",
    "[]",
    '{"schema": 1}',
    '{"schema": 1, "items": [{"id": 1}]}',
    '{"schema": 1, "items": [{"id": 1, "kind": "alarm", "name": "", "seconds": 0, "ends": 0, "local": "noon"}]}',
    '{"schema": 1, "items": [{"id": 1, "kind": "bomb", "name": "", "seconds": 0, "ends": 0, "local": ""}]}',
    '{"schema": 1, "items": [{"id": 1, "kind": "timer", "name": "", "seconds": 9, "ends": 1e999, "local": ""}]}',
    '{"schema": "x", "items": 3}',
]


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / "timers.json").write_text(content)
    desk = Desk(tmp_path)
    assert desk.assistant.notices == ("timers.json was damaged; it was kept as timers.damaged-1.json.",)
    assert (tmp_path / "timers.damaged-1.json").read_text() == content
    assert desk.say("timer ten minutes") == "Timer set for 10 minutes."
    desk.restart()
    assert desk.assistant.next_due() == pytest.approx(600)


def test_a_newer_file_is_left_untouched(tmp_path: Path) -> None:
    content = json.dumps({"schema": 2, "items": [], "extra": True})
    (tmp_path / "timers.json").write_text(content)
    desk = Desk(tmp_path)
    assert "newer Starling" in desk.assistant.notices[0]
    assert "could not save" in desk.say("timer ten seconds")
    assert (tmp_path / "timers.json").read_text() == content
