"""Every way of recognising speech that may be better than the CPU, and what the records say of each."""

from __future__ import annotations

from collections.abc import Sequence

from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.proof.keys import Stamp, key_of
from starling.npu.proof.records import Records
from starling.npu.proof.rules import Prefer
from starling.npu.report import Npu
from starling.npu.servers.found import Found
from starling.speech.stt.ladder import Judge, Judged


def stt_candidates(npu: Npu, model: ModelInfo | None, threads: int, found: Sequence[Found] = ()) -> list[Candidate]:
    """The candidates, in the order in which ``advanced`` tries them.

    Args:
        npu: what was found on this machine.
        model: the Whisper to run; servers bring their own.
        threads: of the decoder; 0 lets the engine choose.
        found: servers on this machine.
    """
    from starling.speech.stt import server, vitisai, xrt

    own = [] if model is None else [vitisai.candidate(npu, model, threads), xrt.candidate(npu, model, threads)]
    return [*own, *server.candidates(npu, found)]


def judge_by(records: Records, stamp: Stamp, prefer: Prefer) -> Judge:
    """What the records of this machine say of a candidate."""

    def judge(candidate: Candidate) -> Judged:
        if candidate.spec is None:
            return Judged(False, candidate.why_not)
        key = key_of(candidate, stamp)
        record = records.of(key)
        if record is None:
            changed = records.outdated(key)
            return Judged(False, f"to be proven again: {changed}" if changed else "not proven on this machine yet")
        verdict = record.verdict(prefer)
        return Judged(verdict.taken, verdict.clause, _seconds(record.candidate_s), record.audio_s)

    return judge


def _seconds(times_s: tuple[float, ...]) -> float | None:
    from statistics import median

    return median(times_s) if times_s else None


def no_candidates(npu: Npu) -> str:
    """Why there is none, where only the machine was looked at."""
    if not npu.present:
        return "advanced: no NPU was found"
    if not npu.usable:
        return f"advanced: {next((fault.reason for fault in npu.faults if fault.blocks), 'the NPU cannot be used')}"
    return "advanced: not proven on this machine yet"
