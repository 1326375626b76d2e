"""What an ended process left between two writes is put right when the history is opened."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from starling.core.results import SAMPLE_RATE
from starling.history.growing import GrowingRecordings, Left
from starling.history.owner import Owner, pid_runs
from starling.history.recordings import Recordings

if TYPE_CHECKING:
    from starling.history.store import History

ADOPT_AFTER_S = 10.0
"""A file without a row is left alone this long while its process runs: the row is about to come."""
LEAST_LEFT_S = 0.4
"""Less than this of an utterance that was being heard is its pre-roll alone: nothing was said in it."""
LONGER_S = 0.6
"""What was still being heard is more than what was stored at a pause, when it is longer by this: speech had resumed."""
TAKEN_AWAY_S = 60.0
"""Texts that were taken away longer ago than this are not had back any more."""


class Tidying:
    """One opening's work.

    Args:
        history: the store that is being opened.
        database: its connection.
        recordings: its audio files.
        growing: what was being heard.
    """

    def __init__(
        self, history: History, database: sqlite3.Connection, recordings: Recordings, growing: GrowingRecordings
    ) -> None:
        self._history, self._database = history, database
        self._recordings, self._growing = recordings, growing

    def run(self) -> int:
        """Do it; returns how many recordings were adopted."""
        for part, age_s in self._recordings.unfinished():
            if _abandoned(part.stem, age_s):
                part.unlink(missing_ok=True)
        adopted = sum(self._settle_growing(*file) for file in self._growing.left())
        adopted += sum(self._settle(*file) for file in self._recordings.waiting())
        self._database.execute("DELETE FROM utterances WHERE delivered = 1 AND private = 1")
        self._finish_leftovers()
        self._history.purge(TAKEN_AWAY_S)
        return adopted

    def _finish_leftovers(self) -> None:
        leftovers = self._database.execute(
            "SELECT id, private, state, owner_pid, owner_mark FROM utterances WHERE delivered = 0"
        ).fetchall()
        for utterance, private, state, pid, mark in leftovers:
            if Owner(pid, mark).alive:
                continue
            if private and state == "failed":
                self._history.discard(utterance)
            elif state == "pending" and self._recordings.path(utterance) is None:
                self._history.failed(utterance, "history.no_audio")

    def _settle(self, utterance: str, audio_s: float, age_s: float) -> bool:
        """Finish a delivered recording; adopt one without a row: True."""
        row = self._database.execute("SELECT delivered FROM utterances WHERE id = ?", (utterance,)).fetchone()
        if row is not None:
            self._history.finish(utterance)
            return False
        if not _abandoned(utterance, age_s):
            return False
        self._history.adopt(utterance, time.time() - age_s, "", audio_s, _owner(utterance))
        return True

    def _settle_growing(self, utterance: str, age_s: float) -> bool:
        """What a killed process was hearing becomes a pending utterance: True. Its own file goes last."""
        if not _abandoned(utterance, age_s):
            return False
        left = self._growing.read(utterance)
        adopted = left is not None and self._is_more(utterance, left)
        if left is not None and adopted:
            audio_s = len(left.pcm) / SAMPLE_RATE
            started_at = left.started_at or time.time() - age_s - audio_s
            self._recordings.write(utterance, left.samples)
            self._history.adopt(utterance, started_at, left.mode, audio_s, _owner(utterance))
        self._growing.delete(utterance)
        return adopted

    def _is_more(self, utterance: str, left: Left) -> bool:
        """Whether it holds what is stored nowhere else."""
        audio_s = len(left.pcm) / SAMPLE_RATE
        row = self._database.execute("SELECT delivered, audio_s FROM utterances WHERE id = ?", (utterance,)).fetchone()
        if row is not None and row[0]:
            return False
        if row is not None and self._recordings.path(utterance) is not None:
            return bool(audio_s > row[1] + LONGER_S)
        return audio_s >= LEAST_LEFT_S


def _owner(utterance: str) -> Owner:
    return Owner(_pid(utterance), "")


def _pid(utterance: str) -> int:
    """The process that recorded it, 0 for a file that is not named as ours are."""
    parts = utterance.split("-")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else 0


def _abandoned(utterance: str, age_s: float) -> bool:
    return age_s > ADOPT_AFTER_S or not pid_runs(_pid(utterance))
