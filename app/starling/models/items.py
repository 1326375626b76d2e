"""What there is to show about each model: the catalogue, what is installed, what is unfinished, what is wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from starling.core.errors import StarlingError
from starling.models.card import Kind, ModelCard
from starling.models.catalogue import Catalogue, Entry, EntryKind
from starling.models.first_pins import read_first_pins
from starling.models.installing import partial_bytes
from starling.models.library import STARTER, scan, starter
from starling.models.place import models_dir

State = Literal["installed", "available", "partial", "faulty", "unavailable"]
Pins = Literal["catalogue", "here", "first_download", "import", "first_use"]
_TIERS: dict[Kind, tuple[str, ...]] = {
    "whisper-ct2": ("legacy",),
    "whisper-onnx-npu": ("advanced",),
    "kokoro": ("cpu",),
}


@dataclass(frozen=True)
class Item:
    """One model.

    Attributes:
        id: its name; also the catalogue's id where it is from there.
        title: for people.
        kind: what it is; of an entry that is converted when installed, what is downloaded.
        state: ``partial`` has an unfinished download, ``faulty`` is installed and cannot be used, ``unavailable`` is
            known and cannot be installed yet.
        reason: why it is faulty or unavailable; empty otherwise.
        fault: the same as a code, ``model.…``; empty otherwise.
        languages: ISO 639-1; empty when unknown.
        multilingual: more than one language, also where the list is unknown.
        size_bytes: on the disk when installed, else of the download; an estimate unless ``exact``.
        done_bytes: of a partial download.
        memory_mb: an estimate; None when unknown.
        licence: SPDX identifier; empty when unknown.
        good_for: one sentence; empty when unknown.
        tiers: that can use it.
        pins: what its files are held to: hashes of the ``catalogue``; hashes pinned ``here`` at the first download, on
            ``pinned_at``; nothing before its ``first_download``; hashes made at its ``import``, or at its first use.
        path: its folder when installed.
        catalogue: from or in the catalogue.
        starter: ships with Starling; cannot be removed.
    """

    id: str
    title: str
    kind: EntryKind
    state: State
    reason: str = ""
    fault: str = ""
    languages: tuple[str, ...] = ()
    multilingual: bool = False
    size_bytes: int = 0
    exact: bool = True
    done_bytes: int = 0
    memory_mb: int | None = None
    licence: str = ""
    good_for: str = ""
    short_context: bool = False
    tiers: tuple[str, ...] = ()
    pins: Pins = "catalogue"
    pinned_at: str = ""
    repository: str = ""
    revision: str = ""
    path: Path | None = None
    catalogue: bool = False
    starter: bool = False

    def to_json(self) -> dict[str, Any]:
        """As ``models list --json`` tells it."""
        data = asdict(self)
        return {**data, "path": str(self.path) if self.path else ""}


def list_items(catalogue: Catalogue) -> tuple[Item, ...]:
    """Everything: the catalogue in its order, then what was imported, then the starter. Reads no weights.

    Raises:
        StarlingError: ``model.unreadable`` when the folder cannot be read at all.
    """
    found = scan()
    installed = {path.name: path for path in found.usable}
    faults = {path.name: fault for path, fault in found.faulty}
    items: list[Item] = []
    for entry in catalogue.entries:
        if entry.id in installed:
            items.append(_installed(installed.pop(entry.id), entry))
        elif entry.id in faults:
            items.append(_faulty(models_dir() / entry.id, faults.pop(entry.id), entry))
        else:
            items.append(_offered(entry))
    items += [_installed(path, None) for path in installed.values()]
    items += [_faulty(models_dir() / name, fault, None) for name, fault in faults.items()]
    return (*items, _installed(starter().path, None))


def _installed(path: Path, entry: Entry | None) -> Item:
    try:
        card = ModelCard.read(path)
    except (FileNotFoundError, NotADirectoryError):
        return _without_card(path)
    except StarlingError as fault:  # damaged since the scan
        return _faulty(path, fault, entry)
    if entry is not None and card.catalogue != entry.id:
        entry = None  # somebody's own model of that name
    pins: Pins = "import"
    if entry is not None:
        pins = "here" if card.pinned_here else "catalogue"
    return Item(
        id=path.name if not card.starter or path.name != STARTER else STARTER,
        title=entry.title if entry else card.name,
        kind=card.kind,
        state="installed",
        languages=card.languages,
        multilingual=card.multilingual or len(card.languages) > 1,
        size_bytes=card.size_bytes,
        memory_mb=entry.memory_mb if entry else None,
        licence=card.licence,
        good_for=entry.good_for if entry else "",
        short_context=card.short_context,
        tiers=_TIERS[card.kind],
        pins="catalogue" if card.starter and path == starter().path else pins,
        pinned_at=card.pinned_at,
        repository=entry.repository if entry else card.origin,
        revision=card.revision,
        path=path,
        catalogue=entry is not None,
        starter=path == starter().path,
    )


def _without_card(path: Path) -> Item:
    from starling.models.library import info_of

    try:
        model = info_of(path)
    except StarlingError as fault:
        return _faulty(path, fault, None)
    return Item(
        id=path.name,
        title=path.name,
        kind=model.kind,
        state="installed",
        multilingual=model.multilingual,
        size_bytes=model.size_bytes,
        tiers=_TIERS[model.kind],
        pins="first_use",
        path=path,
    )


def _faulty(path: Path, fault: StarlingError, entry: Entry | None) -> Item:
    told = f"{fault.message} {fault.fix}".strip()
    if entry is not None:
        return _offered(entry, state="faulty", reason=told, fault=fault.code, path=path)
    return Item(path.name, path.name, "whisper-ct2", "faulty", told, fault.code, path=path)


def _offered(entry: Entry, **given: Any) -> Item:
    done = 0 if given else partial_bytes(entry)
    state: State = "unavailable" if entry.unavailable else "partial" if done else "available"
    pins: Pins = "catalogue" if entry.pinned else "first_download"
    pinned_at = ""
    if not entry.pinned and (first := read_first_pins(entry.id)):
        pins, pinned_at = "here", max(pin.date for pin in first.values())
    fields: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "kind": entry.kind,
        "state": state,
        "reason": entry.unavailable,
        "fault": "model.unavailable" if entry.unavailable else "",
        "languages": entry.languages,
        "multilingual": len(entry.languages) > 1,
        "size_bytes": entry.download_bytes,
        "exact": entry.exact,
        "done_bytes": done,
        "memory_mb": entry.memory_mb,
        "licence": entry.licence,
        "good_for": entry.good_for,
        "short_context": entry.short_context,
        "tiers": entry.tiers,
        "pins": pins,
        "pinned_at": pinned_at,
        "repository": entry.repository,
        "revision": entry.revision,
        "catalogue": True,
    }
    return Item(**(fields | given))
