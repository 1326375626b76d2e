"""The store: everything a command or a page does with models, in one place.

::

    store = Store(network, catalogue)             # cheap: reads nothing
    store.items() -> tuple[Item, ...]             # catalogue, installed, partial, faulty; reads cards, no weights
    store.item("whisper-base") -> Item

    job = store.start_install("whisper-base", on_progress, on_end)    # returns at once; one job at a time
    job = store.start_import(path, on_progress, on_end, name=…, short_context=…)
    job = store.start_verify("whisper-base", on_progress, on_end)
    job = store.start_move(folder, on_progress, on_end)
    job.state, job.progress, job.error, job.result                    # from any thread
    job.pause()      # ends the transfer and keeps what is here; resume by start_install again
    job.cancel()     # as pause; the page then asks store.discard(id) if nothing is to be kept
    job.wait(timeout_s) -> bool

    store.remove("whisper-base"); store.discard("whisper-base"); store.where() -> Path
    store.close()                                                     # cancels the job and waits for it shortly

``on_progress(Progress)`` and ``on_end(Job)`` are called on the job's own thread, ``on_end`` exactly once; a window
hands them to its own thread through a queued signal. The blocking forms (``install``, ``import_path``, ``verify``,
``move``) do the same on the caller's thread and raise. Nothing here contacts a server except an install that was asked
for. Of several processes one at a time changes models; another is told ``model.busy``.
"""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from starling.core.errors import StarlingError, internal_error
from starling.models import installing, library, moving
from starling.models.card import ModelCard
from starling.models.catalogue import Catalogue, Entry, load
from starling.models.info import ModelInfo
from starling.models.install import install
from starling.models.items import Item, list_items
from starling.models.network import Control, Network, Stopped
from starling.models.place import models_dir, one_installer
from starling.models.progress import OnProgress, Phase, Progress
from starling.models.verify import verified_paths

JobKind = Literal["install", "import", "verify", "move"]
JobState = Literal["running", "done", "paused", "cancelled", "failed"]
CLOSE_S = 2.0


class Job:
    """Work on models in a thread of its own.

    Attributes:
        kind: what it does.
        id: the model it is about; the folder's text for a move or an import.
    """

    def __init__(self, kind: JobKind, about: str) -> None:
        self.kind: JobKind = kind
        self.id = about
        self.control = Control()
        self._lock = threading.Lock()
        self._state: JobState = "running"
        self._progress = Progress("checking", 0, 0)
        self._error: StarlingError | None = None
        self._result: ModelCard | Path | None = None
        self._ended = threading.Event()

    @property
    def state(self) -> JobState:
        """Where it is; changes once, when it ends."""
        return self._state

    @property
    def progress(self) -> Progress:
        """The last that was heard of it."""
        return self._progress

    @property
    def error(self) -> StarlingError | None:
        """Why it failed; None otherwise."""
        return self._error

    @property
    def result(self) -> ModelCard | Path | None:
        """What an install or import made, the folder that a move ended in; None otherwise."""
        return self._result

    def pause(self) -> None:
        """End the transfer soon and keep what it brought; it ends as ``paused``."""
        self.control.stop("paused")

    def cancel(self) -> None:
        """End it soon; what was downloaded is kept until ``Store.discard``. It ends as ``cancelled``."""
        self.control.stop("cancelled")

    def wait(self, timeout_s: float | None = None) -> bool:
        """Whether it ended within that time; ``on_end`` is called right after."""
        return self._ended.wait(timeout_s)

    def _run(self, work: Callable[[OnProgress], ModelCard | Path | None], on_progress: OnProgress) -> None:
        def told(progress: Progress) -> None:
            self._progress = progress
            on_progress(progress)

        try:
            self._result = work(told)
            self._state = "done"
        except Stopped as stopped:
            self._state = "paused" if stopped.code == "download.paused" else "cancelled"
        except StarlingError as error:
            self._error, self._state = error, "failed"
        except Exception as error:  # noqa: BLE001 - a bug must reach the page as words and not end its thread in silence
            self._error, self._state = internal_error(error), "failed"


OnEnd = Callable[[Job], None]


def _nothing(_: Any) -> None:
    pass


