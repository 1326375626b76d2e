from __future__ import annotations

from starling.core.text import core_of, normalise, skip_fillers

NORMALISED = [
    ("What's 23 x 7?", "what is 23 * 7"),
    ("What\u2019s 23 \u00d7 7?", "what is 23 * 7"),
    ("It's 6:30 a.m.", "it is 6:30 am"),
    ("six p m", "six pm"),
    ("7pm", "7 pm"),
    ("at seven o'clock.", "at seven oclock"),
    ("1,000,000 and 3.14.", "1000000 and 3.14"),
    ("twenty-three", "twenty three"),
    ("a 10-minute timer", "a 10 minute timer"),
    ("5-3", "5 - 3"),
    ("x = -5", "x equals - 5"),
    ("note - milk", "note - milk"),
    ("2**3", "2 ^ 3"),
    ("20% of $50", "20 percent of 50 dollars"),
    ("2\u00bd hours", "2 and a half hours"),
    ("100\u00b0F", "100 degrees f"),
    ("New Year's Eve", "new years eve"),
    ("caf\u00e9, please!", "caf\u00e9 please"),
    ("wait... what?!", "wait what"),
    ("line\nbreak\tand  spaces", "line break and spaces"),
    ("", ""),
    ("?!", ""),
]


def test_normalise() -> None:
    assert [(said, normalise(said)) for said, _ in NORMALISED] == NORMALISED


def test_normalising_twice_changes_nothing_more() -> None:
    plain = [plain for _, plain in NORMALISED]
    assert list(map(normalise, plain)) == plain


CORES = [
    ("Um, could you please tell me the time, please?", "the time"),
    ("okay so what time is it right now", "what time is it"),
    ("Hey Starling, stop.", "stop"),
    ("set a timer for me please", "set a timer"),
    ("please", "please"),
    ("Hey, Starling.", "hey starling"),
    ("thank you", "thank you"),
    ("yes please", "yes"),
    ("umbrella", "umbrella"),
    ("sofa", "sofa"),
    ("I know now", "i know"),
]


def test_core_of() -> None:
    assert [(said, core_of(said)) for said, _ in CORES] == CORES


def test_skipping_fillers_keeps_the_rest_as_it_was() -> None:
    assert skip_fillers("Please, take a note: Buy Milk!") == "take a note: Buy Milk!"
