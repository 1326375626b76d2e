"""What a candidate's proof is filed under."""

from __future__ import annotations

from dataclasses import dataclass

from starling.npu.candidate import Candidate
from starling.npu.proof.records import ProofKey


@dataclass(frozen=True)
class Stamp:
    """What is the same for every proof given now: see :class:`ProofKey`."""

    family: str
    model: str
    model_hash: str
    starling: str
    machine: str


def key_of(candidate: Candidate, stamp: Stamp) -> ProofKey:
    """The key; a server's own model stands for ours, which it was compared with."""
    model = candidate.spec.model if candidate.spec is not None else ""
    return ProofKey(
        family=stamp.family,
        tier=candidate.tier,
        provider=candidate.provider,
        model=model or stamp.model,
        model_hash=stamp.model_hash,
        versions=candidate.versions,
        starling=stamp.starling,
        machine=stamp.machine,
    )
