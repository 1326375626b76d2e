import os
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import wave
from contextlib import closing

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import Transcript, Word
from starling.history import schema
from starling.history.owner import Owner
from starling.history.store import History
from starling.history.tidying import ADOPT_AFTER_S

CLIP = np.sin(np.arange(16_000, dtype=np.float32) / 20) * np.float32(0.9)
TRANSCRIPT = Transcript("go forward", "en", 1.0, 0.1, confidence=0.9, words=(Word("go", 0.0, 0.2, 0.9),))
GONE = Owner(2**22 + 1, "1@another boot")
"""No process has this id: Linux gives none above 2**22."""


@pytest.fixture
def opened(tmp_path):
    stores = []

    def open_(**options):
        stores.append(History(tmp_path, **options))
        return stores[-1]

    yield open_
    for store in stores:
        store.close()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.suffix in (".wav", ".part"))


def add(store, started_at=1000.0):
    return store.add_pending(CLIP, started_at, "assistant")


def test_an_utterance_is_on_disk_before_anything_else(opened, tmp_path):
    store = opened()
    utterance = add(store)
    assert files(tmp_path) == [f"pending/{utterance}.wav"]
    with wave.open(str(tmp_path / "pending" / f"{utterance}.wav")) as reader:
        assert (reader.getframerate(), reader.getnchannels(), reader.getnframes()) == (16_000, 1, 16_000)
    np.testing.assert_allclose(store.audio(utterance), CLIP, atol=1 / 32767)
    (turn,) = store.turns(10)
    assert (turn.state, turn.delivered, turn.audio_s, turn.mode) == ("pending", False, 1.0, "assistant")


def test_delivery_takes_the_audio_and_keeps_the_text(opened, tmp_path):
    store = opened()
    utterance = add(store)
    store.done(utterance, TRANSCRIPT, "legacy", "starter")
    assert len(files(tmp_path)) == 1
    store.delivered(utterance)
    store.add_reply(utterance, "Going.", "cpu", "af_heart")
    store.add_reply(utterance, "Done.", "cpu", "af_heart")
    assert files(tmp_path) == []
    (turn,) = store.turns(10)
    assert (turn.state, turn.delivered, turn.text, turn.tier, turn.model) == (
        "done",
        True,
        "go forward",
        "legacy",
        "starter",
    )
    assert turn.transcript == TRANSCRIPT
    assert [reply.text for reply in turn.replies] == ["Going.", "Done."]


def test_recordings_are_kept_if_the_user_wants(opened, tmp_path):
    store = opened(keep_audio=True)
    utterance = add(store)
    store.done(utterance, TRANSCRIPT, "legacy", "starter")
    store.delivered(utterance)
    assert files(tmp_path) == [f"kept/{utterance}.wav"]
    assert len(store.audio(utterance)) == 16_000
    store.discard(utterance)
    assert (files(tmp_path), store.turns(10)) == ([], [])


def test_without_history_nothing_is_left(opened, tmp_path):
    store = opened(keep=False, keep_audio=True)
    utterance = add(store)
    store.done(utterance, TRANSCRIPT, "legacy", "starter")
    store.add_reply(utterance, "Going.")
    assert [(turn.text, turn.transcript, turn.replies) for turn in store.turns(10)] == [("", None, ())]
    store.delivered(utterance)
    assert (files(tmp_path), store.turns(10)) == ([], [])
    store.close()
    assert b"go forward" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_failed_utterance_keeps_its_audio_and_can_be_tried_again(opened, tmp_path):
    store = opened()
    utterance = add(store)
    store.failed(utterance, "engine.gave_up")
    assert [(turn.state, turn.error_code) for turn in store.turns(10)] == [("failed", "engine.gave_up")]
    assert store.orphans() == []
    samples = store.claim(utterance)
    assert samples is not None
    assert len(samples) == 16_000
    store.done(utterance, TRANSCRIPT, "legacy", "starter")
    assert [(turn.state, turn.error_code) for turn in store.turns(10)] == [("done", "")]


def test_orphans_are_the_undelivered_of_ended_processes(opened):
    dead, alive = opened(owner=GONE), opened()
    pending, done, failed, delivered = (add(dead, 1000.0 + number) for number in range(4))
    mine = add(alive)
    for utterance in (done, delivered):
        dead.done(utterance, TRANSCRIPT, "legacy", "starter")
    dead.failed(failed, "engine.gave_up")
    dead.delivered(delivered)
    assert [orphan.id for orphan in alive.orphans()] == [pending, done]
    assert alive.claim(mine) is None
    assert alive.claim("unknown") is None
    assert alive.claim(delivered) is None
    assert alive.claim(pending) is not None
    assert [orphan.id for orphan in alive.orphans()] == [done]
    assert alive.claim(pending) is None


