"""The full-text index over what was said and answered.

FTS5 with trigrams over folded text (``core/folding.py``), as external content of the table ``searched``, kept by
triggers. Trigrams find any piece of three characters: inside compounds, in languages without blanks between words and
while a word is being typed, which ``unicode61`` with prefixes does not. Shorter terms are looked for in ``searched``
itself, which holds nothing else and is read in a few milliseconds. What FTS5 folds itself depends on SQLite's version
(``remove_diacritics`` of trigrams came in 3.45), so the text is folded before it is stored.

The index is no part of the schema's version: a SQLite without FTS5 takes the triggers away, so that it can write, and
the next one with FTS5 finds them missing and builds the index anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

SHORTEST = 3
"""Characters of the shortest term that trigrams find."""
MERGE_PAGES = 64
"""Of the index in one step, some 5 ms."""
MOST_STEPS = 10_000
_TRIGGERS = {
    "words_added": """
        CREATE TRIGGER words_added AFTER INSERT ON searched BEGIN
            INSERT INTO words (rowid, folded) VALUES (new.number, new.folded);
        END""",
    "words_changed": """
        CREATE TRIGGER words_changed AFTER UPDATE ON searched BEGIN
            INSERT INTO words (words, rowid, folded) VALUES ('delete', old.number, old.folded);
            INSERT INTO words (rowid, folded) VALUES (new.number, new.folded);
        END""",
    "words_gone": """
        CREATE TRIGGER words_gone AFTER DELETE ON searched BEGIN
            INSERT INTO words (words, rowid, folded) VALUES ('delete', old.number, old.folded);
        END""",
}
_TABLE = """
    CREATE VIRTUAL TABLE words USING fts5(
        folded, content = 'searched', content_rowid = 'number', tokenize = 'trigram case_sensitive 1'
    )"""


def supported(connection: sqlite3.Connection) -> bool:
    """Whether this SQLite has FTS5 with trigrams (3.34)."""
    try:
        connection.execute("CREATE VIRTUAL TABLE temp.fts5_probe USING fts5(t, tokenize = 'trigram')")
        connection.execute("DROP TABLE temp.fts5_probe")
    except sqlite3.OperationalError:
        return False
    return True


def prepare(connection: sqlite3.Connection) -> bool:
    """Make the index where it is missing or unusable; whether there is one now."""
    if not supported(connection):
        _drop_triggers(connection)
        return False
    if not (_complete(connection) and _readable(connection)):
        _build(connection)
    return True


def condition(terms: Sequence[str], indexed: bool) -> tuple[str, list[str]]:
    """SQL that holds for rows of ``utterances`` with all these terms, and its values."""
    long = [term for term in terms if len(term) >= SHORTEST] if indexed else []
    contained = [term for term in terms if term not in long]
    parts = ["instr(folded, ?) > 0"] * len(contained)
    if not long:  # in the order of time, so that a page of many ends early
        among = " AND ".join(("searched.number = utterances.number", *parts))
        return f"EXISTS (SELECT 1 FROM searched WHERE {among})", contained
    phrases = " AND ".join('"{}"'.format(term.replace('"', '""')) for term in long)
    among = " AND ".join(("rowid IN (SELECT rowid FROM words WHERE words MATCH ?)", *parts))
    return f"number IN (SELECT number FROM searched WHERE {among})", [phrases, *contained]


def forget_deleted(connection: sqlite3.Connection) -> Callable[[], bool]:
    """Leave nothing of deleted texts in the index: until its parts are merged, their trigrams are only marked.

    Returns:
        One step of that, some milliseconds; whether there is more to do.
    """
    steps = iter(range(MOST_STEPS))

    def step() -> bool:
        number = next(steps, None)
        if number is None:
            return False
        before = connection.total_changes
        pages = MERGE_PAGES if number else -MERGE_PAGES  # a negative number begins to merge all parts into one
        connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", (pages,))
        return connection.total_changes - before >= 2  # as FTS5 says that there was something to merge

    return step


def make_anew(connection: sqlite3.Connection, change: Callable[[], None]) -> None:
    """Change the texts without an index and make one of what is there then; within the caller's transaction."""
    _drop_triggers(connection)
    connection.execute("DROP TABLE IF EXISTS words")
    change()
    connection.execute(_TABLE)
    for trigger in _TRIGGERS.values():
        connection.execute(trigger)
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')")


def _complete(connection: sqlite3.Connection) -> bool:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE name IN ('words', ?, ?, ?)", tuple(_TRIGGERS))
    return len(rows.fetchall()) == 1 + len(_TRIGGERS)


def _readable(connection: sqlite3.Connection) -> bool:
    """False for an index of a newer SQLite's format, or a damaged one."""
    try:
        connection.execute("SELECT rowid FROM words WHERE words MATCH '\"aaa\"' LIMIT 1").fetchall()
    except sqlite3.DatabaseError:
        return False
    return True


def _drop_triggers(connection: sqlite3.Connection) -> None:
    for name in _TRIGGERS:
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")


def _build(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        make_anew(connection, lambda: None)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
