"""Replacements, vocabulary, blocklist, hint."""

import pytest

from starling.dictation.text import blocking
from starling.dictation.text.dictionary import known
from starling.dictation.text.edits import edits
from starling.dictation.text.hints import MOST_CHARACTERS, hint
from starling.dictation.text.rules import Replacement, Switches, TextRules
from starling.dictation.text.shape import shape


def rules_for(*pairs):
    return TextRules(replacements=tuple(Replacement(*pair) for pair in pairs))


REPLACED = [
    ([("btw", "by the way")], "BTW I am late.", "by the way I am late."),
    ([("btw", "by the way")], "I am, btw, late.", "I am, by the way, late."),
    ([("cat", "dog")], "The category of cats.", "The category of cats."),
    ([("cat", "dog")], "A cat's cat.", "A cat's dog."),
    ([("my address", "1 Main St.\nBerlin")], "Send it to my address.", "Send it to 1 Main St.\nBerlin."),
    ([("a", "b"), ("b", "a")], "x a b", "X b a"),
    ([("loop", "loop loop")], "x loop", "X loop loop"),
    ([("new york", "NYC"), ("new york city", "never")], "in new york city", "In NYC city"),
    ([("new york city", "NYC"), ("new york", "NY")], "in new york city", "In NYC"),
    ([("new york", "NY")], "in new, york", "In new, york"),
    ([("comma", "KOMMA")], "one comma two", "One KOMMA two"),
    ([("smiley", ":-)")], "hello smiley period", "Hello :-)."),
    ([("etc", "etc.")], "and so on etc.", "And so on etc."),
    ([("um", "")], "well um yes", "Well yes"),
    ([("um", "")], "well um, yes", "Well, yes"),
    ([("um", "")], "um", ""),
    ([("mister *", "Mr. *")], "dear mister Jones", "Dear Mr. Jones"),
    ([("swap * and *", "* or *")], "swap tea and milk now", "tea or milk now"),
    ([("drop * now", "gone")], "drop this now please", "gone please"),
    ([("* bang", "*!")], "hello bang", "hello!"),
    ([("c++", "Rust")], "I like C++.", "I like Rust."),
    ([("don't", "do not")], "I don’t know", "I do not know"),  # noqa: RUF001 (as recognisers write)
    ([("Straße", "Weg")], "in der STRASSE", "In der Weg"),
    ([("twenty three", "XXIII")], "louis twenty three", "Louis XXIII"),
    ([("", "x"), ("*", "y"), (".", "z")], "hello.", "Hello."),
    ([("period", "full stop")], "long period", "Long full stop"),
]


@pytest.mark.parametrize(("pairs", "raw", "text"), REPLACED, ids=[f"{pairs} {raw}" for pairs, raw, _ in REPLACED])
def test_replacements(pairs, raw, text):
    assert shape(raw, rules_for(*pairs), None, "en").text == text


def test_ten_thousand_replacements_are_looked_up_not_tried():
    rules = rules_for(*((f"word{n} here", "x") for n in range(10_000)))
    assert shape("say word9999 here " * 50, rules, None, "en").text.count("x") == 50


OWN = (
    "Kubernetes", "GitHub", "Anthropic", "Claude", "Grafana", "PostgreSQL", "Nguyen", "Visual Studio Code", "Okonkwo",
    "systemd", "Starling", "Jon", "Siobhan", "Xiaoling", "together", "Wireguard", "O'Reilly",
)  # fmt: skip
CORRECTED = [
    ("I use cubernetes daily.", "I use Kubernetes daily."),
    ("Kubernetties is fine.", "Kubernetes is fine."),
    ("KUBERNETES is fine.", "Kubernetes is fine."),
    ("push it to git hub now", "Push it to GitHub now"),
    ("push it to git-hub, now", "Push it to GitHub, now"),
    ("github's pages", "GitHub's pages"),
    ("open visual studio code", "Open Visual Studio Code"),
    ("the graffana board", "The Grafana board"),
    ("Mr. Okonkwa came", "Mr. Okonkwo came"),
    ("Ngyuen came", "Nguyen came"),
    ("system d is running", "systemd is running"),
    ("post gres ql is running", "PostgreSQL is running"),
    ("anthropik is here", "Anthropic is here"),
    ("wire guard is up", "Wireguard is up"),
    ("o'reilly books", "O'Reilly books"),
]
UNCHANGED = [
    "The cloud is here.",
    "The clod is here.",
    "I am starting now.",
    "He is sterling.",
    "It is startling.",
    "John came.",
    "We met an anthropologist.",
    "Get some graph paper.",
    "The post office is shut.",
    "Get a hub.",
    "It got to her.",
    "The system is down.",
    "A visual code.",
    "He said so.",
    "Shivan came.",
    "Ask the governess.",
    "Big grievances.",
    "Clouds came.",
    "Clause two.",
    "They gather here.",
    "Tighter now.",
    "This is a win.",
    "Git is a tool. Hub is none.",
]


