"""What holds for every text."""

from hypothesis import given
from hypothesis import strategies as st

from starling.dictation.text.dictionary import known
from starling.dictation.text.languages import language_table
from starling.dictation.text.rules import Before, Profile, Replacement, Switches, TextRules
from starling.dictation.text.shape import shape

LANGUAGES = st.sampled_from(["en", "de", "fr", "es", "ja", "xx", ""])
WORDS = sorted(
    {word for code in ("en", "de", "fr", "es") for first in language_table(code).entries for word in [first]}
)
SPOKEN = st.lists(
    st.sampled_from(
        [*WORDS, "line", "paragraph", "mark", "caps", "on", "off", "space", "sign", "that", "quote", "Hello", "john",
         "twenty", "three", "point", "and", "oh", "hundred", "million", "5", "3.5", "the", "of", "I", "pm", "é", "😀"]
    ).flatmap(lambda word: st.sampled_from([word, word + ".", word + ",", '"' + word, word + "?", word.upper()])),
    max_size=25,
).map(" ".join)  # fmt: skip
TEXTS = st.one_of(SPOKEN, st.text(max_size=80))
RULES = st.builds(
    TextRules,
    switches=st.builds(Switches, *[st.booleans()] * 7),
    newline=st.sampled_from(["keep", "space", "enter"]),
    replacements=st.lists(st.builds(Replacement, TEXTS, TEXTS), max_size=4).map(tuple),
    vocabulary=st.lists(TEXTS, max_size=4).map(tuple),
    blocklist=st.frozensets(st.text(max_size=10), max_size=3),
    profiles=st.lists(st.builds(Profile, st.text(max_size=5)), max_size=2).map(tuple),
    known=st.just(known),
)
BEFORES = st.builds(Before, st.text(max_size=20), st.floats())
_NEVER_SAID = {first for code in ("en", "de", "fr", "es") for first in language_table(code).entries}


@given(TEXTS, RULES, BEFORES, LANGUAGES, st.text(max_size=8))
def test_it_never_raises_and_does_not_grow_without_bound(raw, rules, before, language, application):
    shaped = shape(raw, rules.for_application(application), before, language)
    words = len(raw.split()) + 1
    longest = max((len(one.written) + len(raw) for one in rules.replacements), default=0)
    own = max(map(len, rules.vocabulary), default=0)
    assert len(shaped.text) <= 4 * len(raw) + words * (8 + longest + own)


@given(TEXTS, LANGUAGES)
def test_switched_off_only_spaces_change(raw, language):
    rules = TextRules(Switches(formatting=False, commands=False, match=False, hint=False))
    assert "".join(shape(raw, rules, None, language).text.split()) == "".join(raw.split())


@given(st.lists(st.sampled_from(["Hello", "john", "the", "cat,", "sat.", "It", "is", "(so)", "“good”", "3.5", "U.S."])))
def test_a_text_without_commands_is_shaped_once(words):
    once = shape(" ".join(words), TextRules(), None, "en").text
    assert shape(once, TextRules(), None, "en").text == once


@given(SPOKEN, LANGUAGES)
def test_the_spoken_never_makes_double_spaces(raw, language):
    assert "  " not in shape(raw, TextRules(), None, language).text


@given(SPOKEN, st.sampled_from(["en", "de", "fr", "es"]))
def test_no_full_stop_or_comma_is_doubled(raw, language):
    text = shape(raw.replace(".", "").replace(",", ""), TextRules(), None, language).text
    assert ",," not in text
    assert ".." not in text
