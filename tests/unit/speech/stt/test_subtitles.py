import itertools
import json
import re

import pytest

from starling.core.results import Word
from starling.speech.stt.longform import Line
from starling.speech.stt.subtitles import cues, render

HELLO = Line(1.0, 2.5, "Hello there.")
LATER = Line(3661.5, 3663.0, "An hour & a <minute> later.")


def spoken(text: str, start_s: float = 0.0, each_s: float = 0.4, sep: str = " ") -> Line:
    """A line whose words take ``each_s``."""
    parts = text.split(sep) if sep else list(text)
    words = tuple(Word(part, start_s + n * each_s, start_s + (n + 1) * each_s, 0.9) for n, part in enumerate(parts))
    return Line(start_s, words[-1].end_s, text, words)


def document(form: str, *lines: Line) -> str:
    return "".join(render(lines, form))


def test_txt() -> None:
    assert document("txt", HELLO, LATER) == "Hello there.\nAn hour & a <minute> later.\n"


def test_srt() -> None:
    assert document("srt", HELLO, LATER) == (
        "1\n00:00:01,000 --> 00:00:02,500\nHello there.\n\n"
        "2\n01:01:01,500 --> 01:01:03,000\nAn hour & a <minute> later.\n\n"
    )


def test_vtt() -> None:
    assert document("vtt", HELLO, LATER) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello there.\n\n"
        "01:01:01.500 --> 01:01:03.000\nAn hour &amp; a &lt;minute&gt; later.\n\n"
    )


def test_json() -> None:
    data = json.loads(document("json", HELLO, spoken("Grüße euch")))
    assert data["lines"][0] == {"start_s": 1.0, "end_s": 2.5, "text": "Hello there.", "words": []}
    assert [word["text"] for word in data["lines"][1]["words"]] == ["Grüße", "euch"]
    assert "Grüße" in document("json", spoken("Grüße euch"))


@pytest.mark.parametrize(("form", "empty"), [("txt", ""), ("srt", ""), ("vtt", "WEBVTT\n\n")])
def test_nothing_said(form: str, empty: str) -> None:
    assert document(form) == empty
    assert json.loads(document("json")) == {"lines": []}


LONG = (
    "The quick brown fox jumps over the lazy dog, and then it goes home. It sleeps for a while, it wakes up again, "
    "it eats everything in the kitchen and it writes a letter to its mother about all of the things that happened. "
) * 3


@pytest.mark.parametrize(
    "line",
    [
        spoken(LONG.strip()),
        spoken(LONG.strip(), each_s=1.5),
        spoken(LONG.strip(), each_s=9.0),
        spoken(LONG.strip(), each_s=0.0),
        Line(5.0, 60.0, LONG.strip()),
        spoken("今日は天気がいいので散歩に行きます。" * 8, sep=""),
        Line(0.0, 20.0, "今日は天気がいいので散歩に行きます。" * 8),
        Line(0.0, 3.0, "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrik"),
    ],
)
def test_cues_fit_the_screen_and_lose_nothing(line: Line) -> None:
    found = list(cues([line]))
    for cue in found:
        rows = cue.text.split("\n")
        assert len(rows) <= 2
        assert all(0 < len(row) <= 42 for row in rows)
        assert 0.04 <= round(cue.end_s - cue.start_s, 6) <= 7.0
    for before, after in itertools.pairwise(found):
        assert after.start_s >= before.end_s
    shown = re.sub(r"\s", "", "".join(cue.text for cue in found))
    assert shown == re.sub(r"\s", "", line.text)


def test_a_cue_ends_with_its_sentence_once_it_fills_a_row() -> None:
    found = list(cues([spoken("This sentence is longer than a single row is. Then comes another one", each_s=0.2)]))
    assert [cue.text.replace("\n", " ") for cue in found] == [
        "This sentence is longer than a single row is.",
        "Then comes another one",
    ]


def test_a_cue_does_not_stand_through_a_pause() -> None:
    words = (Word("wait", 0.0, 0.5, 0.9), Word("now", 4.0, 4.5, 0.9))
    found = list(cues([Line(0.0, 4.5, "wait now", words)]))
    assert [(cue.text, cue.start_s, cue.end_s) for cue in found] == [("wait", 0.0, 0.5), ("now", 4.0, 4.5)]


def test_words_that_are_not_the_text_are_not_used() -> None:
    line = Line(0.0, 2.0, "one two", (Word("three", 0.5, 0.6, 0.9),))
    (cue,) = cues([line])
    assert (cue.text, cue.start_s, cue.end_s) == ("one two", 0.0, 2.0)


def test_overlapping_lines_give_cues_one_after_another() -> None:
    found = list(cues([Line(0.0, 2.0, "one"), Line(1.5, 3.0, "two")]))
    assert [(cue.start_s, cue.end_s) for cue in found] == [(0.0, 2.0), (2.0, 3.0)]
