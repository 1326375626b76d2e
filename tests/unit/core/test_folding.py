import pytest

from starling.core.folding import fold, spans, terms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Straße", "strasse"),
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "cafe"),
        ("Ёлка", "елка"),
        ("ＡＢＣ１", "abc1"),  # noqa: RUF001
        ("が", "が"),
        ("東京都", "東京都"),
        ("한국어", "한국어"),
        ("हिन्दी", "हिन्दी"),
        ("a\0b\tc", "a b c"),
        ("\ud800", " "),
    ],
)
def test_texts_are_folded(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ()),
        ("  ", ()),
        ("Hello  World", ("hello", "world")),
        ('"two words" one', ("two words", "one")),
        ('"open', ("open",)),
        ('"', ()),
        ('""', ()),
        ("a a A", ("a",)),
        ("100% OR NEAR(", ("100%", "or", "near(")),
    ],
)
def test_a_query_has_terms(query, found):
    assert terms(query) == found


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("The Straße is long", "strasse", ["Straße"]),
        ("cafe\u0301 au lait", "café", ["cafe\u0301"[:4]]),
        ("aaa", "a", ["aaa"]),
        ("one two", "two one", ["one", "two"]),
        ("ﬁne", "i", ["ﬁ"]),
        ("東京都へ", "京都", ["京都"]),
        ("nothing", "else", []),
        ("", "x", []),
    ],
)
def test_what_was_found_is_marked_in_the_text_itself(text, query, marked):
    assert [text[begin:end] for begin, end in spans(text, terms(query))] == marked
