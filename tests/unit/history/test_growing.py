"""What is being said is on disk; what a killed process left of it comes back as pending."""

import os

import numpy as np
import pytest

from starling.core.results import Transcript
from starling.history import growing
from starling.history.owner import Owner
from starling.history.store import History

GONE = Owner(2**22 + 1, "")
BLOCK = np.full(1024, 0.5, np.float32)


@pytest.fixture
def opened(tmp_path):
    stores = []

    def open_(**options):
        stores.append(History(tmp_path, **options))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


def heard(store, blocks, at=1000.0):
    """As a process that is gone by now would have named it."""
    name = store.name(at).replace(f"-{os.getpid()}-", f"-{GONE.pid}-")
    for _ in range(blocks):
        store.grow(name, BLOCK, at, "dictation")
    return name


def pending_files(folder):
    return [path.name for path in sorted((folder / "pending").iterdir())]


def test_what_was_being_said_is_pending_at_the_next_opening(opened, tmp_path):
    name = heard(opened(owner=GONE), 20)
    fresh = opened()
    (orphan,) = fresh.orphans()
    assert (orphan.id, orphan.started_at, orphan.mode) == (name, 1000.0, "dictation")
    assert orphan.audio_s == pytest.approx(20 * 1024 / 16_000)
    np.testing.assert_allclose(fresh.claim(name), np.tile(BLOCK, 20), atol=1 / 32767)
    assert list((tmp_path / "growing").iterdir()) == []
    assert opened().adopted == 0


def test_a_pre_roll_alone_is_nothing(opened, tmp_path):
    heard(opened(owner=GONE), 3)
    assert opened().orphans() == []
    assert list((tmp_path / "growing").iterdir()) == []


@pytest.mark.parametrize(("blocks", "recovered_s"), [(16, 1.0), (18, 1.0), (40, 2.56)])
def test_what_was_stored_at_a_pause_is_not_found_twice(opened, tmp_path, blocks, recovered_s):
    """Stored early; then it ended, or speech had resumed."""
    store = opened(owner=GONE)
    name = heard(store, blocks)
    store.add_pending(np.full(16_000, 0.5, np.float32), 1000.0, "dictation", name)
    fresh = opened()
    assert [orphan.audio_s for orphan in fresh.orphans()] == [pytest.approx(recovered_s)]
    assert len(fresh.claim(name)) == pytest.approx(16_000 * recovered_s)
    assert pending_files(tmp_path) == [f"{name}.wav"]


def test_what_was_delivered_does_not_come_again(opened, tmp_path):
    store = opened(owner=GONE)
    name = heard(store, 40)
    store.add_pending(np.full(16_000, 0.5, np.float32), 1000.0, "dictation", name)
    store.done(name, Transcript("a text", "en", 1.0, 0.1), "legacy", "starter")
    store.delivered(name)
    assert opened().orphans() == []
    assert list((tmp_path / "growing").iterdir()) == []


def test_what_a_running_process_hears_is_left_alone(opened, tmp_path):
    store = opened()
    name = store.name(1000.0)
    store.grow(name, BLOCK, 1000.0, "dictation")
    assert opened().adopted == 0
    assert (tmp_path / "growing" / f"{name}.pcm").exists()
    store.grown(name)
    assert list((tmp_path / "growing").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"\n", b"[]\n\1", b'{"started_at": "x"}\n' + bytes(20_001), b"x" * 900])
def test_damaged_files_cost_nothing_else(opened, tmp_path, content):
    opened(owner=GONE)
    (tmp_path / "growing" / f"1000-{GONE.pid}-1-ab.pcm").write_bytes(content)
    fresh = opened()
    assert len(fresh.orphans()) == (len(content) > 20_000)
    assert list((tmp_path / "growing").iterdir()) == []


def test_a_file_does_not_grow_for_ever(opened, tmp_path, monkeypatch):
    monkeypatch.setattr(growing, "_MOST_BYTES", 5000)
    store = opened()
    name = heard(store, 50)
    assert (tmp_path / "growing" / f"{name}.pcm").stat().st_size < 5000 + 2 * 2048


def test_storing_again_under_the_same_name_replaces(opened):
    store = opened()
    name = store.name(1000.0)
    store.add_pending(np.zeros(1600, np.float32), 1000.0, "dictation", name)
    store.add_pending(np.zeros(3200, np.float32), 1000.0, "dictation", name)
    (turn,) = store.turns(5)
    assert (turn.id, turn.audio_s, len(store.audio(name))) == (name, 0.2, 3200)


def test_recordings_go_before_their_texts(opened, tmp_path):
    store = opened(keep_audio=True)
    day_s = 86_400.0
    for at in (0.0, 39 * day_s):
        name = store.add_pending(np.zeros(1600, np.float32), at, "dictation")
        store.done(name, Transcript("a text", "en", 0.1, 0.01), "legacy", "starter")
        store.delivered(name)
    (tmp_path / "kept" / "strange.wav").touch()
    assert store.sweep_audio(0, 40 * day_s) == 0
    assert store.sweep_audio(7, 40 * day_s) == 1
    assert [store.has_audio(turn.id) for turn in store.turns(5)] == [True, False]
