"""Histories of earlier versions are carried over whole."""

import json
import sqlite3
from contextlib import closing

import pytest

from starling.core.results import Transcript
from starling.history import schema
from starling.history.store import History
from starling.history.wanted import Wanted


@pytest.fixture
def version_1(tmp_path):
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as database:
        for statement in filter(str.strip, schema._MIGRATIONS[0].split(";")):
            database.execute(statement)
        database.execute("PRAGMA user_version = 1")
        database.execute("PRAGMA journal_mode = WAL")
        whole = json.dumps(Transcript("Was kostet die Straße", "de", 2.0, 0.1).to_json())
        rows = [
            ("b", 200.0, "assistant", 2.0, 0, "done", 1, 1, "", "Was kostet die Straße", whole, "legacy", "x", ""),
            ("a", 100.0, "dictation", 1.0, 0, "failed", 0, 1, "", "", "", "", "", "engine.gave_up"),
        ]
        database.executemany(f"INSERT INTO utterances VALUES ({', '.join('?' * 14)})", rows)
        database.execute(
            "INSERT INTO replies VALUES ('b', 0, 'Nothing.', 'cpu', 'af'), ('b', 1, 'At all.', 'cpu', 'af')"
        )
    return tmp_path


def test_version_1_is_carried_over(version_1):
    history = History(version_1)
    new, old = history.turns(5)
    assert (new.text, new.state, new.mode, new.number) == ("Was kostet die Straße", "done", "assistant", 2)
    assert [reply.text for reply in new.replies] == ["Nothing.", "At all."]
    assert (old.state, old.error_code, old.number) == ("failed", "engine.gave_up", 1)
    reader = history.reader()
    assert [list(reader.find(Wanted(query))) for query in ("strasse", "nothing", '"at all" kostet')] == [[2]] * 3
    reader.close()
    history.discard("b")
    assert history._database.execute("SELECT count(*) FROM replies").fetchone() == (0,)
    assert history._database.execute("SELECT count(*) FROM searched").fetchone() == (0,)
    history.close()


def test_a_migration_that_breaks_off_changes_nothing(version_1, monkeypatch):
    broken = (*schema._MIGRATIONS[:1], schema._MIGRATIONS[1] + "; SELECT nonsense")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "_MIGRATIONS", broken)
        with pytest.raises(Exception, match="cannot be written"):
            History(version_1)
    history = History(version_1)
    assert [turn.id for turn in history.turns(5)] == ["b", "a"]
    history.close()
