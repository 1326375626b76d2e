"""What a supervisor tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from starling.core.engine_api import Rung

Status = Literal["unloaded", "loading", "ready", "busy", "restarting", "failed", "closed"]


@dataclass(frozen=True)
class EngineStarted:
    """A model is loaded; ``load_s`` from start of the process to ready."""

    rung: Rung
    load_s: float


@dataclass(frozen=True)
class EngineUnavailable:
    """No rung could be loaded ahead of time; the next call tries again."""

    rung: Rung
    reason: str


@dataclass(frozen=True)
class EngineRestarted:
    """A fresh engine of the same tier takes over."""

    rung: Rung
    reason: str


@dataclass(frozen=True)
class EngineUnloaded:
    """The model left memory because it was idle."""

    rung: Rung


@dataclass(frozen=True)
class FellBack:
    """One call goes on with a lower rung; the next call tries the better one again."""

    from_rung: Rung
    to_rung: Rung
    reason: str


@dataclass(frozen=True)
class TierDemoted:
    """A rung is left for the rest of the session."""

    from_rung: Rung
    to_rung: Rung
    reason: str


EngineEvent = EngineStarted | EngineUnavailable | EngineRestarted | EngineUnloaded | FellBack | TierDemoted


@dataclass(frozen=True)
class EngineState:
    """A snapshot for a panel.

    Attributes:
        status: what the engine does now.
        rung: the rung in use, or the one the next call will use.
        why_not_better: why no rung above it is used; empty on the best one.
        reason: of the last restart or failure; empty while all is well.
        about: what the loaded engine says of itself; empty when none is loaded.
        pid: its process, if it has one.
    """

    status: Status
    rung: Rung
    why_not_better: str
    reason: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    pid: int | None = None
