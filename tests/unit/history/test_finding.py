import sqlite3
import statistics
import time

import numpy as np
import pytest

from starling.core.results import Transcript
from starling.history import fulltext
from starling.history.bulk import BEGAN, CJK, EVERY_S, RARE, fill, made_up
from starling.history.store import History
from starling.history.wanted import Wanted

CLIP = np.zeros(1600, np.float32)


@pytest.fixture(params=["index", "no index"])
def history(tmp_path, request, monkeypatch):
    if request.param == "no index":
        monkeypatch.setattr(fulltext, "supported", lambda connection: False)
    history = History(tmp_path)
    yield history
    history.close()


@pytest.fixture
def find(history):
    reader = history.reader()
    yield lambda text="", **more: [entry.text for entry in reader.read(reader.find(Wanted(text, **more)))]
    reader.close()


def said(history, text, at=1000.0, mode="dictation", reply=""):
    name = history.add_pending(CLIP, at, mode)
    history.done(name, Transcript(text, "en", 0.1, 0.01), "legacy", "starter")
    history.delivered(name)
    if reply:
        history.add_reply(name, reply)
    return name


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Größe der Schreibtische", "東京都へ行きます", 'a "quoted" 100% word', "the café is open"]),
        ("groesse", []),
        ("GRÖSSE", ["Größe der Schreibtische"]),
        ("tisch", ["Größe der Schreibtische"]),
        ("tisch größe", ["Größe der Schreibtische"]),
        ("京都", ["東京都へ行きます"]),
        ("京", ["東京都へ行きます"]),
        ("行きます", ["東京都へ行きます"]),
        ("cafe", ["the café is open"]),
        ('"cafe is"', ["the café is open"]),
        ('"is cafe"', []),
        ("is cafe", ["the café is open"]),
        ("100%", ['a "quoted" 100% word']),
        ("of course", ["the café is open"]),
        ("course open", ["the café is open"]),
        ("NOT * OR ( ' --", []),
        ("x" * 5000, []),
    ],
)
def test_texts_and_replies_are_searched(history, find, query, found):
    said(history, "the café is open", 1.0, reply="Of course.")
    said(history, 'a "quoted" 100% word', 2.0)
    said(history, "東京都へ行きます", 3.0)
    said(history, "Größe der Schreibtische", 4.0)
    assert find(query) == found


def test_filters_narrow_down(history, find):
    first, second = said(history, "first", 100.0, "assistant"), said(history, "second", 200.0)
    history.add_pending(CLIP, 300.0, "dictation")
    history.inserted(second, "xtest", "gedit")
    assert find(mode="assistant") == ["first"]
    assert find(state="inserted") == ["second"]
    assert find(state="pending") == [""]
    assert find(since=150.0, until=250.0) == ["second"]
    assert find("sec", mode="assistant") == []
    assert first


def test_what_changes_is_found_as_it_is_now(history, find):
    name = said(history, "wrong words")
    history.done(name, Transcript("right words", "en", 0.1, 0.01), "legacy", "large")
    assert (find("wrong"), find("right")) == ([], ["right words"])
    history.shaped(name, "Right words.")
    assert find('"words."') == ["Right words."]


def test_what_is_deleted_leaves_nothing_in_any_file(history, find, tmp_path):
    kept, gone = said(history, "something else"), said(history, "my secretword here")
    history.forget([gone])
    assert (find("secretword"), find("else")) == ([], ["something else"])
    history.close()
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"secretword" not in content
    assert not (b"ecr" in content and b"etw" in content)  # the index's pieces
    assert kept


def test_what_is_taken_away_can_be_had_back_for_a_while(history, find):
    names = [said(history, "one", 1.0), said(history, "two", 2.0)]
    history.take_away([1, 2])
    assert (find(), history.turns(5)) == ([], [])
    history.bring_back([1])
    assert find() == ["one"]
    assert history.purge(60.0) == []
    assert history.purge() == names[1:]
    history.bring_back([1, 2])
    assert find() == ["one"]


def test_what_is_taken_away_is_gone_with_the_process(history, tmp_path):
    said(history, "one")
    history.take_away([1])
    history.close()
    with sqlite3.connect(tmp_path / "history.db") as database:
        assert database.execute("SELECT count(*) FROM utterances").fetchone() == (0,)
    database.close()


def test_pages_follow_each_other(history):
    for second in (1.0, 2.0, 2.0, 3.0):
        said(history, f"turn at {second}", second)
    reader = history.reader()
    seen = reader.search(Wanted("turn"), 3)
    seen += reader.search(Wanted("turn"), 3, (seen[-1].started_at, seen[-1].number))
    assert [entry.started_at for entry in seen] == [3.0, 2.0, 2.0, 1.0]
    assert len({entry.number for entry in seen}) == 4
    reader.close()


def test_private_utterances_are_not_listed(tmp_path):
    history = History(tmp_path, keep=False)
    history.add_pending(CLIP, 1.0, "dictation")
    reader = history.reader()
    assert list(reader.find(Wanted())) == []
    reader.close()
    history.close()


def test_a_history_that_lived_without_an_index_gets_one(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(fulltext, "supported", lambda connection: False)
        history = History(tmp_path)
        said(history, "written without an index")
        assert not history.indexed
        history.close()
    history = History(tmp_path)
    reader = history.reader()
    assert history.indexed
    assert len(reader.find(Wanted("without"))) == 1
    reader.close()
    history.close()


def measured(reader, wanted):
    times = []
    for _ in range(5):
        began = time.perf_counter()
        found = reader.search(wanted, 50)
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times), found


def look_through(folder, count):
    """Counts what is found. Times are the bench's matter (``starling bench history``): here a limit far above them."""
    fill(folder, made_up(count))
    history = History(folder)
    reader = history.reader()
    everything = reader.find(Wanted())
    assert len(everything) == count
    assert reader.read(everything[:1])[0].started_at == BEGAN + EVERY_S * (count - 1)
    for query in (RARE, CJK, "京都", f"{RARE} 東"):
        took_ms, found = measured(reader, Wanted(query))
        assert len(found) == min(50, count // 1000)
        assert took_ms < 1000
    reader.close()
    history.close()


def test_five_thousand_are_looked_through(tmp_path):
    look_through(tmp_path, 5_000)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_hundred_thousand_are_looked_through(tmp_path):
    look_through(tmp_path, 100_000)
