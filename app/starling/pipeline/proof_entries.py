"""Each accelerator with its record, as the doctor and the panel show it."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from starling.npu.candidate import Candidate
from starling.npu.proof.keys import Stamp, key_of
from starling.npu.proof.records import ProofRecord, Records
from starling.npu.proof.rules import Prefer
from starling.pipeline.proof_events import ProofEntry, ProofFigure


def entries(candidates: Sequence[Candidate], records: Records, stamp: Stamp, prefer: Prefer) -> tuple[ProofEntry, ...]:
    """One entry for each candidate, in their order."""
    return tuple(_entry(candidate, records, stamp, prefer) for candidate in candidates)


def _entry(candidate: Candidate, records: Records, stamp: Stamp, prefer: Prefer) -> ProofEntry:
    key = key_of(candidate, stamp)
    head = {
        "family": stamp.family,
        "tier": candidate.tier,
        "provider": candidate.provider,
        "model": key.model,
        "fix": candidate.fix,
        "emulated": candidate.emulated,
        "versions": candidate.versions,
    }
    record = records.of(key)
    if candidate.spec is None:
        return ProofEntry(**head, state="unavailable", reason=candidate.why_not or "it cannot be started")  # type: ignore[arg-type]
    if record is None:
        changed = records.outdated(key)
        reason = f"to be proven again: {changed}" if changed else "not proven on this machine yet"
        return ProofEntry(**head, state="unproven", reason=reason)  # type: ignore[arg-type]  # as the keys above say
    return _proven(head, candidate, record, prefer)


def _proven(head: dict[str, object], candidate: Candidate, record: ProofRecord, prefer: Prefer) -> ProofEntry:
    verdict = record.verdict(prefer)
    taken = verdict.taken and not candidate.emulated
    valid = "its results are right" if not record.invalid else record.invalid
    reason = f"emulated, never chosen automatically; {valid}" if candidate.emulated else verdict.clause
    return ProofEntry(
        **head,  # type: ignore[arg-type]
        state="taken" if taken else "refused",
        reason=reason,
        device=record.device,
        evidence=record.evidence,
        figures=tuple(ProofFigure(check.name, check.value, check.limit, check.at_least) for check in record.checks),
        below=record.below,
        candidate_ms=_ms(record.candidate_s),
        below_ms=_ms(record.below_s),
        saved=record.saved,
        runs=len(record.candidate_s),
        at=record.at,
    )


def _ms(times_s: Sequence[float]) -> float | None:
    return round(1000 * median(times_s), 1) if times_s else None
