from datetime import datetime

import pytest

from starling.core.folding import terms
from starling.pipeline.events import HistoryEntry
from starling.ui.history import words

NOW = datetime(2026, 8, 31, 12, 0)


def entry(text="hello", state="done", replies=(), **more):
    spoken = tuple((reply, "cpu", "af") for reply in replies)
    return HistoryEntry(1, "t", more.pop("at", NOW.timestamp()), "dictation", state, True, text, spoken, **more)


@pytest.mark.parametrize(
    ("shown", "word", "kind"),
    [
        (entry(), "Done", "good"),
        (entry(state="inserted"), "Inserted", "good"),
        (entry(state="done", error_code="insert.excluded"), "Not inserted", "warning"),
        (entry(state="done", error_code="insert.unsure"), "Perhaps inserted", "warning"),
        (entry(state="failed", error_code="engine.gave_up"), "Failed", "bad"),
        (entry(state="pending"), "Waiting", "busy"),
    ],
)
def test_states_have_words_and_shapes(qapp, shown, word, kind):
    assert (words.state_word(shown), words.state_kind(shown)) == (word, kind)


@pytest.mark.parametrize(
    ("shown", "query", "text", "marks"),
    [
        (entry("one two"), "", "one two", ((0, 0),)[:0]),
        (entry("one two"), "two", "one two", ((4, 7),)),
        (entry("one\n two"), "two", "one two", ((4, 7),)),
        (entry("what time", replies=["It is noon."]), "noon", "→ It is noon.", ((8, 12),)),
        (entry("word " * 40 + "needle end"), "needle", "…word word word needle end", ((16, 22),)),
        (entry("x" * 100 + "needle"), "needle", "…" + "x" * 20 + "needle", ((21, 27),)),
        (entry("", "pending"), "", "Not recognised yet", ()),
        (entry("", "failed"), "", "Not recognised", ()),
        (entry("", "done"), "", "Nothing was understood", ()),
    ],
)
def test_a_line_shows_what_was_found(qapp, shown, query, text, marks):
    assert words.first_line(shown, terms(query)) == words.Line(text, marks)


def test_spans_of_days_begin_at_midnight(qapp):
    def day(number):
        return datetime(2026, 8, number).timestamp()

    assert words.day_span("", NOW) == (None, None)
    assert words.day_span("today", NOW) == (day(31), None)
    assert words.day_span("yesterday", NOW) == (day(30), day(31))
    assert words.day_span("week", NOW) == (day(25), None)
    assert words.day_span("month", NOW) == (day(2), None)
    assert all(words.day_name(key) for key in words.DAYS)


def test_times_are_short(qapp):
    assert ":" in words.when(NOW.timestamp(), NOW)
    assert words.when(datetime(2026, 8, 30, 23, 59).timestamp(), NOW).startswith("Yesterday, ")
    assert "2026" in words.when(datetime(2026, 8, 1).timestamp(), NOW)


def test_facts_name_only_what_is_known(qapp):
    assert words.facts(entry()) == ""
    whole = entry(tier="legacy", model="starter", audio_s=2.04, processing_s=0.11, way="xtest")
    assert words.facts(whole) == "Legacy · starter · 2 s of speech · recognised in 0.11 s · inserted by xtest"


@pytest.mark.parametrize(
    ("narrowed", "private", "keeps", "title"),
    [
        (True, True, False, "Nothing was found"),
        (False, True, True, "Private mode is on"),
        (False, False, False, "Texts are not kept"),
        (False, False, True, "Nothing here yet"),
    ],
)
def test_emptiness_is_explained(qapp, narrowed, private, keeps, title):
    assert words.empty_text(narrowed, private, keeps)[0] == title
