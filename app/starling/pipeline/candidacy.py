"""Which accelerators a run may use: what is on this machine, and what was proven on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from starling import __version__, locate
from starling.core.errors import StarlingError
from starling.models.identity import model_hash
from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.npu.contexts import Share, Slots, most_for, share
from starling.npu.probe import probe
from starling.npu.proof.keys import Stamp
from starling.npu.proof.machine import machine_name
from starling.npu.proof.records import Records
from starling.npu.proof.rules import Prefer
from starling.npu.report import Npu
from starling.npu.servers.found import find
from starling.pipeline.choice import Choice
from starling.speech.stt.candidates import judge_by, no_candidates, stt_candidates
from starling.speech.stt.ladder import Judge
from starling.speech.tts.candidates import no_candidates as no_voice_candidates
from starling.speech.tts.candidates import tts_candidates


@dataclass(frozen=True)
class Candidacy:
    """What a ladder weighs.

    Attributes:
        candidates: in order of preference; empty when they were not looked at.
        judge: what the records say of one.
        none: why there is none.
        stamp: what proofs given now are filed under.
        share: who holds hardware contexts now.
        npu: what was found of the NPU, for another look.
    """

    candidates: tuple[Candidate, ...]
    judge: Judge
    none: str
    stamp: Stamp
    share: Share
    npu: Npu | None = None


def records() -> Records:
    """The proofs of this machine."""
    return Records(locate.data_dir())


def slots() -> Slots:
    """The NPU's slots of this user: as many as the driver has room for, whatever others hold now."""
    return Slots(_folder(), most_for(probe(tools=False), _ours()))


def _folder() -> Path:
    return locate.data_dir() / "npu"


def _ours() -> set[int]:
    """Processes of Starling that use the NPU."""
    try:
        return {pid for held in Slots(_folder()).held() for pid in (held.owner, held.pid)}
    except StarlingError:
        return set()  # whoever takes a slot is told what is wrong


def shares(npu: Npu) -> Share:
    """Hardware contexts by who holds them."""
    return share(npu.holders, _ours())


def look(choice: Choice, model: ModelInfo | None, *, closely: bool = False) -> Candidacy:
    """Look for accelerators for recognition.

    A close look runs the vendors' tools and asks servers on this machine, which takes a second or two. It is only
    taken where an accelerator may come of it: one was asked for, or one was proven before.
    """
    kept = records()
    stamp = stamp_of("stt", model)
    closely = (
        closely
        or asked_for(choice)
        or (choice.stt_tier == "auto" and kept.any_valid(stamp.machine, stamp.starling, stamp.family))
    )
    npu = probe(tools=closely)
    candidates = stt_candidates(npu, model, choice.stt_threads, find()) if closely else []
    judge = judge_by(kept, stamp, choice.stt_prefer)
    held = shares(npu) if closely else Share(0, 0)
    none = _refused_before(kept, stamp, choice.stt_prefer) or no_candidates(npu)
    return Candidacy(tuple(candidates), judge, none, stamp, held, npu)


def look_voice(choice: Choice, model: ModelInfo | None, *, closely: bool = False, npu: Npu | None = None) -> Candidacy:
    """Look for accelerators for speech; closely as in :func:`look`. ``npu``: of another close look."""
    kept = records()
    stamp = stamp_of("tts", model)
    proven = choice.tts_tier == "auto" and kept.any_valid(stamp.machine, stamp.starling, stamp.family)
    closely = closely or choice.tts_tier == "npu" or proven
    npu = npu or probe(tools=closely)
    candidates = tts_candidates(npu, model, choice.seed) if closely else []
    held = shares(npu) if closely else Share(0, 0)
    none = _refused_before(kept, stamp, choice.stt_prefer) or no_voice_candidates(npu)
    return Candidacy(tuple(candidates), judge_by(kept, stamp, choice.stt_prefer), none, stamp, held, npu)


def _refused_before(kept: Records, stamp: Stamp, prefer: Prefer) -> str:
    """Why what was tried on this machine with this model is not used, without another look at it."""
    tried = {
        (record.key.tier, record.key.provider): record.verdict(prefer)
        for record in kept.all()
        if record.key.machine == stamp.machine
        and (record.key.family, record.key.starling, record.key.model_hash)
        == (stamp.family, stamp.starling, stamp.model_hash)
        and record.device != "emulated"
    }
    return "; ".join(f"{tier} · {provider}: {verdict.clause}" for (tier, provider), verdict in tried.items())


def asked_for(choice: Choice) -> bool:
    """Whether the user named an accelerator."""
    return choice.stt_tier == "advanced" or (choice.stt_tier == "legacy" and choice.stt_provider != "auto")


def stamp_of(family: str, model: ModelInfo | None) -> Stamp:
    """What proofs given now are filed under."""
    return Stamp(
        family,
        model.name if model else "",
        model_hash(model) if model else "",
        __version__,
        machine_name(),
    )
