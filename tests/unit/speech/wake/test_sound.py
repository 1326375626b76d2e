from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from starling.speech.wake.sound import distance, key

SOUNDS = st.text("aeiouhrstdlnNkg", max_size=10)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hey", "hay"),
        ("star ling", "starling"),
        ("starlink", "starling"),
        ("sterling", "stirling"),
        ("knight", "nite"),
        ("phone", "fone"),
        ("write", "right"),
        ("two", "too"),
        ("jarvis", "jarvice"),
        ("quick", "kwik"),
        ("café", "cafe"),
        ("isn't", "isnt"),
        ("off", "of"),
    ],
)
def test_the_same_sound(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("starling", "starting"), ("star", "tar"), ("ship", "chip"), ("thin", "fin"), ("cat", "cot")]
)
def test_another_sound(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("heard", "wanted", "expected"),
    [
        ("", "", 0.0),
        ("abc", "abc", 0.0),
        ("", "st", 2.0),
        ("st", "", 1.8),
        ("a", "e", 0.4),
        ("b", "p", 0.4),
        ("b", "k", 1.0),
        ("star", "sta", 0.5),
        ("sta", "star", 0.5),
        ("he", "e", 0.3),
        ("sr", "sar", 0.6),
    ],
)
def test_distance(heard: str, wanted: str, expected: float) -> None:
    assert distance(heard, wanted) == pytest.approx(expected)


@settings(deadline=None)
@given(SOUNDS, SOUNDS, SOUNDS)
def test_distance_is_one(one: str, two: str, three: str) -> None:
    assert distance(one, one) == 0
    assert (distance(one, two) == 0) == (one == two)
    assert distance(one, three) <= distance(one, two) + distance(two, three) + 1e-9


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_has_a_key(text: str) -> None:
    assert not any(first == second for first, second in zip(key(text), key(text)[1:], strict=False))
