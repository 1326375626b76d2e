"""What is told of proofs: for the panel, the doctor and the log. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ProofState = Literal["unavailable", "unproven", "taken", "refused"]


@dataclass(frozen=True)
class ProofFigure:
    """One figure of a proof: ``encoder cosine 0.9996``, of which at least (or at most) ``limit`` is needed."""

    name: str
    value: float
    limit: float
    at_least: bool = True


@dataclass(frozen=True)
class ProofEntry:
    """One way to use an accelerator, and what was proven of it on this machine.

    Attributes:
        family: ``stt`` or ``tts``.
        state: ``unavailable`` cannot be started here, ``unproven`` has no record that counts, ``taken`` was proven
            and is what ``auto`` uses, ``refused`` was tried and is not used.
        reason: one clause about the state.
        fix: what to do about it; empty when nothing can be done.
        emulated: never used by ``auto``.
        device: where it ran; empty when it did not run.
        evidence: of that.
        below: the engine it was compared with.
        candidate_ms: median time for the known clip; None when it was not measured.
        below_ms: the same of the engine below.
        saved: the share of time that it saves.
        runs: measured ones.
        at: Unix time of the proof.
        versions: what the proof is bound to.
    """

    family: str
    tier: str
    provider: str
    model: str
    state: ProofState
    reason: str
    fix: str = ""
    emulated: bool = False
    device: str = ""
    evidence: tuple[str, ...] = ()
    figures: tuple[ProofFigure, ...] = ()
    below: str = ""
    candidate_ms: float | None = None
    below_ms: float | None = None
    saved: float | None = None
    runs: int = 0
    at: float | None = None
    versions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ProofShown:
    """What is proven, and what is being proven.

    Attributes:
        status: ``idle``; ``waiting`` for a quiet moment; ``running``.
        step: of a running proof, for people.
        done: steps that are behind it.
        steps: of all that are known to come.
        entries: every way, in order of preference; empty before the first look.
        error: why the last look or proof broke off.
    """

    status: Literal["idle", "waiting", "running"]
    step: str = ""
    done: int = 0
    steps: int = 0
    entries: tuple[ProofEntry, ...] = field(default_factory=tuple)
    error: dict[str, str] | None = None


def entry_from_json(data: dict[str, object]) -> ProofEntry:
    """The inverse of ``dataclasses.asdict``. Raises TypeError or KeyError for what is none."""
    fields: dict[str, object] = dict(data)
    figures: object = fields.get("figures", ())
    versions: object = fields.get("versions", ())
    evidence: object = fields.get("evidence", ())
    if not (isinstance(figures, list | tuple) and isinstance(versions, list | tuple)):
        raise TypeError("figures, versions")
    if not isinstance(evidence, list | tuple):
        raise TypeError("evidence")
    fields["figures"] = tuple(ProofFigure(**figure) for figure in figures)
    fields["versions"] = tuple((str(name), str(value)) for name, value in versions)
    fields["evidence"] = tuple(str(line) for line in evidence)
    return ProofEntry(**fields)  # type: ignore[arg-type]  # checked by whoever made it: our own child
