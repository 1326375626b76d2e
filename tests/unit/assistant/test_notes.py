from __future__ import annotations

import json
from pathlib import Path

import pytest

from starling.assistant.store import JsonStore
from starling.core.errors import StarlingError
from tests.unit.assistant.desk import Desk

TAKEN = [
    ("take a note buy milk", "buy milk"),
    ("Take a note: Buy milk, eggs and 2.5 liters of juice.", "Buy milk, eggs and 2.5 liters of juice."),
    ("please take a note to call Anna", "call Anna"),
    ("could you make a note that the code is five", "the code is five"),
    ("note that the code is five", "the code is five"),
    ("Note: water the plants", "water the plants"),
    ("note to self buy milk", "buy milk"),
    ("write down five eggs", "five eggs"),
    ("remember to water the plants", "water the plants"),
    ("Remember that the key is under the mat.", "the key is under the mat."),
    ("new note buy milk", "buy milk"),
    ("add milk to my notes", "milk"),
]


@pytest.mark.parametrize(("said", "text"), TAKEN)
def test_a_note_is_kept_as_it_was_said(said: str, text: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    dot = "" if text.endswith(".") else "."
    assert desk.say(said) == f"Noted: {text}{dot}"
    desk.restart()
    assert desk.say("read my notes") == f"You have 1 note. Note 1: {text}{dot}"


@pytest.mark.parametrize(
    "said",
    [
        "remember that time we went to paris",
        "remember me",
        "i remember to this day how it felt",
        "take a notebook with you",
        "i took a note of that",
        "note the difference",
        "he made a note to himself",
        "delete the files",
        "read the paper",
        "the notes are lost",
    ],
)
def test_what_is_no_note(said: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.assistant.reply(said).skill == "none"
    assert desk.say("do i have any notes") == "You have no notes."


def test_the_text_is_asked_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.say("take a note") == "What should I write down?"
    assert desk.say("Ring Bob, at 5?") == "Noted: Ring Bob, at 5?"


def test_stop_is_no_note(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.say("take a note")
    desk.say("never mind")
    assert desk.say("what are my notes") == "You have no notes."


def filled(folder: Path, amount: int = 3) -> Desk:
    desk = Desk(folder)
    for number in range(1, amount + 1):
        desk.say(f"take a note thing {number}")
    return desk


def test_reading_and_deleting_single_notes(tmp_path: Path) -> None:
    desk = filled(tmp_path)
    assert desk.say("read the last note") == "Note 3: thing 3."
    assert desk.say("read note two") == "Note 2: thing 2."
    assert desk.say("delete the second note") == "Deleted: thing 2."
    assert desk.say("delete my last note") == "Deleted: thing 3."
    assert desk.say("delete note seven") == "You have 1 note."
    assert desk.say("read my notes") == "You have 1 note. Note 1: thing 1."


def test_many_notes_are_not_all_read(tmp_path: Path) -> None:
    told = filled(tmp_path, 12).say("read my notes")
    assert told.startswith("You have 12 notes; these are the last 10. Note 3: thing 3.")
    assert told.endswith("Note 12: thing 12.")


@pytest.mark.parametrize("yes", ["yes", "Yes, please.", "yes delete them", "delete all my notes"])
def test_deleting_all_wants_a_yes(tmp_path: Path, yes: str) -> None:
    desk = filled(tmp_path)
    assert desk.say("delete all my notes") == "Say yes to delete all 3 notes."
    assert desk.say(yes) == "3 notes deleted."
    assert desk.say("delete all my notes") == "You have no notes."


@pytest.mark.parametrize("answer", ["no", "never mind", "what time is it", "yesterday", "yes but not yet"])
def test_anything_else_deletes_nothing(answer: str, tmp_path: Path) -> None:
    desk = filled(tmp_path)
    desk.say("delete all my notes")
    desk.say(answer)
    desk.say("yes")
    assert desk.say("how many notes do i have").startswith("You have 3 notes.")


def test_the_yes_expires(tmp_path: Path) -> None:
    desk = filled(tmp_path)
    desk.say("delete all my notes")
    desk.wait(31)
    assert desk.say("yes") == "I have not asked anything."
    assert desk.say("read my notes").startswith("You have 3 notes.")


def test_two_instances_lose_no_note(tmp_path: Path) -> None:
    first, second = Desk(tmp_path), Desk(tmp_path)
    first.say("take a note one apple")
    second.say("take a note two pears")
    assert first.say("read my notes") == "You have 2 notes. Note 1: one apple. Note 2: two pears."


def test_a_note_taken_elsewhere_after_the_question_stays(tmp_path: Path) -> None:
    desk = filled(tmp_path)
    desk.say("delete all my notes")
    Desk(tmp_path).say("take a note brand new")
    desk.say("yes")
    assert desk.say("read my notes") == "You have 1 note. Note 1: brand new."


def test_a_full_disk_is_said_and_keeps_every_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = filled(tmp_path)

    def full(*_: object) -> None:
        raise StarlingError("assistant.not_saved", "notes.json could not be written: No space left on device.")

    with monkeypatch.context() as patch:
        patch.setattr(JsonStore, "save", full)
        reason = "notes.json could not be written: No space left on device."
        assert desk.say("take a note more") == f"I could not keep that note. {reason}"
        assert desk.say("delete the last note") == reason
        desk.say("delete all my notes")
        assert desk.say("yes") == reason
    assert desk.say("read my notes").startswith("You have 3 notes.")


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text('{"schema": 1, "items": [{"text": "half')
    desk = Desk(tmp_path)
    assert desk.assistant.notices == ("notes.json was damaged; it was kept as notes.damaged-1.json.",)
    assert desk.say("take a note again") == "Noted: again."


def test_a_newer_file_is_left_and_said(tmp_path: Path) -> None:
    content = json.dumps({"schema": 99, "items": [{"kind": "drawing"}]})
    (tmp_path / "notes.json").write_text(content)
    desk = Desk(tmp_path)
    assert desk.say("take a note buy milk") == (
        "I could not keep that note. notes.json was written by a newer Starling; it is left as it is."
    )
    assert (tmp_path / "notes.json").read_text() == content
