"""Installs one entry of the catalogue: downloaded, checked, converted where need be, and there whole or not at all.

While it is downloaded everything lies in ``.downloads/ID`` beside the models. What is there after a kill, a pause or a
failure is taken up by the next try. The last step is one rename.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from starling.core.errors import StarlingError
from starling.models.card import CARD_FILE, FileRecord, ModelCard
from starling.models.catalogue import CatalogueFile, Entry
from starling.models.contents import check_contents
from starling.models.convert import convert
from starling.models.disk import write_failed
from starling.models.first_pins import FirstPin, forget_first_pins, read_first_pins, write_first_pins
from starling.models.library import info_of
from starling.models.network import Control, Network, Stopped
from starling.models.place import models_dir, one_installer, place, require_folder, use
from starling.models.progress import OnProgress, Phase, Progress, Speed, seconds_left
from starling.models.recognise import recognise
from starling.models.wanted import NOTE, PART, Wanted

DOWNLOADS = ".downloads"
REMOVING = ".removing-"
SPARE_BYTES = 64 << 20
"""Left free on the disk, beyond what an install needs."""
REPORT_S = 0.1
_NOT_THE_FILES = ("model.disk_full", "model.write_failed", "model.target_exists")
_CONVERTED_SHARE = 0.3
"""A converted model (int8 of float32 weights) takes this share of its download, beside it for a while."""
_ENCODER_SHARE = 0.5
"""The encoder alone as float16, at most: large-v3-turbo is nearly all encoder."""


def staging(entry_id: str) -> Path:
    """Where an entry is downloaded."""
    return models_dir() / DOWNLOADS / entry_id


def partial_bytes(entry: Entry) -> int:
    """How much of an entry an unfinished download has brought."""
    folder, found = staging(entry.id), 0
    for file in entry.files:
        for name in (file.name, file.name + PART):
            with suppress(OSError):
                found += (folder / name).stat().st_size
                break
    return found


def install_entry(
    entry: Entry,
    network: Network,
    control: Control,
    on_progress: OnProgress,
    *,
    accept_changes: bool = False,
    keep_encoder: bool = False,
) -> ModelCard:
    """Download and install; blocks until it is done.

    Args:
        entry: from the catalogue.
        network: how to reach servers.
        control: pauses or cancels from another thread.
        on_progress: hears of it ten times a second at most, on this thread.
        accept_changes: forget the hashes of an earlier first download, and pin what comes now.
        keep_encoder: of weights that are converted, keep the encoder's beside the result; see :func:`convert.convert`.

    Raises:
        Stopped: paused or cancelled; what was downloaded is kept.
        StarlingError: ``model.unavailable``, ``model.target_exists``, ``model.busy``, ``model.disk_full``,
            ``download.*``, or what is wrong with the files.
    """
    if entry.unavailable:
        raise StarlingError("model.unavailable", f"{entry.title} cannot be installed. {entry.unavailable}")
    with one_installer():
        require_folder()
        tidy()
        target = models_dir() / entry.id
        if target.exists() or target.is_symlink():
            raise StarlingError(
                "model.target_exists",
                f"{entry.id} is there already.",
                f"Remove it first: starling models remove {entry.id}",
            )
        if accept_changes:
            forget_first_pins(entry.id)
        return _Install(entry, network, control, on_progress, keep_encoder).run(target)


class _Install:
    def __init__(
        self, entry: Entry, network: Network, control: Control, on_progress: OnProgress, keep_encoder: bool
    ) -> None:
        self._entry = entry
        self._keep_encoder = keep_encoder
        self._network = network
        self._control = control
        self._on_progress = on_progress
        self._folder = staging(entry.id)
        self._here = dict.fromkeys((file.name for file in entry.files), 0)
        self._sizes = {file.name: file.bytes for file in entry.files}
        self._speed = Speed()
        self._reported = 0.0
        self._pins = read_first_pins(entry.id)

    def run(self, target: Path) -> ModelCard:
        self._make_folder()
        self._check_disk()
        records: dict[str, FileRecord] = {}
        for file in sorted(self._entry.files, key=lambda file: file.bytes):  # a stale pin shows before gigabytes come
            records[file.name] = self._fetch(file)
            self._pin(file, records[file.name])
        self._control.check()
        try:
            return self._finish(target, records)
        except StarlingError as error:
            if error.code not in _NOT_THE_FILES and not isinstance(error, Stopped):
                self._forget_unpinned()
            raise

    def _forget_unpinned(self) -> None:
        """What came without a hash is no model: the next try takes it afresh, instead of holding on to it for ever."""
        forget_first_pins(self._entry.id)
        for file in self._entry.files:
            if not file.sha256:
                (self._folder / file.name).unlink(missing_ok=True)

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            wanted = {file.name for file in self._entry.files}
            for path in self._folder.iterdir():  # of an older catalogue, or a card without its rename
                if path.name.removesuffix(NOTE).removesuffix(PART) not in wanted:
                    path.unlink()
        except OSError as error:
            raise write_failed(self._folder, error) from None

    def _check_disk(self) -> None:
        missing = max(0, self._entry.download_bytes - partial_bytes(self._entry))
        if self._entry.kind == "whisper-safetensors":
            missing += round(self._entry.download_bytes * (_CONVERTED_SHARE + self._keep_encoder * _ENCODER_SHARE))
        free = shutil.disk_usage(self._folder).free
        if free < missing + SPARE_BYTES:
            raise StarlingError(
                "model.disk_full",
                f"{self._entry.title} needs {(missing + SPARE_BYTES) / 1e6:.0f} MB more; {free / 1e6:.0f} MB are free "
                f"in {models_dir()}.",
                "Free some space, or move the models to another disk: starling models move FOLDER",
            )

    def _fetch(self, file: CatalogueFile) -> FileRecord:
        from starling.models.download import fetch  # here: http and TLS take 8 MB, and a window may never download

        pin = self._pins.get(file.name)
        wanted = Wanted(file.name, file.url, file.size, file.about, file.sha256)
        if not file.sha256 and pin is not None:
            told = f"this machine, which pinned it on {pin.date},"
            wanted = replace(wanted, size=pin.size, sha256=pin.sha256, pinned=told)
        self._sizes[file.name] = wanted.size or file.bytes
        self._tell("checking", file.name)
        record = fetch(
            wanted, self._folder, self._network, self._control, lambda done, note: self._came(file.name, done, note)
        )
        self._sizes[file.name] = self._here[file.name] = record.size
        return record

    def _pin(self, file: CatalogueFile, record: FileRecord) -> None:
        if not file.sha256 and file.name not in self._pins:
            self._pins[file.name] = FirstPin(record.sha256, record.size, date.today().isoformat(), file.url)
            write_first_pins(self._entry.id, self._pins)

    def _came(self, name: str, done: int, note: str) -> None:
        self._here[name] = done
        if self._sizes[name] < done:
            self._sizes[name] = done
        now = time.monotonic()
        if now - self._reported >= REPORT_S or note:
            self._reported = now
            self._speed.add(now, sum(self._here.values()))
            self._tell("waiting" if note else "downloading", name, note)

    def _tell(self, phase: Phase, file: str = "", note: str = "", done: int | None = None) -> None:
        here, total = sum(self._here.values()) if done is None else done, sum(self._sizes.values())
        per_s = self._speed.per_s() if phase == "downloading" else None
        left = seconds_left(max(0, total - here), per_s)
        exact = all(known.sha256 or known.name in self._pins for known in self._entry.files)
        self._on_progress(Progress(phase, here, total, exact, per_s, left, file, note))

    def _finish(self, target: Path, records: dict[str, FileRecord]) -> ModelCard:
        self._tell("finishing")
        here = sorted(file.name for file in self._entry.files if not file.sha256)
        marks: dict[str, object] = {
            "languages": self._entry.languages,
            "licence": self._entry.licence,
            "origin": self._entry.repository,
            "catalogue": self._entry.id,
            "revision": self._entry.revision,
            "pinned_here": tuple(here),
            "pinned_at": max((self._pins[name].date for name in here), default=""),
        }
        if self._entry.kind == "whisper-safetensors":
            return self._convert(target, marks)
        recognised = recognise(self._folder)
        if recognised.kind != self._entry.installs_as:
            raise StarlingError("model.wrong_kind", f"{self._entry.id} turned out to be a {recognised.kind}.")
        check_contents(self._folder, records)
        info = info_of(self._folder)
        card = ModelCard(
            name=self._entry.id,
            kind=recognised.kind,
            short_context=self._entry.short_context,
            multilingual=info.multilingual,
            files=records,
            **marks,  # type: ignore[arg-type]
        )
        try:
            card.write(self._folder)
            _sync(self._folder)
            self._folder.rename(target)
        except OSError as error:
            raise write_failed(target, error) from None
        return card

    def _convert(self, target: Path, marks: dict[str, object]) -> ModelCard:
        total = sum(self._sizes.values())

        def told(share: float) -> None:
            self._control.check()
            self._tell("converting", done=round(share * total))

        card = convert(
            self._folder,
            target,
            short_context=self._entry.short_context,
            keep_encoder=self._keep_encoder,
            on_progress=told,
        )
        marks["origin"] = f"converted from {self._entry.repository}"
        card = replace(card, **marks)  # type: ignore[arg-type]
        draft = target.parent / f".{target.name}.card"
        try:
            draft.mkdir(exist_ok=True)
            card.write(draft)
            os.replace(draft / CARD_FILE, target / CARD_FILE)
        except OSError as error:
            raise write_failed(target, error) from None
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)
        return card


def discard(entry_id: str) -> bool:
    """Delete an unfinished download; False when there is none.

    Raises:
        StarlingError: ``model.busy``.
    """
    with one_installer():
        folder = staging(entry_id)
        if not folder.is_dir():
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True


def remove_folder(folder: Path) -> None:
    """Delete a folder of the models: out of the list in one step, then off the disk. The lock has to be held.

    Raises:
        StarlingError: ``model.write_failed``.
    """
    grave = folder.with_name(f"{REMOVING}{folder.name}")
    try:
        if folder.is_symlink():
            folder.unlink()
            return
        shutil.rmtree(grave, ignore_errors=True)
        folder.rename(grave)
    except OSError as error:
        raise StarlingError(
            "model.write_failed", f"{folder} cannot be removed: {error.strerror}.", "Check who owns that folder."
        ) from None
    shutil.rmtree(grave, ignore_errors=True)


def tidy() -> None:
    """Delete what a killed import, removal or move has left; unfinished downloads stay. The lock has to be held."""
    here = place()
    if here.leftover and here.folder.is_dir():  # on a disk that is not there, these may be the last copies
        for folder in here.leftover:
            shutil.rmtree(folder, ignore_errors=True)
        use(here.folder)
    with suppress(OSError):
        for path in (here.folder / DOWNLOADS).iterdir():
            if (here.folder / path.name / CARD_FILE).is_file():  # installed; killed before this was deleted
                shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        for path in here.folder.iterdir():
            left = path.name.startswith(".") and path.name.endswith((PART, ".card"))
            if path.is_dir() and (left or path.name.startswith(REMOVING) or path.name == ".unpacking"):
                shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Bring the names to the disk before the rename, where the system has that."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
