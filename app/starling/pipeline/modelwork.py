"""What a window does with models, each kind of it in order on a thread of its own; told by ``ModelWork`` events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from starling.core.errors import StarlingError, internal_error
from starling.pipeline import events
from starling.pipeline.shown_models import Measurement, ModelsShown, ModelWork, Work
from starling.pipeline.tasks import Tasks

CLOSE_S = 0.3
"""For what runs when the end comes; downloads are cut, and go on at the next start from where they are."""
TOLD_S = 0.25
"""Between two looks at a download: as often as people can read."""

Report = Callable[[ModelWork], None]


class Stopper(Protocol):
    """Ends one download from another thread: :class:`starling.models.network.Control`."""

    def stop(self, why: Literal["paused", "cancelled"]) -> None:
        """Make it raise ``download.paused`` or ``download.cancelled``."""
        ...


class Shelf(Protocol):
    """The models of this machine. Everything blocks and raises StarlingError."""

    def look(self) -> ModelsShown:
        """Every model that is there or can be."""
        ...

    def stopper(self) -> Stopper:
        """For one download."""
        ...

    def install(self, name: str, stopper: Stopper, report: Report) -> None:
        """Download an entry of the catalogue."""
        ...

    def discard(self, name: str) -> None:
        """Delete what a cancelled download has brought."""
        ...

    def bring_in(self, path: str, report: Report) -> str:
        """Import a file or folder; the name it has got."""
        ...

    def verify(self, name: str, report: Report) -> None:
        """Hash an installed model's files."""
        ...

    def remove(self, name: str) -> None:
        """Delete an installed model, or a folder that is none."""
        ...

    def test(self, name: str) -> Measurement:
        """Measure an installed model."""
        ...

    def abort(self) -> None:
        """End a running test; no other begins."""
        ...


@dataclass
class _Job:
    """One download: how to stop it, what was asked for while it waited, what was last told."""

    stopper: Stopper
    told: ModelWork
    wish: str = ""


