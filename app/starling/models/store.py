"""The store: everything a command or a page does with models, in one place.

Everything blocks and raises; who must not wait does it on a thread of its own (``pipeline.modelwork``) and stops it
through a :class:`Control`. Nothing here contacts a server except an install that was asked for. Of several processes
one at a time changes models; another is told ``model.busy``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.models import installing, library, moving
from starling.models.card import ModelCard
from starling.models.catalogue import Catalogue, Entry, load
from starling.models.info import ModelInfo
from starling.models.install import install
from starling.models.items import Item, list_items
from starling.models.network import Control, Network
from starling.models.place import models_dir, one_installer
from starling.models.progress import OnProgress, Phase, Progress
from starling.models.verify import verified_paths


def _nothing(_: Any) -> None:
    pass


class Store:
    """See the module's text.

    Args:
        network: how to reach servers.
        catalogue: what can be installed; None reads the one that ships, when it is first needed.
        keep_encoder: asked at an installation: whether the encoder's weights are kept for kernels of an NPU where
            weights are converted.
    """

    def __init__(
        self,
        network: Network | None = None,
        catalogue: Catalogue | None = None,
        keep_encoder: Callable[[], bool] = lambda: False,
    ) -> None:
        self.network = network or Network()
        self._keep_encoder = keep_encoder
        self._catalogue = catalogue

    @property
    def catalogue(self) -> Catalogue:
        """What can be installed. Raises StarlingError ``catalogue.…``."""
        if self._catalogue is None:
            self._catalogue = load()
        return self._catalogue

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
            entry,
            self.network,
            control or Control(),
            on_progress,
            accept_changes=accept_changes,
            keep_encoder=self._keep_encoder(),
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
            keep_encoder=self._keep_encoder(),
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