class Store:
    """See the module's text.

    Args:
        network: how to reach servers.
        catalogue: what can be installed; None reads the one that ships, when it is first needed.
    """

    def __init__(self, network: Network | None = None, catalogue: Catalogue | None = None) -> None:
        self.network = network or Network()
        self._catalogue = catalogue
        self._lock = threading.Lock()
        self._job: Job | None = None

    @property
    def catalogue(self) -> Catalogue:
        """What can be installed. Raises StarlingError ``catalogue.…``."""
        if self._catalogue is None:
            self._catalogue = load()
        return self._catalogue

    @property
    def job(self) -> Job | None:
        """The job at work, or the last one."""
        return self._job

    def items(self) -> tuple[Item, ...]:
        """Every model there is to show."""
        return list_items(self.catalogue)

    def item(self, name: str) -> Item:
        """One of them. Raises StarlingError ``model.unknown``."""
        items = {item.id: item for item in self.items()}
        if name in items:
            return items[name]
        raise _unknown(name, items)

    def where(self) -> Path:
        """The folder of the models."""
        return models_dir()

    def install(
        self,
        name: str,
        on_progress: OnProgress = _nothing,
        control: Control | None = None,
        *,
        accept_changes: bool = False,
    ) -> ModelCard:
        """Install an entry of the catalogue; see :func:`installing.install_entry`."""
        entry = self._entry(name)
        return installing.install_entry(
            entry, self.network, control or Control(), on_progress, accept_changes=accept_changes
        )

    def import_path(
        self,
        path: Path,
        on_progress: OnProgress = _nothing,
        control: Control | None = None,
        *,
        name: str | None = None,
        short_context: bool = False,
        licence: str = "",
    ) -> ModelCard:
        """Install a model that the user has; see :func:`install.install`."""
        control = control or Control()
        return install(
            path.expanduser(),
            name,
            short_context=short_context,
            licence=licence,
            on_progress=_shares(on_progress, "converting"),
            check=control.check,
        )

    def verify(self, name: str, on_progress: OnProgress = _nothing, control: Control | None = None) -> None:
        """Hash every file of an installed model, or of the starter.

        Raises:
            StarlingError: what is wrong with it; ``model.not_installed``.
        """
        check = (control or Control()).check
        model = self._installed(name)
        total = max(1, model.size_bytes)

        def read(done: int) -> None:
            check()
            on_progress(Progress("checking", min(done, total), total))

        verified_paths(model.path, read)

    def move(self, folder: Path, on_progress: OnProgress = _nothing, control: Control | None = None) -> Path:
        """Move all models to another folder; see :func:`moving.move_models`."""
        return moving.move_models(folder, _shares(on_progress, "finishing"), (control or Control()).check)

    def remove(self, name: str) -> None:
        """Delete an installed model, also a faulty one.

        Raises:
            StarlingError: ``model.not_installed``, ``model.shipped``, ``model.busy``, ``model.write_failed``.
        """
        item = self.item(name)
        if item.starter:
            raise StarlingError("model.shipped", "The starter belongs to Starling and cannot be removed.")
        if item.path is None:
            raise _not_installed(name)
        with one_installer():
            installing.remove_folder(item.path)

    def discard(self, name: str) -> bool:
        """Delete an unfinished download; False when there is none. Raises StarlingError ``model.busy``."""
        return installing.discard(self._entry(name).id)

    def start_install(
        self, name: str, on_progress: OnProgress = _nothing, on_end: OnEnd = _nothing, *, accept_changes: bool = False
    ) -> Job:
        """:meth:`install` in the background. Raises StarlingError ``model.unknown``, ``model.busy``."""
        self._entry(name)
        job = Job("install", name)
        return self._start(
            job,
            lambda told: self.install(name, told, job.control, accept_changes=accept_changes),
            on_progress,
            on_end,
        )

    def start_import(
        self,
        path: Path,
        on_progress: OnProgress = _nothing,
        on_end: OnEnd = _nothing,
        *,
        name: str | None = None,
        short_context: bool = False,
        licence: str = "",
    ) -> Job:
        """:meth:`import_path` in the background. Raises StarlingError ``model.busy``."""
        job = Job("import", str(path))
        return self._start(
            job,
            lambda told: self.import_path(
                path, told, job.control, name=name, short_context=short_context, licence=licence
            ),
            on_progress,
            on_end,
        )

    def start_verify(self, name: str, on_progress: OnProgress = _nothing, on_end: OnEnd = _nothing) -> Job:
        """:meth:`verify` in the background. Raises StarlingError ``model.busy``."""
        job = Job("verify", name)
        return self._start(job, lambda told: self.verify(name, told, job.control), on_progress, on_end)

    def start_move(self, folder: Path, on_progress: OnProgress = _nothing, on_end: OnEnd = _nothing) -> Job:
        """:meth:`move` in the background. Raises StarlingError ``model.busy``."""
        job = Job("move", str(folder))
        return self._start(job, lambda told: self.move(folder, told, job.control), on_progress, on_end)

    def close(self, timeout_s: float = CLOSE_S) -> bool:
        """Cancel the job, wait for it shortly; whether nothing runs any more."""
        job = self._job
        if job is None or job.state != "running":
            return True
        job.pause()
        return job.wait(timeout_s)

    def _start(
        self,
        job: Job,
        work: Callable[[OnProgress], ModelCard | Path | None],
        on_progress: OnProgress,
        on_end: OnEnd,
    ) -> Job:
        with self._lock:
            if self._job is not None and not self._job.wait(0):
                raise StarlingError(
                    "model.busy", "Another download or import is at work on the models.", "Wait until it is done."
                )
            self._job = job

        def run() -> None:
            try:
                job._run(work, on_progress)
            finally:
                job._ended.set()
            on_end(job)

        threading.Thread(target=run, name=f"models {job.kind}", daemon=True).start()
        return job

    def _entry(self, name: str) -> Entry:
        entry = self.catalogue.find(name)
        if entry is None:
            raise _unknown(name, [known.id for known in self.catalogue.entries])
        return entry

    def _installed(self, name: str) -> ModelInfo:
        if name == library.STARTER:
            return library.starter()
        for model in library.installed():
            if name in (model.name, model.path.name):
                return model
        item = self.item(name)
        if item.path is not None:
            return library.info_of(item.path)  # raises what is wrong with it
        raise _not_installed(name)


def _unknown(name: str, names: Iterable[str]) -> StarlingError:
    near = difflib.get_close_matches(name, list(names), n=3) or [known for known in names if name.lower() in known][:3]
    fix = f"Did you mean {' or '.join(near)}?" if name and near else "They are listed by: starling models list"
    return StarlingError("model.unknown", f"No model is called {name!r}.", fix)


def _not_installed(name: str) -> StarlingError:
    return StarlingError(
        "model.not_installed", f"{name} is not installed.", f"Install it: starling models install {name}"
    )


def _shares(on_progress: OnProgress, phase: Phase) -> Callable[[float], None]:
    """From a share 0..1 to a progress in per mille."""
    return lambda share: on_progress(Progress(phase, round(1000 * share), 1000))
