"""Tells when what a panel shows of engines and speaker has changed while nobody asked them anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

from starling.child import vitals
from starling.core.placement import Placement
from starling.engine.supervisor import Supervisor
from starling.pipeline.engines import Engines
from starling.pipeline.shown import EngineShown

LOOK_S = 0.2
MEMORY_STEP = 4 << 20
"""Bytes; a panel need not follow smaller changes."""


def shown(family: Literal["stt", "tts"], supervisor: Supervisor) -> EngineShown:
    """A snapshot of one family."""
    state = supervisor.state()
    placement = state.about.get("placement")
    memory = vitals.memory_bytes(state.pid) if state.pid is not None else None
    return EngineShown(
        family=family,
        status=state.status,
        tier=state.rung.spec.tier,
        model=state.rung.spec.model,
        placement=Placement.from_json(placement) if placement else Placement(),
        why_not_better=state.why_not_better,
        reason=state.reason,
        memory_bytes=None if memory is None else memory // MEMORY_STEP * MEMORY_STEP,
        provider=state.rung.spec.provider,
    )


class EngineWatch:
    """Looks a few times a second and tells what changed; ``also`` is called each time."""

    def __init__(self, engines: Engines, tell: Callable[[EngineShown], None], also: Callable[[], None]) -> None:
        self._engines = engines
        self._tell = tell
        self._also = also
        self._last: dict[str, EngineShown] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the watch."""
        self._stop.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while True:
            self._look()
            if self._stop.wait(LOOK_S):
                return

    def _look(self) -> None:
        self._also()
        for now in (
            shown("stt", self._engines.stt.supervisor),
            shown("tts", self._engines.tts.supervisor),
        ):
            if self._last.get(now.family) != now:
                self._last[now.family] = now
                self._tell(now)
