"""What a page does with the history: looks, takes away, exports. On a thread of its own; answers are events."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from starling.core.errors import StarlingError
from starling.history.export import export, format_of
from starling.history.reader import HistoryReader
from starling.history.records import Utterance
from starling.history.store import History
from starling.history.wanted import Wanted
from starling.pipeline import events
from starling.pipeline.tasks import Tasks
from starling.pipeline.turnbook import TurnBook

CLOSE_S = 0.3
NO_HISTORY = StarlingError(
    "history.closed", "The history could not be opened.", "The message at the start of Starling says why."
)


class HistoryWork:
    """Commands return at once.

    Args:
        history: the store; None when it could not be opened.
        book: what is remembered of the turns of this run.
        emit: hears of the answers.
    """

    def __init__(self, history: History | None, book: TurnBook | None, emit: Callable[[events.Event], None]) -> None:
        self._history, self._book, self._emit = history, book, emit
        self._tasks = Tasks("history", lambda error: emit(events.Trouble(error)))
        self._reader: HistoryReader | None = None
        self._newest = 0

    def find(self, token: int, wanted: Wanted) -> None:
        """Answered by ``HistoryFound``, unless a newer question came meanwhile."""
        self._newest = token
        self._tasks.put(lambda: self._find(token, wanted))

    def read(self, numbers: Sequence[int]) -> None:
        """Answered by ``HistoryRead``."""
        self._tasks.put(lambda: self._read(numbers))

    def take_away(self, numbers: Sequence[int]) -> None:
        """Answered by ``HistoryTaken``; for good with :meth:`purge` or the end of Starling."""
        self._change(lambda history: history.take_away(numbers), events.HistoryTaken(tuple(numbers)))

    def bring_back(self, numbers: Sequence[int]) -> None:
        """Undo :meth:`take_away`; answered by ``HistoryTaken``."""
        self._change(lambda history: history.bring_back(numbers), events.HistoryTaken(tuple(numbers), back=True))

    def purge(self) -> None:
        """What was taken away is gone now; answered by a ``TurnDeleted`` of each."""

        def forget() -> None:
            for turn in self._history.purge() if self._history is not None else ():
                if self._book is not None:
                    self._book.forget(turn)
                self._emit(events.TurnDeleted(turn))

        self._tasks.put(forget)

    def export(self, path: str, kind: str, wanted: Wanted, overwrite: bool) -> None:
        """Write what is wanted to a file; answered by ``HistoryExported``."""
        self._tasks.put(lambda: self._export(Path(path), kind, wanted, overwrite))

    def close(self) -> None:
        """End the thread."""
        self._tasks.close(CLOSE_S)
        if self._reader is not None:
            with suppress(StarlingError):
                self._reader.close()

    # -- on the thread -----------------------------------------------------------------------------------------

    def _find(self, token: int, wanted: Wanted) -> None:
        if token != self._newest:
            return
        began = time.perf_counter()
        try:
            reader = self._opened()
            numbers = reader.find(wanted)
        except StarlingError as error:
            self._emit(events.HistoryFound(token, error=error.to_json()))
            return
        took_ms = 1000 * (time.perf_counter() - began)
        self._emit(events.HistoryFound(token, numbers, took_ms, reader.indexed))

    def _read(self, numbers: Sequence[int]) -> None:
        entries = self._opened().read(numbers)
        self._emit(events.HistoryRead(numbers, tuple(self._entry(entry) for entry in entries)))

    def _export(self, path: Path, kind: str, wanted: Wanted, overwrite: bool) -> None:
        try:
            count = export(self._opened().oldest_first(wanted), path, format_of(path, kind), overwrite=overwrite)
        except StarlingError as error:
            self._emit(events.HistoryExported(str(path), error=error.to_json()))
            return
        self._emit(events.HistoryExported(str(path), count))

    def _change(self, change: Callable[[History], None], answer: events.HistoryTaken) -> None:
        def work() -> None:
            if self._history is None:
                raise NO_HISTORY
            change(self._history)
            self._emit(answer)

        self._tasks.put(work)

    def _opened(self) -> HistoryReader:
        if self._history is None:
            raise NO_HISTORY
        if self._reader is None:
            self._reader = self._history.reader()
        return self._reader

    def _entry(self, entry: Utterance) -> events.HistoryEntry:
        replayable = self._history is not None and self._history.has_audio(entry.id)
        if not replayable and self._book is not None:
            replayable = self._book.has_audio(entry.id)
        return events.HistoryEntry(
            number=entry.number,
            turn=entry.id,
            at=entry.started_at,
            mode=entry.mode,
            state=entry.state,
            delivered=entry.delivered,
            text=entry.text,
            replies=tuple((reply.text, reply.tier, reply.voice) for reply in entry.replies),
            tier=entry.tier,
            model=entry.model,
            audio_s=entry.audio_s,
            processing_s=entry.transcript.processing_s if entry.transcript else None,
            replayable=replayable,
            error_code=entry.error_code,
            reason=entry.reason,
            way=entry.way,
            application=entry.application,
        )
