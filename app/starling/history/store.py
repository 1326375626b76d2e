"""The history of utterances: on disk before inference, until the text is delivered and as long as the user wants.

Order of writes, so that the end of the process at any point loses nothing and repeats nothing: audio appears before
its row, and a row is marked delivered before its audio goes. What is between is put right at the next opening.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from filelock import FileLock

from starling.core.errors import StarlingError
from starling.core.results import SAMPLE_RATE, Samples, Transcript
from starling.history.faults import full, told
from starling.history.owner import Owner, pid_runs
from starling.history.recordings import Recordings
from starling.history.records import COLUMNS, SpokenReply, Utterance, from_row
from starling.history.schema import BUSY_TIMEOUT_S, open_database

ADOPT_AFTER_S = 10.0
"""A file without a row is left alone this long while its process runs: the row is about to come."""
_DAY_S = 86_400.0


class History:
    """The store in one folder. Safe from any thread, and for several processes at once.

    Attributes:
        keep: store texts; when False an utterance vanishes with its delivery.
        keep_audio: keep recordings after delivery (never without texts).
        set_aside: where a damaged database was moved at opening; None if it was sound.
        adopted: recordings found without their row at opening.

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
        with told(folder):
            self._recordings = Recordings(folder)
            # One instance at a time: two that find the same damage would set aside each other's fresh database.
            with FileLock(folder / "opening.lock", timeout=BUSY_TIMEOUT_S):
                self._database, self.set_aside = open_database(folder / "history.db")
                try:
                    self.adopted = self._tidy()
                except BaseException:
                    self._database.close()
                    raise

    def close(self) -> None:
        """Close the database."""
        with self._lock, told(self._folder):
            self._database.close()

    def add_pending(self, samples: Samples, started_at: float, mode: str) -> str:
        """Store an utterance before it is recognised; returns its id.

        Args:
            samples: (n,) float32 at 16 kHz.
            started_at: Unix time at which it began.
            mode: ``assistant``, ``dictation`` ...
        """
        utterance = self.name(started_at)
        with told(self._folder):
            self._recordings.write(utterance, samples)
            try:
                self._insert("REPLACE", utterance, started_at, mode, len(samples) / SAMPLE_RATE, self._owner)
            except BaseException:
                self._recordings.delete(utterance)
                raise
        return utterance

    def name(self, started_at: float) -> str:
        """A new utterance's id; says when it began and which process recorded it."""
        return f"{int(started_at * 1000):013d}-{os.getpid()}-{next(self._numbers)}-{secrets.token_hex(2)}"

    def add_typed(self, utterance: str, at: float, text: str, mode: str) -> None:
        """Store a typed question under a :meth:`name`; nothing is stored when texts are not kept."""
        if self.keep:
            self._execute(
                "INSERT INTO utterances"
                " (id, started_at, mode, audio_s, private, state, owner_pid, owner_mark, delivered, text)"
                " VALUES (?, ?, ?, 0, 0, 'done', ?, ?, 1, ?)",
                (utterance, at, mode, self._owner.pid, self._owner.mark, text),
            )

    def done(self, utterance: str, transcript: Transcript, tier: str, model: str) -> None:
        """Store the text; the audio stays until :meth:`delivered`. A private utterance stores no text."""
        self._execute(
            "UPDATE utterances SET state = 'done', tier = ?, model = ?, error_code = '',"
            " text = iif(private, '', ?), transcript = iif(private, '', ?) WHERE id = ?",
            (tier, model, transcript.text, json.dumps(transcript.to_json()), utterance),
        )

    def failed(self, utterance: str, code: str) -> None:
        """Every engine failed. The audio stays, so that :meth:`claim` can try again."""
        self._execute("UPDATE utterances SET state = 'failed', error_code = ? WHERE id = ?", (code, utterance))

    def delivered(self, utterance: str) -> None:
        """The text reached the user: the audio goes, or is kept if so wished; a private utterance vanishes."""
        with self._lock, told(self._folder):
            self._mark("delivered = 1", utterance, audio_goes=not self.keep_audio)
            self._finish(utterance)

    def discard(self, utterance: str) -> None:
        """Forget an utterance at once, with its audio and replies."""
        with self._lock, told(self._folder):
            self._mark("delivered = 1, private = 1", utterance, audio_goes=True)
            self._finish(utterance)

    def add_reply(self, utterance: str, text: str, tier: str = "", voice: str = "") -> None:
        """Store what was answered; nothing is stored for an utterance that is private or gone."""
        self._execute(
            "INSERT INTO replies SELECT id, (SELECT count(*) FROM replies WHERE utterance = ?1), ?2, ?3, ?4"
            " FROM utterances WHERE id = ?1 AND NOT private",
            (utterance, text, tier, voice),
        )

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
        """Take over an orphan, or a failed utterance to try again; returns its audio, it is pending then.

        None when it is not there any more, or when another process owns it.

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
                "UPDATE utterances SET state = 'pending', owner_pid = ?, owner_mark = ?"
                " WHERE id = ? AND delivered = 0 AND owner_pid = ? AND owner_mark = ? AND state = ?",
                (self._owner.pid, self._owner.mark, utterance, *row),
            ).rowcount
        if not taken:
            return None
        try:
            return self._recordings.read(utterance)
        except StarlingError as error:
            self.failed(utterance, error.code)
            raise

    def audio(self, utterance: str) -> Samples:
        """The recording, (n,) float32 at 16 kHz. Raises StarlingError ``history.no_audio``."""
        return self._recordings.read(utterance)

    def turns(self, limit: int, before: float | None = None) -> list[Utterance]:
        """The newest utterances with their replies, newest first; ``before`` (Unix time) pages on."""
        with self._lock, told(self._folder):
            rows = self._database.execute(
                f"SELECT {COLUMNS} FROM utterances WHERE started_at < ? ORDER BY started_at DESC LIMIT ?",
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
            for (utterance,) in rows:
                self.discard(utterance)
        return len(rows)

    def clear(self) -> None:
        """Forget everything that was delivered or failed, with its audio and replies."""
        with self._lock, told(self._folder):
            rows = self._database.execute(
                "SELECT id FROM utterances WHERE delivered = 1 OR state = 'failed'"
            ).fetchall()
            for (utterance,) in rows:
                self.discard(utterance)

    def has_audio(self, utterance: str) -> bool:
        """Whether its recording is there."""
        return self._recordings.path(utterance) is not None

    def _insert(
        self, on_conflict: str, utterance: str, started_at: float, mode: str, audio_s: float, owner: Owner
    ) -> None:
        self._execute(
            f"INSERT OR {on_conflict} INTO utterances"
            " (id, started_at, mode, audio_s, private, state, owner_pid, owner_mark)"
            " VALUES (?, ?, ?, ?, ?, 'pending', ?, ?)",
            (utterance, started_at, mode, audio_s, not self.keep, owner.pid, owner.mark),
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

    def _finish(self, utterance: str) -> None:
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

    def _tidy(self) -> int:
        """Put right what an ended process left between two writes; returns how many recordings were adopted."""
        for part, age_s in self._recordings.unfinished():
            if _abandoned(part.stem, age_s):
                part.unlink(missing_ok=True)
        adopted = sum(self._settle(*file) for file in self._recordings.waiting())
        self._database.execute("DELETE FROM utterances WHERE delivered = 1 AND private = 1")
        leftovers = self._database.execute(
            "SELECT id, private, state, owner_pid, owner_mark FROM utterances WHERE delivered = 0"
        ).fetchall()
        for utterance, private, state, pid, mark in leftovers:
            if Owner(pid, mark).alive:
                continue
            if private and state == "failed":
                self.discard(utterance)
            elif state == "pending" and self._recordings.path(utterance) is None:
                self.failed(utterance, "history.no_audio")
        return adopted

    def _settle(self, utterance: str, audio_s: float, age_s: float) -> bool:
        """Finish a delivered recording; adopt one without a row: True."""
        row = self._database.execute("SELECT delivered FROM utterances WHERE id = ?", (utterance,)).fetchone()
        if row is not None:
            self._finish(utterance)
            return False
        if not _abandoned(utterance, age_s):
            return False
        self._insert("IGNORE", utterance, time.time() - age_s, "", audio_s, Owner(_pid(utterance), ""))
        return True


def _pid(utterance: str) -> int:
    """The process that recorded it, 0 for a file that is not named as ours are."""
    parts = utterance.split("-")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0


def _abandoned(utterance: str, age_s: float) -> bool:
    return age_s > ADOPT_AFTER_S or not pid_runs(_pid(utterance))
