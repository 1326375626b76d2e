"""The models of this machine as a window sees them: the store's, with what was measured here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from starling import locate
from starling.core.errors import StarlingError
from starling.models import library
from starling.models.items import Item
from starling.models.network import Control
from starling.models.place import require_folder
from starling.models.progress import Progress
from starling.models.store import Store
from starling.pipeline import machine
from starling.pipeline.measured import Measured
from starling.pipeline.modeltest import ModelTest
from starling.pipeline.modelwork import Report, Stopper
from starling.pipeline.shown_models import Measurement, ModelShown, ModelsShown, ModelWork, Work

_MB = 1_000_000


class ModelShelf:
    """See :class:`starling.pipeline.modelwork.Shelf`.

    Args:
        store: a new one for every piece of work, as the settings of the network may have changed.
        threads: of the recogniser, as the setting ``stt.threads`` is now.
        seed: of the voice's noise.
    """

    def __init__(self, store: Callable[[], Store], threads: Callable[[], int], seed: Callable[[], int]) -> None:
        self._store = store
        self._threads, self._seed = threads, seed
        self._measured = Measured(locate.cache_dir())
        self._test = ModelTest()

    def look(self) -> ModelsShown:
        """Every model, imported ones and the starter before the catalogue's."""
        store = self._store()
        sources = {entry.id: entry.files[0].source for entry in store.catalogue.entries}
        items = sorted(store.items(), key=lambda item: item.catalogue)
        folder = store.where()
        return ModelsShown(
            tuple(self._shown(item, sources.get(item.id, "") if item.catalogue else "") for item in items),
            fault=_fault(),
            folder=str(folder),
            free_bytes=machine.free_bytes(folder),
        )

    def stopper(self) -> Stopper:
        """For one download."""
        return Control()

    def install(self, name: str, stopper: Stopper, report: Report) -> None:
        """Download an entry of the catalogue. Raises as :meth:`Store.install`."""
        self._store().install(name, _reporter(name, "install", report), cast(Control, stopper))

    def discard(self, name: str) -> None:
        """Delete what a cancelled download has brought."""
        self._store().discard(name)

    def bring_in(self, path: str, report: Report) -> str:
        """Import a file or folder; the name it has got. Raises as :meth:`Store.import_path`."""
        return self._store().import_path(Path(path), _reporter(Path(path).name, "import", report)).name

    def verify(self, name: str, report: Report) -> None:
        """Hash an installed model's files. Raises as :meth:`Store.verify`."""
        self._store().verify(name, _reporter(name, "verify", report))

    def remove(self, name: str) -> None:
        """Delete an installed model. Raises as :meth:`Store.remove`."""
        self._store().remove(name)
        self._measured.forget(name)

    def test(self, name: str) -> Measurement:
        """Measure an installed model; the starter also in the context of 30 s."""
        item = self._store().item(name)
        model = library.find(name, "kokoro" if item.kind == "kokoro" else "whisper-ct2")
        if model.kind == "kokoro":
            measured = self._test.voice(model, self._seed())
        else:
            measured = self._test.recogniser(model, self._threads(), full=model.starter)
        self._measured.keep(name, item.size_bytes, measured)
        return measured

    def abort(self) -> None:
        """End a running test; no other begins."""
        self._test.abort()

    def _shown(self, item: Item, source: str) -> ModelShown:
        faulty = item.state == "faulty"
        installed = item.state == "installed"
        return ModelShown(
            name=item.id,
            title=item.title,
            kind=item.kind,
            installed=installed,
            size_bytes=item.size_bytes,
            exact=item.exact,
            memory_bytes=None if item.memory_mb is None else item.memory_mb * _MB,
            licence=item.licence,
            languages=item.languages,
            multilingual=item.multilingual,
            good_for=item.good_for,
            tiers=item.tiers,
            short_context=item.short_context,
            starter=item.starter,
            pin=item.pins,
            source=source,
            pinned_at=item.pinned_at,
            unavailable=item.reason if item.state == "unavailable" else "",
            fault={"code": item.fault, "message": item.reason, "fix": ""} if faulty else None,
            path=str(item.path or ""),
            resumable_bytes=item.done_bytes,
            measured=self._measured.of(item.id, item.size_bytes) if installed else None,
        )


def _fault() -> dict[str, str] | None:
    try:
        require_folder()
    except StarlingError as error:
        return error.to_json()
    return None


def _reporter(name: str, work: Work, report: Report) -> Callable[[Progress], None]:
    def told(progress: Progress) -> None:
        report(
            ModelWork(
                name,
                work,
                "running",
                phase=progress.phase,
                done_bytes=progress.done_bytes,
                total_bytes=progress.total_bytes,
                exact=progress.exact,
                bytes_per_s=progress.bytes_per_s,
                seconds_left=progress.seconds_left,
                note=progress.note,
            )
        )

    return told
