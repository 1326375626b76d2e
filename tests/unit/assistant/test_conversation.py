"""Questions asked back, what was said last, stopping."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.assistant import Action, Assistant
from tests.unit.assistant.desk import Desk

DIALOGUES = {
    "length is asked": [("set a timer", "For how long?"), ("ten minutes", "Timer set for 10 minutes.")],
    "name is kept": [("set a pasta timer", "For how long?"), ("for eight minutes", "Pasta timer set for 8 minutes.")],
    "unit is asked": [
        ("set a timer for ten", "Ten what: seconds, minutes or hours?"),
        ("minutes", "Timer set for 10 minutes."),
    ],
    "near miss": [
        ("set the time for two hours", "Did you mean a timer for 2 hours?"),
        ("yes", "Timer set for 2 hours."),
    ],
    "near miss refused": [
        ("set the time for two hours", "Did you mean a timer for 2 hours?"),
        ("no", "Okay, I leave it."),
        ("what timers do i have", "You have no timers."),
    ],
    "evening": [("set an alarm for six", "6 AM or 6 PM?"), ("pm", "Alarm set for 6 PM today.")],
    "in the morning": [
        ("set an alarm for 6:30", "6:30 AM or 6:30 PM?"),
        ("In the morning.", "Alarm set for 6:30 AM tomorrow."),
    ],
    "whole time": [("set an alarm for six", "6 AM or 6 PM?"), ("six am", "Alarm set for 6 AM tomorrow.")],
    "day is kept": [("set an alarm for six on friday", "6 AM or 6 PM?"), ("am", "Alarm set for 6 AM on Friday.")],
    "noon": [("set an alarm for twelve", "12 noon or 12 midnight?"), ("noon", "Alarm set for 12 noon tomorrow.")],
    "time is asked": [("set an alarm", "For what time?"), ("at seven in the evening", "Alarm set for 7 PM today.")],
    "time then half": [
        ("set an alarm", "For what time?"),
        ("seven", "7 AM or 7 PM?"),
        ("pm", "Alarm set for 7 PM today."),
    ],
    "another request drops the question": [
        ("set a timer", "For how long?"),
        ("what time is it", "It is 3:05 PM."),
        ("what timers do i have", "You have no timers."),
    ],
    "yes to nothing": [("yes", "I have not asked anything.")],
    "last result": [
        ("what's twenty three times seven", "23 times 7 is 161."),
        ("times two", "161 times 2 is 322."),
        ("and plus eight", "322 plus 8 is 330."),
        ("what is that divided by three", "330 divided by 3 is 110."),
        ("minus ten", "110 minus 10 is 100."),
        ("minus five times three", "Minus 5 times 3 is minus 15."),
    ],
    "repeat": [
        ("what time is it", "It is 3:05 PM."),
        ("repeat that", "It is 3:05 PM."),
        ("say that again", "It is 3:05 PM."),
    ],
    "repeat after stop": [("what time is it", "It is 3:05 PM."), ("stop", ""), ("repeat that", "It is 3:05 PM.")],
    "which timer": [
        ("set a pasta timer for eight minutes", "Pasta timer set for 8 minutes."),
        ("set a timer for ten minutes", "Timer set for 10 minutes."),
        ("cancel the timer", "Which one: the pasta timer or the 10 minute timer?"),
        ("the ten minute timer", "10 minute timer cancelled."),
        ("cancel the timer", "Pasta timer cancelled."),
    ],
    "all of them": [
        ("timer ten minutes", "Timer set for 10 minutes."),
        ("timer five minutes", "Timer set for 5 minutes."),
        ("stop the timer", "Which one: the 5 minute timer or the 10 minute timer?"),
        ("both", "All 2 timers cancelled."),
    ],
    "by name, length, place and hour": [
        ("set a pasta timer for eight minutes", "Pasta timer set for 8 minutes."),
        ("set an egg timer for five minutes", "Egg timer set for 5 minutes."),
        ("timer ten minutes", "Timer set for 10 minutes."),
        ("set an alarm for 6 am", "Alarm set for 6 AM tomorrow."),
        ("set an alarm for 7 am", "Alarm set for 7 AM tomorrow."),
        ("how much time is left on the egg timer", "You have 5 minutes left on the egg timer."),
        ("how long is left on the rice timer", "There is no rice timer."),
        ("cancel the pasta timer", "Pasta timer cancelled."),
        ("cancel the ten minute timer", "10 minute timer cancelled."),
        ("cancel the seven am alarm", "7 AM alarm cancelled."),
        ("cancel the rice timer", "There is no rice timer."),
        (
            "what timers and alarms do i have",
            "You have 1 timer: the egg timer with 5 minutes left. You have 1 alarm: 6 AM tomorrow.",
        ),
        ("when is my alarm", "The alarm is set for 6 AM tomorrow, 14 hours and 55 minutes from now."),
        ("cancel all timers and alarms", "All 2 timers and alarms cancelled."),
    ],
    "two of one name": [
        ("set a pizza timer for five minutes", "Pizza timer set for 5 minutes."),
        ("set a pizza timer for six minutes", "Pizza timer set for 6 minutes."),
        ("timer one minute", "Timer set for 1 minute."),
        (
            "how long is left on the pizza timer",
            "You have 2 timers: the pizza timer with 5 minutes left and the pizza timer with 6 minutes left.",
        ),
    ],
    "a repeated question stays open": [
        ("set a timer", "For how long?"),
        ("repeat that", "For how long?"),
        ("ten minutes", "Timer set for 10 minutes."),
    ],
    "twins are told apart": [
        ("timer ten minutes", "Timer set for 10 minutes."),
        ("timer ten minutes", "Timer set for 10 minutes."),
        (
            "cancel the timer",
            "Which one: the 10 minute timer with 10 minutes left or the 10 minute timer with 10 minutes left?",
        ),
        ("the first one", "10 minute timer cancelled."),
        ("how much time is left", "You have 10 minutes left on the 10 minute timer."),
    ],
    "same alarm twice": [
        ("set an alarm for 6 am", "Alarm set for 6 AM tomorrow."),
        ("wake me at six", "There is already an alarm for 6 AM tomorrow."),
    ],
}


@pytest.mark.parametrize("turns", DIALOGUES.values(), ids=DIALOGUES.keys())
def test_dialogue(turns: list[tuple[str, str]], tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert [(said, desk.say(said)) for said, _ in turns] == turns


def test_a_question_expires(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.assistant.reply("set a timer").asks
    desk.wait(31)
    assert "no language model" in desk.say("ten minutes")


def test_the_last_result_expires(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.say("two plus two")
    desk.wait(121)
    assert "no language model" in desk.say("times two")


@pytest.mark.parametrize(
    "said", ["stop", "Stop!", "cancel", "Never mind.", "be quiet", "please stop", "stop stop stop", "hey starling stop"]
)
def test_stop_says_nothing_and_acts(said: str, tmp_path: Path) -> None:
    answer = Desk(tmp_path).assistant.reply(said)
    assert (answer.text, answer.action) == ("", Action.STOP)


def test_stop_closes_the_question(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.say("set a timer")
    desk.say("never mind")
    assert "no language model" in desk.say("ten minutes")


def test_an_announcement_can_be_repeated(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.say("timer ten seconds")
    desk.wait(10)
    told = desk.told()
    assert desk.say("repeat that") == told[0]


@pytest.mark.parametrize("said", ["(" * 5000, "nine " * 5000, "a" * 100_000, "1/" * 3000, "set " * 3000, "\0\ud800"])
def test_absurd_transcripts_get_an_answer(said: str, tmp_path: Path) -> None:
    assert Desk(tmp_path).say(said)


WORDS = (
    "set start a an the timer timers alarm alarms for at to in of and half quarter past minute minutes hour hours "
    "seven ten twenty hundred thousand million point oh 5 0 12 1:30 25:99 0.5 99999999999 am pm tomorrow monday "
    "noon midnight what is how many much time left until since days weeks christmas february 29th thirty first "
    "day date miles km celsius pounds dollars convert plus minus times divided by over squared percent square "
    "root power ( ) that it take note delete all my notes last second read yes no cancel stop repeat wake me ago "
    "next year zero ^ / - pasta one"
).split()


@settings(max_examples=300, deadline=None)
@given(turns=st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1, max_size=4))
def test_any_words_get_an_answer(turns: list[list[str]]) -> None:
    desk = Desk(Path(__file__) / "no folder")
    for words in turns:
        answer = desk.assistant.reply(" ".join(words))
        assert answer.text or answer.action is Action.STOP
        assert answer.skill
    desk.wait(7 * 86_400)
    desk.told()
    desk.restart()


def test_the_machines_own_clocks(tmp_path: Path) -> None:
    assistant = Assistant(tmp_path)
    assert re.fullmatch(r"It is (\d{1,2}(:\d\d)? [AP]M|12 noon|12 midnight)\.", assistant.reply("what time is it").text)
    assistant.reply("set a timer for two hours")
    left = Assistant(tmp_path).next_due()
    assert left is not None
    assert 7190 < left <= 7201