@pytest.mark.parametrize(("raw", "text"), CORRECTED)
def test_vocabulary(raw, text):
    rules = TextRules(vocabulary=OWN, known=known)
    assert shape(raw, rules, None, "en").text == text


@pytest.mark.parametrize("raw", UNCHANGED)
def test_what_must_not_change(raw):
    rules = TextRules(Switches(numbers=False), vocabulary=OWN, known=known)
    assert shape(raw, rules, None, "en").text == raw


@pytest.mark.parametrize(
    ("language", "own", "raw", "text"),
    [
        ("de", "Müllheim", "Wir sind in Mülheim.", "Wir sind in Müllheim."),
        ("de", "Meier", "Herr Meyer kommt.", "Herr Meyer kommt."),  # too short to guess
        ("de", "Schneider", "Frau Schneiders Haus.", "Frau Schneiders Haus."),  # an ending
        ("de", "Kubernetes", "Ein cubernetes Cluster", "Ein cubernetes Cluster"),  # no sounds, another first letter
        ("de", "Kubernetes", "Ein Kubernetis Cluster", "Ein Kubernetes Cluster"),
        ("de", "Kommata", "eins Komma zwei", "Eins Komma zwei"),
        ("fr", "Lefebvre", "M. Lefèbvre vient", "M. Lefebvre vient"),
        ("es", "Echeverría", "La señora Echeveria", "La señora Echeverría"),
        ("ja", "東京", "東京 です", "東京 です"),
    ],
)
def test_vocabulary_of_other_languages(language, own, raw, text):
    assert shape(raw, TextRules(vocabulary=(own,), known=known), None, language).text == text


def test_guessing_can_be_switched_off():
    rules = TextRules(Switches(match=False), vocabulary=OWN, known=known)
    assert shape("cubernetes on git hub", rules, None, "en").text == "Cubernetes on git hub"


def test_the_dictionary():
    assert [known(word, "en") for word in ("the", "Cloud", "zywicki", "kubernetes", "", "a(2)")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert not known("the", "de")


@pytest.mark.parametrize(
    ("one", "other", "most", "count"),
    [("abc", "abc", 2, 0), ("abc", "acb", 2, 1), ("abc", "xyz", 2, 3), ("", "ab", 2, 2), ("a", "abcd", 2, 3)],
)
def test_edits(one, other, most, count):
    assert edits(one, other, most) == edits(other, one, most) == count


BLOCKED = [
    ("Thanks for watching!", "", "blocklist"),
    ("thanks for watching", "", "blocklist"),
    ("Untertitel der Amara.org-Community", "", "blocklist"),
    ("This is mine. Thanks for watching!", "This is mine.", ""),
    ("Please subscribe to my channel. This is mine.", "This is mine.", ""),
    ("He said thanks for watching the dog.", "He said thanks for watching the dog.", ""),
    ("Thank you.", "Thank you.", ""),
    ("My Secret phrase!", "", "blocklist"),
    ("", "", ""),
    ("...", "...", ""),
]


@pytest.mark.parametrize(("raw", "text", "dropped"), BLOCKED)
def test_blocklist(raw, text, dropped):
    rules = TextRules(blocklist=frozenset(map(blocking.key, (*blocking.DEFAULT, "my secret phrase"))))
    shaped = shape(raw, rules, None, "en")
    assert (shaped.text, shaped.dropped) == (text, dropped)


def test_the_hint_is_short_and_in_order():
    assert hint(TextRules()).prompt == ""
    assert hint(TextRules(vocabulary=("Kubernetes", "GitHub"))).prompt == "Kubernetes, GitHub."
    assert hint(TextRules(vocabulary=("Kubernetes", "GitHub"))).hotwords == ("Kubernetes", "GitHub")
    long = hint(TextRules(vocabulary=tuple(f"word{n}" for n in range(10_000))))
    assert long.prompt.startswith("word0, word1,")
    assert len(long.prompt) <= MOST_CHARACTERS
    assert hint(TextRules(Switches(hint=False), vocabulary=OWN)).prompt == ""
