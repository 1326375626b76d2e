import json
import os
import sys

import pytest

from starling.core.errors import StarlingError
from starling.dictation.text import blocking, store
from starling.dictation.text.rules import Profile, Replacement, Switches
from starling.dictation.text.shape import shape

PAIRS = [Replacement("btw", "by the way"), Replacement("my address", '1 "Main" St.\nBerlin \\ x')]


def told(place):
    errors = []
    return store.load(place, Switches(), errors.append), errors


def test_a_missing_folder_is_no_fault(tmp_path):
    rules, errors = told(tmp_path / "none")
    assert (rules.vocabulary, rules.replacements, rules.profiles, errors) == ((), (), (), [])
    assert rules.blocklist == frozenset(blocking.DEFAULT)
    assert not (tmp_path / "none").exists()


def test_what_is_written_is_read(tmp_path):
    place = tmp_path / "a folder" / "dictation"
    words = ["Kubernetes", "O'Reilly", 'say "hi"', "東京", "back\\slash"]
    with store.changing(place):
        store.write_vocabulary(place, words)
        store.write_replacements(place, PAIRS)
        store.write_blocklist(place, ["Never this!"])
    rules, errors = told(place)
    assert errors == []
    assert list(rules.vocabulary) == words
    assert list(rules.replacements) == PAIRS
    assert rules.blocklist == {"never this"}
    assert [path.name for path in place.glob(".*")] == []


def test_an_empty_blocklist_stays_empty(tmp_path):
    store.write_blocklist(tmp_path, [])
    assert told(tmp_path)[0].blocklist == frozenset()


PROFILES = """
[[profile]]
application = "*term*"
capitals = false
newline = "enter"
replacements = [["dash", "-"], { heard = "slash", written = "/" }]

[[profile]]
application = "slack"
trailing_space = true
"""


def test_profiles(tmp_path):
    (tmp_path / "profiles.toml").write_text(PROFILES)
    rules, errors = told(tmp_path)
    assert errors == []
    extra = (Replacement("dash", "-"), Replacement("slash", "/"))
    assert rules.profiles == (
        Profile("*term*", capitals=False, newline="enter", replacements=extra),
        Profile("slack", trailing_space=True),
    )
    assert shape("ls dash l", rules.for_application("xterm"), None, "en").text == "ls - l"


@pytest.mark.parametrize("name", ["vocabulary", "replacements", "blocklist", "profiles"])
@pytest.mark.parametrize(
    "damage",
    [b"words = [", b"\xff\xfe\x00", b"\x00" * 100, b"words = " + b"[" * 100_000],
    ids=["cut", "16", "0", "deep"],
)
def test_a_damaged_file_is_set_aside_and_told(tmp_path, name, damage):
    (tmp_path / f"{name}.toml").write_bytes(damage)
    (tmp_path / f"{name}.damaged-1.toml").write_text("an older one")
    _, errors = told(tmp_path)
    assert [error.code for error in errors] == ["dictation.damaged"]
    assert f"{name}.damaged-2.toml" in errors[0].fix
    assert (tmp_path / f"{name}.damaged-2.toml").read_bytes() == damage
    assert (tmp_path / f"{name}.damaged-1.toml").read_text() == "an older one"
    assert not (tmp_path / f"{name}.toml").exists()


def test_a_huge_file_is_set_aside(tmp_path):
    with (tmp_path / "vocabulary.toml").open("wb") as stream:
        stream.truncate(store.MOST_BYTES + 1)
    assert [error.code for error in told(tmp_path)[1]] == ["dictation.damaged"]


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("vocabulary", 'words = ["good", 1, "", "...", ["x"]]', 4),
        ("vocabulary", "words = 3", 1),
        ("replacements", '[[replacement]]\nheard = "a"\nwritten = "b"\n[[replacement]]\nheard = 1', 1),
        ("replacements", '[[replacement]]\nheard = "*"\nwritten = "b"', 1),
        ("replacements", "replacement = 1", 1),
        ("profiles", '[[profile]]\napplication = ""', 1),
        ("profiles", '[[profile]]\napplication = "x"\nformatting = "yes"', 1),
        ("profiles", '[[profile]]\napplication = "x"\nnewline = "no"', 1),
        ("profiles", '[[profile]]\napplication = "x"\nunknown = 1', 1),
        ("profiles", '[[profile]]\napplication = "x"\nreplacements = [["a"]]', 1),
        ("profiles", "profile = [1]", 1),
        ("blocklist", 'phrases = [{}, "ok"]', 1),
    ],
)
def test_a_wrong_entry_costs_itself_only(tmp_path, name, text, count):
    (tmp_path / f"{name}.toml").write_text(text)
    rules, errors = told(tmp_path)
    assert len(errors) == count
    assert all(error.fix for error in errors if error.code == "dictation.bad_entry")
    assert (tmp_path / f"{name}.toml").read_text() == text
    assert (rules.vocabulary == ("good",)) == ("good" in text)


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="needs permissions")
def test_what_cannot_be_read_or_written_is_told(tmp_path):
    (tmp_path / "vocabulary.toml").mkdir()
    assert [error.code for error in told(tmp_path)[1]] == ["dictation.unreadable"]
    (tmp_path / "file").write_text("")
    with pytest.raises(StarlingError, match="cannot be written"):
        store.write_vocabulary(tmp_path / "file", ["x"])
    with pytest.raises(StarlingError, match="cannot be written"), store.changing(tmp_path / "file"):
        pass


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    store.write_vocabulary(tmp_path, ["old"])

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StarlingError, match="No space left"):
        store.write_vocabulary(tmp_path, ["new"])
    monkeypatch.undo()
    assert told(tmp_path)[0].vocabulary == ("old",)
    assert [path.name for path in tmp_path.iterdir()] == ["vocabulary.toml"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "words.toml").write_text("")
    (tmp_path / "vocabulary.toml").symlink_to(tmp_path / "real" / "words.toml")
    store.write_vocabulary(tmp_path, ["x"])
    assert (tmp_path / "vocabulary.toml").is_symlink()
    assert told(tmp_path)[0].vocabulary == ("x",)


def test_too_many_are_refused(tmp_path):
    with pytest.raises(StarlingError, match=r"10001 entries, 10000 are allowed"):
        store.write_vocabulary(tmp_path, [f"w{n}" for n in range(10_001)])
    assert not (tmp_path / "vocabulary.toml").exists()


def test_a_change_is_seen(tmp_path):
    before = store.state_of(tmp_path)
    store.write_vocabulary(tmp_path, [json.dumps("x")])
    assert store.state_of(tmp_path) != before
