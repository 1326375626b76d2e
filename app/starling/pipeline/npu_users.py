"""Notices when an engine of ours took a hardware context of the NPU or gave it back. Pure."""

from __future__ import annotations

from collections.abc import Callable

from starling.pipeline.shown import EngineShown

LOADED = ("ready", "busy")


class NpuUsers:
    """Follows what is shown of the engines; ``changed`` is called when who uses the NPU may be another."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._using: dict[str, str] = {}

    def hear(self, shown: EngineShown) -> None:
        """Take in what is shown of one engine."""
        using = shown.provider if shown.status in LOADED else ""
        if using != self._using.get(shown.family, ""):
            self._using[shown.family] = using
            self._changed()