def test_a_process_with_the_same_id_is_not_the_owner(opened):
    """This very process id, but started at another time."""
    store = opened(owner=Owner(os.getpid(), "1@another boot"))
    utterance = add(store)
    assert [orphan.id for orphan in opened().orphans()] == [utterance]
    assert Owner.of(os.getpid()).alive


def test_an_orphan_is_claimed_once(opened):
    """Two instances found the same orphan; both of them run."""
    utterance = add(opened(owner=GONE))
    stores = [opened(), opened(owner=Owner.of(os.getppid()))]
    barrier = threading.Barrier(len(stores))
    got = []

    def claim(store):
        barrier.wait()
        got.append(store.claim(utterance) is not None)

    threads = [threading.Thread(target=claim, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, True]


def test_a_recording_without_its_row_is_adopted(opened, tmp_path):
    store = opened(owner=GONE)
    utterance = add(store)
    store._database.execute("DELETE FROM utterances")
    orphan = utterance.replace(f"-{os.getpid()}-", f"-{GONE.pid}-")
    (tmp_path / "pending" / f"{utterance}.wav").rename(tmp_path / "pending" / f"{orphan}.wav")
    fresh = opened()
    assert fresh.adopted == 1
    assert [each.id for each in fresh.orphans()] == [orphan]
    assert fresh.orphans()[0].audio_s == pytest.approx(1.0, abs=0.01)
    assert fresh.claim(orphan) is not None


def test_a_recording_whose_row_is_about_to_come_is_left_alone(opened, tmp_path):
    store = opened()
    utterance = add(store)
    store._database.execute("DELETE FROM utterances")
    assert opened().adopted == 0
    old = os.stat(tmp_path / "pending" / f"{utterance}.wav").st_mtime - 2 * ADOPT_AFTER_S
    os.utime(tmp_path / "pending" / f"{utterance}.wav", (old, old))
    assert opened().adopted == 1


def test_what_a_crash_left_in_mid_delivery_is_finished_at_the_next_opening(opened, tmp_path):
    store = opened(owner=GONE)
    kept, private = add(store), add(store)
    store._database.execute("UPDATE utterances SET delivered = 1, state = 'done'")
    store._database.execute("UPDATE utterances SET private = 1 WHERE id = ?", (private,))
    (tmp_path / "pending" / f"1000-{GONE.pid}-1-ab.part").write_bytes(b"RIFF")
    fresh = opened()
    assert files(tmp_path) == []
    assert [turn.id for turn in fresh.turns(10)] == [kept]
    assert fresh.orphans() == []


def test_an_orphan_without_audio_is_told_as_failed(opened, tmp_path):
    store = opened(owner=GONE)
    gone, damaged = add(store, 1.0), add(store, 2.0)
    (tmp_path / "pending" / f"{gone}.wav").unlink()
    (tmp_path / "pending" / f"{damaged}.wav").write_bytes(b"")
    fresh = opened()
    assert [orphan.id for orphan in fresh.orphans()] == [damaged]
    with pytest.raises(StarlingError) as error:
        fresh.claim(damaged)
    assert error.value.code == "history.no_audio"
    assert {turn.error_code for turn in fresh.turns(10)} == {"history.no_audio"}


def test_turns_are_paged_newest_first(opened):
    store = opened()
    for second in range(5):
        add(store, float(second))
    first = store.turns(2)
    assert [turn.started_at for turn in first] == [4.0, 3.0]
    assert [turn.started_at for turn in store.turns(9, before=3.0)] == [2.0, 1.0, 0.0]


def test_the_sweep_takes_old_turns_but_not_what_waits(opened, tmp_path):
    store = opened(keep_audio=True)
    day_s = 86_400.0
    old, failed, waiting, new = add(store, 0.0), add(store, 1.0), add(store, 2.0), add(store, 39 * day_s)
    for utterance in (old, new):
        store.done(utterance, TRANSCRIPT, "legacy", "starter")
        store.delivered(utterance)
    store.failed(failed, "engine.gave_up")
    assert store.sweep(0, 40 * day_s) == 0
    assert store.sweep(30, 40 * day_s) == 2
    assert [turn.id for turn in store.turns(10)] == [new, waiting]
    assert files(tmp_path) == [f"kept/{new}.wav", f"pending/{waiting}.wav"]


def test_a_newer_schema_is_refused_and_not_touched(opened, tmp_path):
    opened().close()
    with closing(sqlite3.connect(tmp_path / "history.db")) as database:
        database.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(StarlingError) as error:
        History(tmp_path)
    assert error.value.code == "history.newer"
    assert (tmp_path / "history.db").read_bytes() == before


@pytest.mark.parametrize("damage", ["header", "body", "truncated", "text"])
def test_a_damaged_database_is_set_aside_and_recordings_are_found_again(opened, tmp_path, damage):
    store = opened(owner=GONE)
    for number in range(60):
        store.done(add(store, float(number)), TRANSCRIPT, "legacy", "starter")
    store.close()
    path = tmp_path / "history.db"
    content = bytearray(path.read_bytes())
    if damage == "header":
        content[:100] = bytes(100)
    elif damage == "body":
        content[4096:] = os.urandom(len(content) - 4096)
    elif damage == "truncated":
        del content[len(content) // 2 :]
    else:
        content[:] = b"this is no database at all, " * 300
    path.write_bytes(content)
    for recording in (tmp_path / "pending").iterdir():
        recording.rename(recording.with_name(recording.name.replace(f"-{os.getpid()}-", f"-{GONE.pid}-")))
    fresh = opened()
    assert fresh.set_aside is not None
    assert fresh.set_aside.read_bytes() == bytes(content)
    assert fresh.adopted == len(fresh.orphans()) == 60
    assert opened().set_aside is None


def test_an_empty_file_is_a_fresh_history(opened, tmp_path):
    (tmp_path / "history.db").touch()
    store = opened()
    assert store.set_aside is None
    assert add(store)


def test_two_instances_write_side_by_side(opened):
    stores = [opened() for _ in range(2)]
    errors = []

    def work(store):
        try:
            for _ in range(40):
                utterance = add(store)
                store.done(utterance, TRANSCRIPT, "legacy", "starter")
                store.delivered(utterance)
        except StarlingError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(stores[0].turns(1000)) == 160
    assert {turn.delivered for turn in stores[1].turns(1000)} == {True}


def test_a_lock_that_is_never_released_is_told(opened, monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "BUSY_TIMEOUT_S", 0.1)
    store = opened()
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StarlingError) as error:
            add(store)
        other.execute("ROLLBACK")
    assert error.value.code == "history.busy"
    assert files(tmp_path) == []
    assert add(store)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StarlingError) as error:
        History(tmp_path / "file" / "history")
    assert error.value.code == "history.unwritable"
    assert error.value.fix


