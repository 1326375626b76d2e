"""The history of utterances: on disk before inference, until the text is delivered and as long as the user wants.

Order of writes, so that the end of the process at any point loses nothing and repeats nothing: audio appears before
its row, and a row is marked delivered before its audio goes. What is being said is on disk before it has ended, under
the name it will have. What is between is put right at the next opening.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from starling.core.errors import StarlingError
from starling.core.folding import fold
from starling.core.results import SAMPLE_RATE, Samples, Transcript
from starling.history import fulltext
from starling.history.faults import full, told
from starling.history.forgetting import Forgetting
from starling.history.growing import GrowingRecordings
from starling.history.owner import Owner
from starling.history.reader import HistoryReader
from starling.history.recordings import Recordings
from starling.history.records import COLUMNS, SpokenReply, Utterance, from_row
from starling.history.schema import BUSY_TIMEOUT_S, open_database
from starling.history.tidying import Tidying

_DAY_S = 86_400.0


class History:
    """The store in one folder. Safe from any thread, and for several processes at once.

    Attributes:
        keep: store texts; when False an utterance vanishes with its delivery.
        keep_audio: keep recordings after delivery (never without texts).
        set_aside: where a damaged database was moved at opening; None if it was sound.
        adopted: recordings found without their row at opening.
        indexed: whether texts are searched through an index; else, without FTS5, one by one.

    Raises:
        StarlingError: ``history.newer``, ``history.unwritable``, ``history.disk_full``, ``history.busy``; every
            method raises the last three and ``history.damaged`` too. The caller can go on without history.
    """

    def __init__(self, folder: Path, keep: bool = True, keep_audio: bool = False, owner: Owner | None = None) -> None:
        self.keep = keep
        self.keep_audio = keep_audio
        self._folder = folder
        self._owner = owner or Owner.of(os.getpid())
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._took_away = False
        with told(folder):
            self._recordings, self._growing = Recordings(folder), GrowingRecordings(folder)
            # One instance at a time: two that find the same damage would set aside each other's fresh database.
            with FileLock(folder / "opening.lock", timeout=BUSY_TIMEOUT_S):
                self._database, self.set_aside = open_database(folder / "history.db")
                try:
                    self.indexed = fulltext.prepare(self._database)
                    self._forgetting = Forgetting(self._database, self._lock, self._recordings, self.indexed)
                    self.adopted = Tidying(self, self._database, self._recordings, self._growing).run()
                except BaseException:
                    self._database.close()
                    raise

    def close(self) -> None:
        """Close the database; what was taken away here is gone then, or at the next opening if the disk refuses."""
        with self._lock, told(self._folder):
            if self._took_away:
                with suppress(StarlingError):
                    self.purge()
            self._took_away = False
            self._database.close()

    def reader(self) -> HistoryReader:
        """Another way in, for questions only; the caller closes it."""
        return HistoryReader(self._folder, self.indexed)

    def grow(self, utterance: str, samples: Samples, started_at: float, mode: str) -> None:
        """More of what is being said under a :meth:`name`; (n,) float32 at 16 kHz. Private ones are not known here."""
        with told(self._folder):
            self._growing.append(utterance, samples, started_at, mode)

    def grown(self, utterance: str) -> None:
        """It has ended: what is worth keeping of it is stored as pending."""
        with told(self._folder):
            self._growing.delete(utterance)

    def add_pending(self, samples: Samples, started_at: float, mode: str, utterance: str = "") -> str:
        """Store an utterance before it is recognised; returns its id.

        Args:
            samples: (n,) float32 at 16 kHz.
            started_at: Unix time at which it began.
            mode: ``assistant``, ``dictation`` ...
            utterance: the name under which it was heard, if any.
        """
        utterance = utterance or self.name(started_at)
        with told(self._folder):
            self._recordings.write(utterance, samples)
            try:
                self._insert(utterance, started_at, mode, len(samples) / SAMPLE_RATE, self._owner, again=True)
            except BaseException:
                self._recordings.delete(utterance)
                raise
        return utterance

    def name(self, started_at: float) -> str:
        """A new utterance's id; says when it began and which process recorded it."""
        return f"{int(started_at * 1000):013d}-{os.getpid()}-{next(self._numbers)}-{secrets.token_hex(2)}"

    def add_typed(self, utterance: str, at: float, text: str, mode: str) -> None:
        """Store a typed question under a :meth:`name`; nothing is stored when texts are not kept."""
        if not self.keep:
            return
        with self._transaction():
            self._database.execute(
                "INSERT INTO utterances"
                " (id, started_at, mode, audio_s, private, state, owner_pid, owner_mark, delivered, text)"
                " VALUES (?, ?, ?, 0, 0, 'done', ?, ?, 1, ?)",
                (utterance, at, mode, self._owner.pid, self._owner.mark, text),
            )
            self._index(utterance)

    def done(self, utterance: str, transcript: Transcript, tier: str, model: str) -> None:
        """Store the text; the audio stays until :meth:`delivered`. A private utterance stores no text."""
        with self._transaction():
            self._database.execute(
                "UPDATE utterances SET state = 'done', tier = ?, model = ?, error_code = '', reason = '',"
                " text = iif(private, '', ?), transcript = iif(private, '', ?) WHERE id = ?",
                (tier, model, transcript.text, json.dumps(transcript.to_json()), utterance),
            )
            self._index(utterance)

    def shaped(self, utterance: str, text: str) -> None:
        """A dictation's text as it is inserted, in the place of what was recognised; the transcript stays."""
        with self._transaction():
            self._database.execute("UPDATE utterances SET text = iif(private, '', ?) WHERE id = ?", (text, utterance))
            self._index(utterance)

    def inserted(self, utterance: str, way: str, application: str = "") -> None:
        """The text stands where the cursor was; call :meth:`delivered` too."""
        self._execute(
            "UPDATE utterances SET state = 'inserted', way = ?, application = ?, error_code = '', reason = ''"
            " WHERE id = ? AND state IN ('done', 'inserted')",
            (way, application, utterance),
        )

    def not_inserted(self, utterance: str, code: str, reason: str) -> None:
        """The text is there and could not be inserted; the reason is shown with it."""
        self._execute(
            "UPDATE utterances SET state = 'done', way = '', error_code = ?, reason = ?"
            " WHERE id = ? AND state IN ('done', 'inserted')",
            (code, reason, utterance),
        )

    def failed(self, utterance: str, code: str, reason: str = "") -> None:
        """Every engine failed. The audio stays, so that :meth:`claim` can try again."""
        self._execute(
            "UPDATE utterances SET state = 'failed', error_code = ?, reason = ? WHERE id = ?", (code, reason, utterance)
        )

    def delivered(self, utterance: str) -> None:
        """The text reached the user: the audio goes, or is kept if so wished; a private utterance vanishes."""
        with self._lock, told(self._folder):
            self._mark("delivered = 1", utterance, audio_goes=not self.keep_audio)
            self.finish(utterance)

    def discard(self, utterance: str) -> None:
        """Forget an utterance at once, with its audio and replies."""
        with self._lock, told(self._folder):
            self._mark("delivered = 1, private = 1", utterance, audio_goes=True)
            self.finish(utterance)

    def forget(self, utterances: Sequence[str]) -> None:
        """As :meth:`discard`, of many, and nothing of their texts is left in the index or in SQLite's log."""
        with told(self._folder):
            self._forgetting.forget(utterances)

    def take_away(self, numbers: Sequence[int]) -> None:
        """Show them no more; :meth:`bring_back` has them back until :meth:`purge` or the end of the process."""
        self._took_away = True
        with self._transaction():
            self._database.executemany(
                "UPDATE utterances SET deleted_at = ? WHERE number = ?", [(time.time(), each) for each in numbers]
            )

    def bring_back(self, numbers: Sequence[int]) -> None:
        """Undo :meth:`take_away`."""
        with self._transaction():
            self._database.executemany(
                "UPDATE utterances SET deleted_at = 0 WHERE number = ?", [(each,) for each in numbers]
            )

    def purge(self, older_s: float = 0.0) -> list[str]:
        """Forget what was taken away at least so long ago; returns its ids."""
        with self._lock, told(self._folder):
            rows = self._database.execute(
                "SELECT id FROM utterances WHERE deleted_at > 0 AND deleted_at <= ?", (time.time() - older_s,)
            ).fetchall()
        self.forget(gone := [row[0] for row in rows])
        return gone

    def add_reply(self, utterance: str, text: str, tier: str = "", voice: str = "") -> None:
        """Store what was answered; nothing is stored for an utterance that is private or gone."""
        with self._transaction():
            self._database.execute(
                "INSERT INTO replies SELECT id, (SELECT count(*) FROM replies WHERE utterance = ?1), ?2, ?3, ?4"
                " FROM utterances WHERE id = ?1 AND NOT private",
                (utterance, text, tier, voice),
            )
            self._index(utterance)

    def last_reply(self, utterance: str) -> str:
        """The text of the last reply to it, empty if there is none."""
        with self._lock, told(self._folder):
            replies = self._replies(utterance)
        return replies[-1].text if replies else ""

    def orphans(self, failed: bool = False) -> list[Utterance]:
        """Undelivered utterances of processes that have ended, oldest first. Take one with :meth:`claim`.

        Args:
            failed: also those that every engine failed on, whoever recorded them.
        """
        with self._lock, told(self._folder):
            rows = self._database.execute(
                f"SELECT owner_pid, owner_mark, {COLUMNS} FROM utterances WHERE delivered = 0 ORDER BY started_at"
            ).fetchall()
        found = [(from_row(row[2:]), Owner(row[0], row[1])) for row in rows]
        return [one for one, owner in found if (failed if one.state == "failed" else not owner.alive)]

    def claim(self, utterance: str) -> Samples | None:
        """Take over an orphan, or a failed utterance to try again, which is pending then; returns its audio.

        None when it is not there any more, or when another process owns it. One that has its text needs no audio.

        Raises:
            StarlingError: ``history.no_audio``; the utterance has become failed.
        """
        with self._lock, told(self._folder):
            row = self._database.execute(
                "SELECT owner_pid, owner_mark, state FROM utterances WHERE id = ? AND delivered = 0", (utterance,)
            ).fetchone()
            if row is None or (row[2] != "failed" and Owner(row[0], row[1]).alive):
                return None
            taken = self._database.execute(
                "UPDATE utterances SET state = iif(state = 'failed', 'pending', state), owner_pid = ?, owner_mark = ?"
                " WHERE id = ? AND delivered = 0 AND owner_pid = ? AND owner_mark = ? AND state = ?",
                (self._owner.pid, self._owner.mark, utterance, *row),
            ).rowcount
        if not taken:
            return None
        try:
            return self._recordings.read(utterance)
        except StarlingError as error:
            if row[2] in ("done", "inserted"):
                return np.zeros(0, np.float32)
            self.failed(utterance, error.code)
            raise

    def audio(self, utterance: str) -> Samples:
        """The recording, (n,) float32 at 16 kHz. Raises StarlingError ``history.no_audio``."""
        return self._recordings.read(utterance)

    def turns(self, limit: int, before: float | None = None) -> list[Utterance]:
        """The newest utterances with their replies, newest first; ``before`` (Unix time) pages on."""
        with self._lock, told(self._folder):
            rows = self._database.execute(
                f"SELECT {COLUMNS} FROM utterances WHERE started_at < ? AND deleted_at = 0"
                " ORDER BY started_at DESC LIMIT ?",
                (float("inf") if before is None else before, limit),
            ).fetchall()
            return [from_row(row, self._replies(row[0])) for row in rows]

    def sweep(self, days: float, now: float) -> int:
        """Delete what is older than ``days`` (0: nothing), except what waits for delivery; returns how many."""
        if days <= 0:
            return 0
        with self._lock, told(self._folder):
            rows = self._database.execute(
                "SELECT id FROM utterances WHERE started_at < ? AND (delivered = 1 OR state = 'failed')",
                (now - days * _DAY_S,),
            ).fetchall()
        self.forget([row[0] for row in rows])
        return len(rows)

    def sweep_audio(self, days: float, now: float) -> int:
        """Delete kept recordings older than ``days`` (0: none); their texts stay. Returns how many."""
        if days <= 0:
            return 0
        with told(self._folder):
            return self._recordings.sweep_kept(now - days * _DAY_S)

    def clear(self) -> None:
        """Forget everything that was delivered or failed, with its audio and replies."""
        with self._lock, told(self._folder):
            rows = self._database.execute(
                "SELECT id FROM utterances WHERE delivered = 1 OR state = 'failed'"
            ).fetchall()
        self.forget([row[0] for row in rows])

    def has_audio(self, utterance: str) -> bool:
        """Whether its recording is there."""
        return self._recordings.path(utterance) is not None

    def adopt(self, utterance: str, started_at: float, mode: str, audio_s: float, owner: Owner) -> None:
        """A recording that was found without its row; one that has a row has another length now."""
        self._insert(utterance, started_at, mode, audio_s, owner, again=False)

    def _insert(
        self, utterance: str, started_at: float, mode: str, audio_s: float, owner: Owner, *, again: bool
    ) -> None:
        state = ", state = 'pending', delivered = 0" if again else ""
        mine = ", private = excluded.private, owner_pid = excluded.owner_pid, owner_mark = excluded.owner_mark"
        self._execute(
            "INSERT INTO utterances (id, started_at, mode, audio_s, private, state, owner_pid, owner_mark)"
            " VALUES (?, ?, ?, ?, ?, 'pending', ?, ?) ON CONFLICT (id) DO UPDATE SET audio_s = excluded.audio_s"
            + (", started_at = excluded.started_at, mode = excluded.mode" + mine + state if again else ""),
            (utterance, started_at, mode, audio_s, not self.keep, owner.pid, owner.mark),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing."""
        with self._lock, told(self._folder):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _index(self, utterance: str) -> None:
        """Let its text and replies be found."""
        row = self._database.execute(
            "SELECT number, text FROM utterances WHERE id = ? AND NOT private", (utterance,)
        ).fetchone()
        if row is None:
            return
        texts = [row[1], *(reply.text for reply in self._replies(utterance))]
        self._database.execute(
            "INSERT INTO searched VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET folded = excluded.folded",
            (row[0], "\n".join(fold(text) for text in texts if text)),
        )

    def _execute(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._lock, told(self._folder):
            self._database.execute(statement, values)

    def _replies(self, utterance: str) -> tuple[SpokenReply, ...]:
        rows = self._database.execute(
            "SELECT text, tier, voice FROM replies WHERE utterance = ? ORDER BY position", (utterance,)
        )
        return tuple(SpokenReply(*row) for row in rows)

    def _mark(self, assignments: str, utterance: str, *, audio_goes: bool) -> None:
        """Change a row also on a full disk, where the audio that goes anyway makes room for it."""
        statement = f"UPDATE utterances SET {assignments} WHERE id = ?"
        try:
            self._database.execute(statement, (utterance,))
        except sqlite3.Error as error:
            if not (full(error) and audio_goes):
                raise
            self._recordings.delete(utterance)
            self._database.execute(statement, (utterance,))

    def finish(self, utterance: str) -> None:
        """Take away what a delivered utterance no longer needs."""
        row = self._database.execute(
            "SELECT private FROM utterances WHERE id = ? AND delivered = 1", (utterance,)
        ).fetchone()
        if row is None:
            return
        private = bool(row[0])
        if self.keep_audio and not private:
            self._recordings.keep(utterance)
        else:
            self._recordings.delete(utterance)
        if private:
            self._database.execute("DELETE FROM utterances WHERE id = ?", (utterance,))
