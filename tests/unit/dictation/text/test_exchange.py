import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starling.core.errors import StarlingError
from starling.dictation.text import exchange
from starling.dictation.text.exchange import FORMATS, format_of, read_replacements, read_words
from starling.dictation.text.rules import Replacement

WORDS = [
    ("txt", "Kubernetes\nGitHub\n", ["Kubernetes", "GitHub"]),
    ("txt", "\n  Kubernetes \r\n\r\nKubernetes\rGit  Hub", ["Kubernetes", "Git Hub"]),
    ("csv", "word\nKubernetes\n", ["Kubernetes"]),
    ("csv", "Kubernetes,a note\nGitHub,\n", ["Kubernetes", "GitHub"]),
    ("csv", '"Smith, John";1\nAnna;2\n', ["Smith, John", "Anna"]),
    ("json", '["Kubernetes", "GitHub"]', ["Kubernetes", "GitHub"]),
    ("json", '{"vocabulary": ["Kubernetes"], "version": 1}', ["Kubernetes"]),
    ("json", '[{"word": "Kubernetes"}, {"text": "GitHub"}]', ["Kubernetes", "GitHub"]),
    ("txt", "", []),
    ("json", "[]", []),
]
PAIRS = [
    ("txt", "btw\tby the way\n", [("btw", "by the way")]),
    ("txt", "btw => by the way\nomw -> on my way\na=b\n", [("btw", "by the way"), ("omw", "on my way"), ("a", "b")]),
    ("txt", "sign\tA\\nB\n", [("sign", "A\nB")]),
    ("csv", "heard,written\nbtw,by the way\n", [("btw", "by the way")]),
    ("csv", "btw;by the way\nx;\n", [("btw", "by the way"), ("x", "")]),
    ("csv", 'a,"x, y ""z"""\n', [("a", 'x, y "z"')]),
    ("csv", "btw\tby the way\n", [("btw", "by the way")]),
    ("json", '{"btw": "by the way"}', [("btw", "by the way")]),
    ("json", '[["btw", "by the way"]]', [("btw", "by the way")]),
    ("json", '{"replacements": [{"heard": "btw", "written": "by the way"}]}', [("btw", "by the way")]),
    ("json", '[{"from": "btw", "to": "by the way"}]', [("btw", "by the way")]),
]


@pytest.mark.parametrize(("kind", "text", "words"), WORDS)
def test_words(kind, text, words):
    assert list(read_words(text.encode(), kind).found) == words


@pytest.mark.parametrize(("kind", "text", "pairs"), PAIRS)
def test_replacements(kind, text, pairs):
    assert [(one.heard, one.written) for one in read_replacements(text.encode(), kind).found] == pairs


@pytest.mark.parametrize(
    ("data", "words", "note"),
    [
        ("Müller".encode("utf-8-sig"), ["Müller"], ""),
        ("Müller\r\nJosé".encode("utf-16"), ["Müller", "José"], ""),
        (b"\xfe\xff" + "Müller".encode("utf-16-be"), ["Müller"], ""),
        ("Müller".encode("cp1252"), ["Müller"], "The file was not in UTF-8; it was read as Windows-1252."),
        ("Mu\u0308ller".encode(), ["Müller"], ""),
        (b"a\x07b", ["ab"], ""),
    ],
)
def test_encodings(data, words, note):
    read = read_words(data, "txt")
    assert (list(read.found), list(read.notes)) == (words, [note] if note else [])


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"\x7fELF\x00\x00", "txt", "is no text"),
        (b"x" * (exchange.MOST_BYTES + 1), "txt", "8 MB"),
        (b"{", "json", "is no JSON"),
        (b"[" * 100_000, "json", "is no JSON"),
        (b"3", "json", "no list"),
        (b'{"a": [], "b": []}', "json", "no list"),
        (b'a,"' + b"x" * 200_000, "csv", "is no CSV"),
    ],
)
def test_what_is_no_list_is_refused_in_words(data, kind, why):
    with pytest.raises(StarlingError, match=why) as failed:
        read_words(data, kind)
    assert failed.value.code == "dictation.not_a_list"
    assert failed.value.fix


def test_what_is_left_out_is_told():
    read = read_words(("good\n...\n" + "x" * 101 + "\n").encode(), "txt")
    assert (read.found, read.left_out) == (("good",), 2)
    assert "has no letter" in read.notes[0]
    assert "101 characters, 100 are allowed" in read.notes[1]
    many = read_words("\n".join(f"w{n}" for n in range(10_003)).encode(), "txt")
    assert (len(many.found), many.left_out) == (10_000, 3)
    wrong = read_words("\n".join("." for _ in range(20)).encode(), "txt")
    assert (len(wrong.notes), wrong.notes[-1]) == (6, "And 15 more.")
    assert "says not what" in read_replacements(b"only one column\n", "csv").notes[0]


@pytest.mark.parametrize(("name", "kind"), [("a.txt", "txt"), ("A.CSV", "csv"), ("x.tsv", "csv"), ("y.json", "json")])
def test_the_name_says_the_format(name, kind):
    assert format_of(name) == kind


def test_another_name_is_refused():
    with pytest.raises(StarlingError, match="name does not say"):
        format_of("words.docx")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20)
WORD = TEXT.filter(lambda text: any(map(str.isalnum, text)))


@given(st.lists(WORD, max_size=5), st.sampled_from(FORMATS))
def test_words_come_back(words, kind):
    kept = read_words(exchange.write_words(words, "json").encode(), "json").found
    if kind == "csv":
        kept = tuple(word for word in kept if word.lower() not in exchange._HEADERS)
    assert read_words(exchange.write_words(kept, kind).encode(), kind).found == kept


@given(st.lists(st.tuples(WORD, TEXT), max_size=5))
def test_replacements_come_back(pairs):
    kept = read_replacements(
        exchange.write_replacements([Replacement(*pair) for pair in pairs], "json").encode(), "json"
    ).found
    assert read_replacements(exchange.write_replacements(kept, "json").encode(), "json").found == kept


@given(st.binary(max_size=200), st.sampled_from(FORMATS))
def test_any_bytes_are_read_or_refused(data, kind):
    for read in (read_words, read_replacements):
        with contextlib.suppress(StarlingError):
            read(data, kind)
