"""Forgetting many entries: wholly, in short steps, and finished by the next opening where it was broken off."""

import threading

import numpy as np
import pytest

from starling.history import bulk
from starling.history.forgetting import BATCH, Forgetting
from starling.history.store import History
from starling.history.wanted import Wanted

MANY = 3 * BATCH
SECRET = "xyz"


@pytest.fixture
def history(tmp_path):
    """Texts without an x, and then some with one."""
    made = list(bulk.made_up(4 * MANY))
    bulk.fill(tmp_path, [*((f"{said} {SECRET}word", "") for said, _ in made[1 : MANY + 1]), *made[MANY + 1 :]])
    with_one = History(tmp_path)
    yield with_one
    with_one.close()


class Counted:
    """A lock that counts how often it was free again."""

    def __init__(self):
        self.lock, self.depth, self.freed = threading.RLock(), 0, 0

    def __enter__(self):
        self.lock.acquire()
        self.depth += 1

    def __exit__(self, *_):
        self.depth -= 1
        self.freed += not self.depth
        self.lock.release()


def turns(history, text=""):
    reader = history.reader()
    try:
        return [entry.id for entry in reader.search(Wanted(text), -1)]
    finally:
        reader.close()


def content(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("most", [False, True])
def test_nothing_of_many_is_left_in_any_file_and_the_others_are_found(history, tmp_path, most):
    kept = turns(history, bulk.CJK)
    gone = turns(history, SECRET)
    assert len(gone) == MANY
    if most:
        gone += [turn for turn in turns(history) if turn not in kept and turn not in gone]
    history.forget(gone)
    assert turns(history, SECRET) == []
    assert turns(history, bulk.CJK) == kept
    assert len(turns(history)) == (len(kept) if most else 3 * MANY - 1)
    history.close()
    assert SECRET.encode() not in content(tmp_path)


@pytest.mark.parametrize("most", [False, True])
def test_what_is_said_meanwhile_does_not_wait_for_the_end(history, most):
    gone = turns(history) if most else turns(history, SECRET)
    history._lock = history._forgetting._lock = counted = Counted()
    history.forget(gone)
    assert counted.freed > len(gone) / BATCH


def test_clearing_takes_no_lock_for_long_either(history):
    history._lock = history._forgetting._lock = counted = Counted()
    history.clear()
    assert counted.freed > 4 * MANY / BATCH - 1
    assert turns(history) == []


def test_what_was_stored_while_the_index_was_made_anew_is_found(history):
    history.forget(turns(history))
    name = history.add_pending(np.zeros(1600, np.float32), 1000.0, "dictation")
    history.shaped(name, "after it")
    assert turns(history, "after") == [name]


@pytest.mark.parametrize("most", [False, True])
def test_one_that_was_broken_off_is_finished_at_the_next_opening(history, tmp_path, monkeypatch, most):
    gone = turns(history) if most else turns(history, SECRET)[:5]
    monkeypatch.setattr(Forgetting, "_delete_rows", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        history.forget(gone)
    again = History(tmp_path)
    try:
        assert not set(gone) & set(turns(again))
        assert again.indexed
        assert len(turns(again, SECRET)) == (0 if most else MANY - 5)
    finally:
        again.close()
