"""The kernels that were built for a device and a model, or why there are none."""

from __future__ import annotations

import json
from pathlib import Path

from starling.core.errors import StarlingError
from starling.npu.building import cache
from starling.npu.building.cache import Built
from starling.npu.planning.shapes import ModelShape


def find(device: str, model: ModelShape) -> Built | None:
    """The newest whole build from these sources; None when there is none."""
    try:
        return found(device, model)
    except StarlingError:
        return None


def why_not(device: str, model: ModelShape) -> str:
    """Why there is no build, as one sentence with what to do; empty when there is one."""
    try:
        found(device, model)
    except StarlingError as error:
        return f"{error.message} {error.fix}".strip()
    return ""


def found(device: str, model: ModelShape) -> Built:
    """The build.

    Raises:
        StarlingError: ``npu.not_built``, ``npu.build_generation`` and what :func:`cache.read` says.
    """
    command = f"Run: starling kernels build --device {device} --model {model.name}"
    problem = StarlingError("npu.not_built", f"No kernels are built for {model.name} on {device}.", command)
    places = [place for place in cache.entries() if place.parent.name == device]
    for place in sorted(places, key=lambda place: place.stat().st_mtime, reverse=True):
        try:
            built = cache.read(place)
        except StarlingError as error:
            if place.name.rpartition("-")[0] == cache.safe(model.name):
                problem = error
            continue
        if not _same(built, model):
            continue
        if built.device != device:
            problem = StarlingError(
                "npu.build_generation",
                f"The build in {place} is for {built.device}: on {device} it would compute zeros.",
                command,
            )
        elif not _current(place):
            problem = StarlingError(
                "npu.build_old", f"The kernels of {model.name} were built from other sources.", command
            )
        else:
            return built
    raise problem


def _same(built: Built, wanted: ModelShape) -> bool:
    """Of one size, for every static shape; the name is only a name."""
    sizes = ("width", "heads", "inner", "layers", "mels")
    same = all(getattr(built.model, size) == getattr(wanted, size) for size in sizes)
    return same and set(wanted.buckets) <= set(built.positions)


def _current(place: Path) -> bool:
    told = json.loads((place / cache.MANIFEST).read_text("utf-8"))
    return bool(told.get("sources") == cache.sources_hash())