FULL_DISK = """
import sys
from pathlib import Path
import numpy as np
from starling.core.errors import StarlingError
from starling.history.store import History
store = History(Path(sys.argv[1]))
stored = [store.add_pending(np.zeros(16000, np.float32), 1.0, "assistant")]
try:
    while True:
        stored.append(store.add_pending(np.zeros(16000, np.float32), 1.0, "assistant"))
except StarlingError as error:
    assert error.code == "history.disk_full", error
left = sorted(path.name for path in Path(sys.argv[1], "pending").iterdir())
assert left == sorted(f"{utterance}.wav" for utterance in stored), (left, stored)
for utterance in stored:
    store.discard(utterance)
assert store.add_pending(np.zeros(16000, np.float32), 1.0, "assistant")
"""


def test_a_full_disk_is_told_and_what_was_stored_stays(tmp_path):
    mount = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=400k none "$0" && exec "$@"', str(tmp_path)]
    try:
        subprocess.run([*mount, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this system cannot make a small disk for a test")
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    done = subprocess.run([*mount, *command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_storing_an_utterance_costs_little(opened):
    """It stands before inference: 5 ms at most for five seconds of speech; about 0.5 on a quiet machine."""
    store = opened()
    times = []
    for _ in range(30):
        began = time.perf_counter()
        store.add_pending(np.tile(CLIP, 5), 1.0, "assistant")
        times.append(time.perf_counter() - began)
    assert statistics.median(times) < 0.005


def test_a_typed_question_is_a_turn_without_a_recording(opened, tmp_path):
    store = opened()
    name = store.name(1000.0)
    store.add_typed(name, 1000.0, "what time is it", "assistant")
    store.add_reply(name, "It is noon.")
    (turn,) = store.turns(5)
    assert (turn.id, turn.text, turn.audio_s, turn.delivered) == (name, "what time is it", 0.0, True)
    assert store.last_reply(name) == "It is noon."
    assert not store.has_audio(name)
    assert store.orphans(failed=True) == []


def test_a_typed_question_is_not_stored_where_texts_are_not_kept(opened):
    store = opened(keep=False)
    store.add_typed(store.name(1000.0), 1000.0, "what time is it", "assistant")
    assert store.turns(5) == []


def test_clear_forgets_all_but_what_waits_for_its_text(opened, tmp_path):
    store = opened(keep_audio=True)
    delivered, failed, waiting = add(store, 1.0), add(store, 2.0), add(store, 3.0)
    store.done(delivered, TRANSCRIPT, "legacy", "starter")
    store.delivered(delivered)
    store.failed(failed, "engine.gave_up")
    assert store.has_audio(delivered)
    store.clear()
    assert [turn.id for turn in store.turns(5)] == [waiting]
    assert files(tmp_path) == [f"pending/{waiting}.wav"]
