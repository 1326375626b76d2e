"""``starling history`` as a person or a script uses it."""

import json
import sqlite3

import pytest

from starling.history.bulk import fill
from tests.helpers.commands import starling

DAY_S = 86_400.0
BEGAN = 1_788_000_000.0  # 2026-08-29


@pytest.fixture
def home(tmp_path):
    texts = [("buy milk", ""), ("what is the time", "It is noon."), ("Straße nach Köln", ""), ("a poem", "Roses.")]
    fill(tmp_path / "data" / "history", texts, BEGAN, DAY_S)
    return tmp_path


def entries(home, *words):
    done = starling("history", *words, "--json", home=home)
    assert done.code == 0, done.err
    return [entry["text"] for entry in json.loads(done.out)["entries"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("list",), ["a poem", "Straße nach Köln", "what is the time", "buy milk"]),
        (("list", "--limit", "1"), ["a poem"]),
        (("list", "--mode", "assistant"), ["Straße nach Köln", "buy milk"]),
        (("list", "--state", "failed"), []),
        (("list", "--since", "2026-08-30", "--until", "2026-08-31"), ["Straße nach Köln", "what is the time"]),
        (("search", "strasse", "koln"), ["Straße nach Köln"]),
        (("search", "noon"), ["what is the time"]),
        (("search", "nothing like it"), []),
    ],
)
def test_entries_are_listed_and_searched(home, words, found):
    assert entries(home, *words) == found


def test_people_read_lines(home):
    out = starling("history", "search", "time", home=home).out.splitlines()
    assert out[0].endswith("what is the time")
    assert out[1].strip() == "→ It is noon."


def test_an_empty_history_is_no_failure(tmp_path):
    assert starling("history", "list", home=tmp_path).out == ""
    assert entries(tmp_path, "search", "x") == []


def test_what_is_found_is_exported(home, tmp_path):
    file = tmp_path / "out.csv"
    done = starling("history", "export", str(file), "--search", "milk", "--json", home=home)
    assert json.loads(done.out) == {"file": str(file), "format": "csv", "entries": 1}
    again = starling("history", "export", str(file), home=home)
    assert (again.code, "history.exists" in again.err) == (1, True)
    assert starling("history", "export", str(file), "--force", home=home).out.startswith("4 entries")
    assert "history.format" in starling("history", "export", str(tmp_path / "out"), home=home).err


def test_entries_are_deleted_only_after_a_yes(home):
    name = json.loads(starling("history", "list", "--json", home=home).out)["entries"][0]["id"]
    asked = starling("history", "delete", name, home=home)
    assert (asked.code, "history.kept" in asked.err) == (1, True)
    told = json.loads(starling("history", "delete", name, "--yes", "--json", home=home).out)
    assert told == {"deleted": [name]}
    assert "history.unknown" in starling("history", "delete", name, "--yes", home=home).err
    assert starling("history", "delete", "--search", "strasse", "--yes", home=home).out == "1 deleted\n"
    assert entries(home, "list") == ["what is the time", "buy milk"]
    assert starling("history", "delete", "--all", "--yes", home=home).code == 0
    with sqlite3.connect(home / "data" / "history" / "history.db") as database:
        assert database.execute("SELECT count(*) FROM searched").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize(
    "words",
    [(), ("delete",), ("delete", "x", "--all"), ("list", "--limit", "-1"), ("list", "--since", "soon"), ("search",)],
)
def test_what_makes_no_sense_is_a_usage_error(tmp_path, words):
    assert starling("history", *words, home=tmp_path).code == 2


def test_the_doctor_says_how_it_is_searched(home):
    section = json.loads(starling("doctor", "--json", home=home).out)["history"]
    assert (section["entries"], section["recordings"], section["full_text_search"]) == (4, 0, True)
