"""Spaces and capitals go on from what was inserted before; commands; what applications want."""

import pytest

from starling.dictation.text.rules import Before, Command, Profile, Replacement, Switches, TextRules
from starling.dictation.text.shape import shape

BEFORE = [
    ("", "hello", "Hello"),
    ("I went home.", "and slept", " And slept"),
    ("I went home", "And slept", " and slept"),
    ("I went home", "John slept", " John slept"),
    ("I went home", "I slept", " I slept"),
    ("I went home, ", "And slept", "and slept"),
    ("I went home", "comma and slept", ", and slept"),
    ("I went home", "Period. Then I slept.", ". Then I slept."),
    ("I went home.\n", "then", "Then"),
    ("He said (", "Not loud close parenthesis", "not loud)"),
    ("Is it?", "no", " No"),
    ('He said "hi."', "then he left", " Then he left"),
    ("john@", "example", "example"),
    ("Milk", "new line eggs", "\neggs"),
    ("Milk.", "new line eggs", "\nEggs"),
    ("Milk", "bullet eggs", "\n• Eggs"),
    ("Milk\n", "bullet eggs", "• Eggs"),
    ("Black", "no space bird", "bird"),
]


@pytest.mark.parametrize(("before", "raw", "text"), BEFORE)
def test_going_on(before, raw, text):
    assert shape(raw, TextRules(), Before(before, 3.0), "en").text == text


def test_what_is_long_ago_is_not_continued():
    assert shape("and slept", TextRules(), Before("I went home", 600.0), "en").text == "And slept"


def test_chinese_and_japanese_have_no_spaces_between():
    assert shape("元気ですか。", TextRules(), Before("こんにちは。", 1.0), "ja").text == "元気ですか。"


def test_a_space_at_the_end():
    rules = TextRules(Switches(trailing_space=True))
    first = shape("hello period", rules, None, "en").text
    assert first == "Hello. "
    assert shape("how are you", rules, Before(first), "en").text == "How are you "
    assert shape("hello new line", rules, None, "en").text == "Hello\n"
    assert shape("", rules, None, "en").text == ""


COMMANDS = [
    ("Scratch that.", "", [Command.UNDO]),
    ("scratch that", "", [Command.UNDO]),
    ("Undo that", "", [Command.UNDO]),
    ("I will come tomorrow scratch that I will come on Monday", "I will come on Monday", []),
    ("I will come tomorrow. Scratch that. See you.", "See you.", []),
    ("I will come tomorrow, scratch that.", "", []),
    ("Scratch that. I mean Tuesday.", "I mean Tuesday.", [Command.UNDO]),
    ("Scratch that, scratch that.", "", [Command.UNDO, Command.UNDO]),
    ("Stop dictation.", "", [Command.STOP]),
    ("Pause dictation", "", [Command.PAUSE]),
    ("Resume dictation.", "", [Command.RESUME]),
    ("I will stop dictation now.", "I will stop dictation now.", []),
    ("Cats scratch that much.", "Cats scratch that much.", []),
    ("We will scratch that", "We will scratch that", []),
]


@pytest.mark.parametrize(("raw", "text", "commands"), COMMANDS)
def test_commands(raw, text, commands):
    shaped = shape(raw, TextRules(), None, "en")
    assert (shaped.text, list(shaped.commands)) == (text, commands)


@pytest.mark.parametrize(
    ("language", "raw", "command"),
    [
        ("de", "Streich das.", Command.UNDO),
        ("de", "Diktat beenden", Command.STOP),
        ("fr", "Annule ça.", Command.UNDO),
        ("fr", "Reprendre la dictée", Command.RESUME),
        ("es", "Borra eso.", Command.UNDO),
        ("es", "Pausar dictado", Command.PAUSE),
    ],
)
def test_commands_of_other_languages(language, raw, command):
    assert shape(raw, TextRules(), None, language).commands == (command,)


def test_what_follows_an_undone_text_begins_afresh():
    shaped = shape("Scratch that. And more.", TextRules(), Before("I went home", 1.0), "en")
    assert (shaped.text, shaped.commands) == ("And more.", (Command.UNDO,))


def test_commands_can_be_switched_off():
    rules = TextRules(Switches(commands=False))
    assert shape("Scratch that.", rules, None, "en").text == "Scratch that."


def test_formatting_can_be_switched_off():
    rules = TextRules(Switches(formatting=False))
    raw = "hello comma world, twenty three. new line"
    assert shape(raw, rules, None, "en").text == raw
    assert shape("Scratch that.", rules, None, "en").commands == (Command.UNDO,)


def test_capitals_can_be_left_alone():
    rules = TextRules(Switches(capitals=False))
    assert shape("hello period how", rules, None, "en").text == "hello. how"


PROFILES = (
    Profile("*term*", capitals=False, newline="enter", replacements=(Replacement("dash", "-"),)),
    Profile("slack", newline="space", trailing_space=True),
    Profile("code*", formatting=False),
    Profile("*", numbers=False),
)


@pytest.mark.parametrize(
    ("application", "raw", "text", "commands"),
    [
        ("xterm", "ls dash l new line", "ls - l", (Command.NEW_LINE,)),
        ("Gnome-Terminal", "one new line two new paragraph", "one\ntwo", (Command.NEW_LINE, Command.NEW_LINE)),
        ("Slack", "one new line two", "One two ", ()),
        ("code-oss", "one comma two", "one comma two", ()),
        ("firefox", "we are twenty three", "We are twenty three", ()),
        ("", "we are twenty three", "We are 23", ()),
    ],
)
def test_profiles(application, raw, text, commands):
    shaped = shape(raw, TextRules(profiles=PROFILES).for_application(application), None, "en")
    assert (shaped.text, shaped.commands) == (text, commands)
