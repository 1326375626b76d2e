"""What was built, and whether it is whole. One folder for each device, model, sources and tools."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from starling import __version__, locate
from starling.core.errors import StarlingError
from starling.npu.building.jobs import Image
from starling.npu.planning.shapes import ModelShape

FORMAT = 1
"""Of the manifest. Entries of another one are told and left alone."""
MANIFEST = "manifest.json"
XCLBIN = "kernels.xclbin"
STEPS = "steps"
WORK = ".work"
"""Unfinished builds; an entry appears beside it in one step, when it is whole."""
AGAIN = "Run: starling kernels build"
SOURCE_SUFFIXES = (".py", ".cc", ".h")


@dataclass(frozen=True)
class Built:
    """One finished build.

    Attributes:
        positions: the static shapes that were built.
        unit: what the instruction length counts.
        kernels: symbol -> its kernel's name in the xclbin, folder and core parameters.
        instructions: file -> symbol and the design's parameters.
    """

    folder: Path
    device: str
    model: ModelShape
    positions: tuple[int, ...]
    unit: str
    xclbin: Path
    kernels: dict[str, dict[str, Any]]
    instructions: dict[str, dict[str, Any]]
    versions: dict[str, str]

    def stream(self, file: str) -> Path:
        """The path of an instruction file."""
        return self.folder / file


def root() -> Path:
    """The folder of all builds."""
    return locate.cache_dir() / "kernels"


def kernel_sources() -> Path:
    """The folder of the designs."""
    return locate.shipped("kernels")


def sources_hash(folder: Path | None = None) -> str:
    """Over every source that a build reads; tests and texts are none."""
    folder = folder or kernel_sources()
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in SOURCE_SUFFIXES and path.name not in ("test.py", "conftest.py", "testing.py"):
            whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def key(device: str, model: ModelShape, images: Iterable[Image], versions: Iterable[tuple[str, str]]) -> str:
    """Of an entry: anything else would compute something else."""
    wanted = [asdict(image) for image in images]
    text = json.dumps(
        [FORMAT, device, model.to_json(), wanted, sorted(versions), sources_hash()], sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def folder(device: str, model: ModelShape, entry: str) -> Path:
    """Of an entry."""
    return root() / device / f"{safe(model.name)}-{entry}"


def safe(name: str) -> str:
    """A model's name as part of a folder's."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)[:60] or "model"


def file_hash(path: Path) -> str:
    """SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(place: Path, device: str, model: ModelShape, positions: Iterable[int],
                   images: Iterable[Image], versions: dict[str, str],
                   program_bytes: dict[str, int], core: dict[str, dict[str, Any]]) -> None:  # fmt: skip
    """The last step of a build: from then on the entry counts."""
    images = tuple(images)
    names = [XCLBIN, *(stream.file for image in images for stream in image.streams)]
    contents = {
        "format": FORMAT,
        "starling": __version__,
        "device": device,
        "model": model.to_json(),
        "positions": list(positions),
        "unit": "bytes",  # mlir-aie 1.4 counts the instruction length in bytes
        "xclbin": XCLBIN,
        "kernels": {
            image.symbol: {"name": image.kernel, "op": image.op, "core": core[image.symbol],
                           "program_bytes": program_bytes.get(image.symbol)}
            for image in images
        },
        "instructions": {
            stream.file: {"symbol": image.symbol, "parameters": stream.parameters}
            for image in images for stream in image.streams
        },
        "versions": versions,
        "sources": sources_hash(),
        "hashes": {name: file_hash(place / name) for name in names},
    }  # fmt: skip
    part = place / f"{MANIFEST}.part"
    part.write_text(json.dumps(contents, indent=2), "utf-8")
    part.replace(place / MANIFEST)


def read(place: Path) -> Built:
    """An entry, with every hash compared.

    Raises:
        StarlingError: ``npu.build_unfinished``, ``npu.build_version``, ``npu.build_damaged``.
    """
    path = place / MANIFEST
    if not path.is_file():
        raise StarlingError("npu.build_unfinished", f"The build in {place} was not finished.", AGAIN)
    try:
        told = json.loads(path.read_text("utf-8"))
        if told["format"] != FORMAT:
            raise StarlingError(
                "npu.build_version", f"The build in {place} is of another version of Starling; it is not used.", AGAIN
            )
        built = Built(place, str(told["device"]), ModelShape(**told["model"]),
                      tuple(int(bucket) for bucket in told["positions"]), str(told["unit"]),
                      place / str(told["xclbin"]), dict(told["kernels"]), dict(told["instructions"]),
                      dict(told["versions"]))  # fmt: skip
        hashes = dict(told["hashes"])
        needed = {str(told["xclbin"]), *built.instructions}
        streams_known = all(entry["symbol"] in built.kernels for entry in built.instructions.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StarlingError("npu.build_damaged", f"{path} cannot be read.", AGAIN) from None
    if not needed or needed - set(hashes) or not streams_known or built.unit not in ("bytes", "words"):
        raise StarlingError("npu.build_damaged", f"{path} does not name all files.", AGAIN)
    for name, wanted in hashes.items():
        _check(place, name, wanted)
    return built


def _check(place: Path, name: str, wanted: object) -> None:
    if Path(name).name != name:
        raise StarlingError("npu.build_damaged", f"{place / MANIFEST} names a file elsewhere.", AGAIN)
    try:
        found = file_hash(place / name)
    except OSError:
        found = ""
    if found != wanted:
        raise StarlingError("npu.build_damaged", f"{place / name} is not what was built.", AGAIN)


def entries() -> Iterator[Path]:
    """The folders of all builds, finished or not."""
    if root().is_dir():
        for device in sorted(root().iterdir()):
            if device.is_dir() and not device.name.startswith("."):
                yield from (place for place in sorted(device.iterdir()) if place.is_dir())


def clean(device: str = "", model: str = "") -> tuple[int, int]:
    """Delete builds; how many, and their bytes."""
    count = freed = 0
    for place in list(entries()):
        if device and place.parent.name != device:
            continue
        if model and place.name.rpartition("-")[0] != safe(model):
            continue
        freed += sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        shutil.rmtree(place)
        count += 1
    _forget_unfinished(device, model)
    return count, freed


def _forget_unfinished(device: str, model: str) -> None:
    """Steps of builds that were not finished."""
    work = root() / WORK
    for place in list(work.iterdir()) if work.is_dir() else ():
        of_device, _, name = place.name.partition("-")
        if (not device or of_device == device) and (not model or name.rpartition("-")[0] == safe(model)):
            shutil.rmtree(place) if place.is_dir() else place.unlink()