class ModelJobs:
    """Takes commands from any thread and returns at once.

    Args:
        shelf: does the work.
        emit: hears of it, on several threads.
        changed: called when other models are there than before, so that a better one may be used.
    """

    def __init__(
        self, shelf: Shelf, emit: Callable[[events.Event], None], changed: Callable[[], None] = lambda: None
    ) -> None:
        self._shelf = shelf
        self._emit = emit
        self._changed = changed
        self._lock = threading.Lock()  # guards all below
        self._lines: dict[str, Tasks] = {}
        self._jobs: dict[str, _Job] = {}
        self._begun: set[tuple[str, Work]] = set()
        self._closed = False

    def list(self) -> None:
        """Answered by ``ModelsShown``, after the state of all that goes on."""
        with self._lock:
            running = [job.told for job in self._jobs.values()]
        for told in running:
            self._emit(told)
        self._put("model-list", self._look)

    def install(self, name: str) -> None:
        """Download a model, or go on with a paused download. Nothing happens while it runs or waits."""
        with self._lock:
            known = self._jobs.get(name)
            if known is not None and known.told.goes_on:
                return
            told = replace(known.told, stage="waiting") if known else ModelWork(name, "install", "waiting")
            job = self._jobs[name] = _Job(self._shelf.stopper(), told)
        self._emit(told)
        self._put("model-files", lambda: self._install(name, job))

    def pause(self, name: str) -> None:
        """Keep what a download has brought."""
        self._stop(name, "paused")

    def cancel(self, name: str) -> None:
        """Delete what a download has brought."""
        self._stop(name, "cancelled")

    def bring_in(self, path: str) -> None:
        """Import a file or folder."""
        name = path.rstrip("/\\").replace("\\", "/").rpartition("/")[2] or path
        self._begin("model-files", name, "import", lambda report: self._shelf.bring_in(path, report))

    def verify(self, name: str) -> None:
        """Hash a model's files again."""

        def verify(report: Report) -> str:
            self._shelf.verify(name, report)
            return ""

        self._begin("model-tests", name, "verify", verify)

    def remove(self, name: str) -> None:
        """Delete a model."""

        def remove(report: Report) -> str:
            self._shelf.remove(name)
            return ""

        self._begin("model-files", name, "remove", remove)

    def test(self, name: str) -> None:
        """Measure a model; also answered by ``ModelMeasured``."""

        def test(report: Report) -> str:
            self._emit(events.ModelMeasured(name, self._shelf.test(name)))
            return ""

        self._begin("model-tests", name, "test", test)

    def close(self) -> None:
        """End what runs: downloads are paused, a test is dropped."""
        with self._lock:
            self._closed = True
            lines, stoppers = list(self._lines.values()), [job.stopper for job in self._jobs.values()]
        for stopper in stoppers:
            stopper.stop("paused")
        self._shelf.abort()
        for line in lines:
            line.close(CLOSE_S)

    # -- on the lines ------------------------------------------------------------------------------------------

    def _look(self) -> None:
        try:
            found = self._shelf.look()
        except StarlingError as error:
            found = ModelsShown(error=error.to_json())
        self._emit(found)

    def _install(self, name: str, job: _Job) -> None:
        with self._lock:
            if self._jobs.get(name) is not job or job.wish:  # paused or cancelled while it waited
                return
            job.told = replace(job.told, stage="running")  # from here on a stop reaches the download itself
        pace = _Pace(lambda told: self._tell(name, job, told))
        pace(ModelWork(name, "install", "running", phase="checking"))
        try:
            self._shelf.install(name, job.stopper, pace)
        except StarlingError as error:
            self._ended(name, job, error)
            return
        except Exception as error:  # noqa: BLE001 - the page would show a download that goes on for ever
            self._ended(name, job, internal_error(error))
            return
        self._ended(name, job, None)

    def _ended(self, name: str, job: _Job, error: StarlingError | None) -> None:
        with self._lock:
            wish, closed = job.wish, self._closed
            paused = error is not None and error.code == "download.paused" and wish != "cancelled"
            if not paused and self._jobs.get(name) is job:
                del self._jobs[name]
        if closed:
            return
        if error is None:
            self._emit(replace(job.told, stage="done", phase=""))
            self._changed()
        elif paused:
            self._tell(name, job, replace(job.told, stage="paused", phase="", bytes_per_s=None, seconds_left=None))
        elif wish == "cancelled":
            self._discard(name)
        else:
            self._emit(replace(job.told, stage="failed", phase="", error=error.to_json()))
        self._look()

    def _discard(self, name: str) -> None:
        try:
            self._shelf.discard(name)
        except StarlingError as error:
            self._emit(ModelWork(name, "install", "failed", error=error.to_json()))
        else:
            self._emit(ModelWork(name, "install", "cancelled"))

    def _stop(self, name: str, wish: Literal["paused", "cancelled"]) -> None:
        with self._lock:
            job = self._jobs.get(name)
            waits = job is None or job.told.stage != "running"
            if job is not None:
                job.wish = wish
                if wish == "cancelled" and waits:
                    del self._jobs[name]
        if not waits and job is not None:
            job.stopper.stop(wish)  # the download itself tells what comes of it
        elif wish == "cancelled":
            self._put("model-files", lambda: self._discarded(name))
        elif job is not None:
            self._tell(name, job, replace(job.told, stage="paused"))

    def _discarded(self, name: str) -> None:
        self._discard(name)
        self._look()

    def _tell(self, name: str, job: _Job, told: ModelWork) -> None:
        job.told = told
        self._emit(told)

    def _begin(self, line: str, name: str, work: Work, do: Callable[[Report], str]) -> None:
        """Nothing happens while the same waits or runs already."""
        with self._lock:
            if (name, work) in self._begun:
                return
            self._begun.add((name, work))
        self._emit(ModelWork(name, work, "waiting"))

        def run() -> None:
            self._emit(ModelWork(name, work, "running"))
            try:
                note = self._done(name, work, do)
            except StarlingError as error:
                self._failed(name, work, error)
            except Exception as error:  # noqa: BLE001 - as of downloads
                self._failed(name, work, internal_error(error))
            else:
                self._emit(ModelWork(name, work, "done", note=note))
                if work in ("import", "remove"):
                    self._changed()
            self._look()

        self._put(line, run)

    def _done(self, name: str, work: Work, do: Callable[[Report], str]) -> str:
        """Whoever hears of the end can begin it again."""
        try:
            return do(_Pace(self._emit))
        finally:
            with self._lock:
                self._begun.discard((name, work))

    def _failed(self, name: str, work: Work, error: StarlingError) -> None:
        with self._lock:
            closed = self._closed
        if not closed:
            self._emit(ModelWork(name, work, "failed", error=error.to_json()))

    def _put(self, line: str, task: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            if line not in self._lines:
                self._lines[line] = Tasks(line, lambda error: self._emit(events.Trouble(error)))
            self._lines[line].put(task)


class _Pace:
    """Lets through what is new, and what only counts on a few times a second."""

    def __init__(self, tell: Report) -> None:
        self._tell = tell
        self._last: ModelWork | None = None
        self._told_s = 0.0

    def __call__(self, told: ModelWork) -> None:
        last, now_s = self._last, time.monotonic()
        new = last is None or (told.phase, told.note, told.stage) != (last.phase, last.note, last.stage)
        if new or now_s - self._told_s >= TOLD_S:
            self._last, self._told_s = told, now_s
            self._tell(told)
