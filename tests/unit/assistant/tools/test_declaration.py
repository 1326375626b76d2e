"""Schemas and the check of arguments come from one declaration."""

import json

import pytest

from starling.assistant.tools.declaration import Parameter, Prepared, Tool, ToolError
from tests.unit.assistant.desk import Desk

TOOL = Tool(
    "f",
    "Does it.",
    (
        Parameter("text", "string", "A text."),
        Parameter("size", "integer", "A size.", required=False, minimum=1, maximum=9),
        Parameter("share", "number", "A share.", required=False),
        Parameter("kind", "string", "A kind.", required=False, choices=("a", "b")),
    ),
    lambda given: Prepared(lambda: given),
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('{"text": "x"}', {"text": "x"}),
        ('{"text": "  x \\n y\\u0000"}', {"text": "x y"}),
        ('{"text": 5, "size": "3", "share": "1.5"}', {"text": "5", "size": 3, "share": 1.5}),
        ('{"text": "x", "size": 3.0}', {"text": "x", "size": 3}),
        ('{"text": "x", "size": null, "kind": null}', {"text": "x"}),
    ],
)
def test_good_arguments(written, expected):
    assert TOOL.arguments(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{}",
        "nonsense",
        "[]",
        '"text"',
        '{"text": ""}',
        '{"text": null}',
        '{"text": {"a": 1}}',
        '{"text": true}',
        '{"text": "x", "other": 1}',
        '{"text": "x", "size": 0}',
        '{"text": "x", "size": 10}',
        '{"text": "x", "size": 1.5}',
        '{"text": "x", "size": "many"}',
        '{"text": "x", "size": true}',
        '{"text": "x", "share": NaN}',
        '{"text": "x", "share": 1e999}',
        '{"text": "x", "kind": "c"}',
        json.dumps({"text": "x" * 2000}),
        "[" * 100_000,
    ],
)
def test_bad_arguments(written):
    with pytest.raises(ToolError):
        TOOL.arguments(written)


def test_the_schema_says_the_same():
    assert TOOL.schema()["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "text": {"type": "string", "description": "A text."},
            "size": {"type": "integer", "description": "A size.", "minimum": 1, "maximum": 9},
            "share": {"type": "number", "description": "A share."},
            "kind": {"type": "string", "description": "A kind.", "enum": ["a", "b"]},
        },
        "required": ["text"],
        "additionalProperties": False,
    }


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


READING = {
    "time": ("get_time", {}, "It is 3:05 PM."),
    "time elsewhere": ("get_time", {"city": "Tokyo"}, "It is 11:05 PM in Tokyo."),
    "today": ("get_date", {}, "Today is Sunday, November 22nd, 2026."),
    "a day": ("get_date", {"day": "Christmas"}, "That is Friday, December 25th, 2026."),
    "days until": ("get_date", {"day": "christmas", "want": "days until"}, "33 days"),
    "sum": ("calculate", {"expression": "(23 * 7) / 2"}, "80.5"),
    "root": ("calculate", {"expression": "sqrt(16)"}, "4"),
    "units": ("convert_units", {"amount": 5, "from_unit": "miles", "to_unit": "kilometers"}, "8.047 kilometers"),
    "half": ("convert_units", {"amount": 0.5, "from_unit": "mile", "to_unit": "km"}, "kilometers"),
}


@pytest.mark.parametrize(("name", "arguments", "expected"), READING.values(), ids=READING)
def test_reading_tools(desk, name, arguments, expected):
    prepared = desk.assistant.toolbox.prepare(name, json.dumps(arguments))
    assert prepared.question == ""
    assert expected in prepared.run()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get_time", {"city": "Atlantis"}),
        ("get_date", {"day": "the day of doom"}),
        ("calculate", {"expression": "import os"}),
        ("calculate", {"expression": "9**9**9**9"}),
        ("convert_units", {"amount": 1, "from_unit": "bananas", "to_unit": "km"}),
    ],
)
def test_what_a_skill_does_not_know(desk, name, arguments):
    prepared = desk.assistant.toolbox.prepare(name, json.dumps(arguments))
    try:
        told = prepared.run()
    except ToolError as error:
        told = str(error)
    assert told


CHANGING = {
    "timer": ("set_timer", {"minutes": 1, "seconds": 30}, "Shall I set a timer for 1 minute and 30 seconds?"),
    "named": ("set_timer", {"hours": 1, "name": "Pizza timer"}, "Shall I set a pizza timer for 1 hour?"),
    "alarm": ("set_alarm", {"time": "06:30"}, "Shall I set an alarm for 6:30 AM tomorrow?"),
    "alarm on a day": ("set_alarm", {"time": "18:00", "day": "friday"}, "Shall I set an alarm for 6 PM on Friday?"),
    "note": ("add_note", {"text": "buy milk"}, "Shall I write down: buy milk?"),
    "cancel": ("cancel_timer_or_alarm", {"kind": "timer", "name": "tea"}, "Shall I cancel the tea timer?"),
    "cancel all": ("cancel_timer_or_alarm", {"kind": "timer", "name": "all"}, "Shall I cancel the tea timer?"),
    "delete": ("delete_note", {"number": 1}, "Shall I delete note 1: old?"),
    "delete all": ("delete_all_notes", {}, "Shall I delete your only note?"),
}


@pytest.mark.parametrize(("name", "arguments", "question"), CHANGING.values(), ids=CHANGING)
def test_what_changes_something_asks_first(desk, name, arguments, question):
    desk.say("take a note old")
    desk.say("set a tea timer for 3 minutes")
    before = state(desk)
    assert desk.assistant.toolbox.changes(name)
    prepared = desk.assistant.toolbox.prepare(name, json.dumps(arguments))
    assert prepared.question == question
    assert state(desk) == before
    assert prepared.run()
    assert state(desk) != before


def state(desk):
    return desk.say("what timers and alarms do i have"), desk.say("read my notes")


def test_every_tool_is_described_and_only_the_reading_ones_ask_nothing(desk):
    schemas = {schema["function"]["name"]: schema["function"] for schema in desk.assistant.toolbox.schemas()}
    reading = {"get_time", "get_date", "calculate", "convert_units", "list_timers_and_alarms", "list_notes"}
    assert {name for name in schemas if not desk.assistant.toolbox.changes(name)} == reading
    for function in schemas.values():
        assert function["description"].endswith(".")
        assert all(found["description"] for found in function["parameters"]["properties"].values())
