import pytest

from starling.dictation.text.rules import Switches, TextRules
from starling.dictation.text.shape import shape

NUMBERS = [
    ("we are twenty three people", "We are 23 people"),
    ("we are twenty-three people", "We are 23 people"),
    ("I have five cats", "I have five cats"),
    ("I have ten cats", "I have 10 cats"),
    ("Twelve people came.", "Twelve people came."),
    ("Twenty-one guns. Thirty-two shots.", "Twenty-one guns. Thirty-two shots."),
    ("it is five percent", "It is 5 percent"),
    ("five kilometers away", "5 kilometers away"),
    ("three point one four", "3.14"),
    ("version two point oh", "Version 2.0"),
    ("it costs two thousand five hundred dollars", "It costs 2500 dollars"),
    ("about thirty two thousand", "About 32,000"),
    ("about a hundred people", "About a hundred people"),
    ("about one hundred people", "About 100 people"),
    ("one hundred and five of them", "105 of them"),
    ("three million and two point five million", "3 million and 2.5 million"),
    ("a million times", "A million times"),
    ("two dozen eggs", "Two dozen eggs"),
    ("half of them", "Half of them"),
    ("in nineteen eighty four", "In 1984"),
    ("since twenty twenty four", "Since 2024"),
    ("at five thirty pm", "At 5:30 pm"),
    ("at twelve oh five a.m.", "At 12:05 a.m."),
    ("at five pm", "At 5 pm"),
    ("at ten o'clock", "At ten o'clock"),
    ("my number is five five five one two three four", "My number is 5551234"),
    ("one two three go", "One two three go"),
    ("May twenty first", "May 21st"),
    ("May twenty-first is near", "May 21st is near"),
    ("the eleventh hour", "The 11th hour"),
    ("the first and the second", "The first and the second"),
    ("no one knows", "No one knows"),
    ("one of the ones", "One of the ones"),
    ("oh one more thing", "Oh one more thing"),
    ("it is 5 million and 20", "It is 5 million and 20"),
    ("between ten and twenty, thirty at most", "Between 10 and 20, 30 at most"),
    ("ten comma twenty", "Ten, 20"),
    ("zero zero seven", "Zero zero seven"),
    ("point taken", "Point taken"),
    ("hundred percent", "Hundred percent"),
    ("he is a twenty-year-old man", "He is a twenty-year-old man"),
]


@pytest.mark.parametrize(("raw", "text"), NUMBERS, ids=[raw for raw, _ in NUMBERS])
def test_numbers(raw, text):
    assert shape(raw, TextRules(), None, "en").text == text


def test_numbers_can_be_left_as_words():
    rules = TextRules(Switches(numbers=False))
    assert shape("twenty three comma please", rules, None, "en").text == "Twenty three, please"


def test_other_languages_keep_their_numbers():
    assert shape("dreiundzwanzig ten twenty", TextRules(), None, "de").text == "Dreiundzwanzig ten twenty"
