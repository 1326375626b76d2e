import pytest

from starling.ui.preferences.phrase import Advice, advise, begins_with, syllables
from starling.ui.preferences.wake import advice_words


@pytest.mark.parametrize(
    ("phrase", "count", "advice"),
    [
        ("", 0, Advice.EMPTY),
        ("  ?! ", 0, Advice.EMPTY),
        ("hal", 1, Advice.SHORT),
        ("stop", 1, Advice.SHORT),
        ("robin", 2, Advice.FAIR),
        ("hey starling", 3, Advice.FAIR),
        ("computer", 3, Advice.FAIR),
        ("okay starling", 4, Advice.GOOD),
        ("good morning robin", 5, Advice.GOOD),
        ("one two three four five six seven", 8, Advice.LONG),
    ],
)
def test_how_good_a_phrase_is(phrase, count, advice):
    assert (syllables(phrase), advise(phrase)) == (count, advice)
    assert advice.usable == (advice in (Advice.FAIR, Advice.GOOD))


def test_every_advice_has_words(qapp):
    assert all(advice_words(advice)[1].endswith(".") for advice in Advice)
    assert [advice_words(advice)[0] == "good" for advice in Advice] == [advice.usable for advice in Advice]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Hey, Starling, what time is it?", True), ("Hay sterling", True), ("What time is it?", False)],
)
def test_an_utterance_is_judged_as_the_assistant_does(text, expected):
    assert begins_with(text, "hey starling") is expected
