"""``starling bench kokoro``: where the installed Kokoro's time goes, and which edits of its graph help here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.engine.supervisor import Supervisor
from starling.pipeline import engines
from starling.pipeline.choice import Choice
from starling.speech.tts.graph.store import NOT_EDITABLE
from starling.speech.tts.ladder import tts_ladder
from starling.speech.tts.profile import OperatorTime, Profile
from starling.speech.tts.workbench import FACTORY

NAME = "kokoro"
_MOST_SHOWN = 12
_DEADLINE_AUDIO_S = 600.0
"""Sets the deadline of a call: the model is run dozens of times, on a slow machine."""


@dataclass(frozen=True)
class KokoroBench:
    """What was measured.

    Attributes:
        model: its name.
        about: cores, threads and versions, as the process tells them.
        profile: time by operator.
        audio_s: of speech in the profiled runs.
        edits: of the graph that was profiled; empty for the installed one.
        fixed: share of the part whose shapes are fixed, which is what an NPU could take; None where there is none.
        tuned: what became of each edit; None where the graph cannot be edited.
        why_not: why it cannot be.
    """

    model: str
    about: Mapping[str, Any]
    profile: Profile
    audio_s: float
    edits: tuple[str, ...]
    fixed: Mapping[str, Any] | None
    tuned: Mapping[str, Any] | None
    why_not: str = ""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "name": NAME,
            "model": self.model,
            "cores": self.about["cores"],
            "threads": self.about["threads"],
            "versions": self.about["versions"],
            **self.profile.to_json(),
            "audio_s": self.audio_s,
            "edits": list(self.edits),
            "fixed": self.fixed,
            "tuned": self.tuned,
            "why_not_tuned": self.why_not,
        }

    def to_text(self) -> str:
        """For people."""
        profile, graph = self.profile, ", ".join(self.edits) or "as installed"
        rtf = profile.run_s / self.audio_s if self.audio_s else float("nan")
        lines = [
            f"Kokoro {self.model}, graph {graph}, {self.about['threads']} threads: {profile.runs} clauses, "
            f"{profile.run_s:.2f} s for {self.audio_s:.2f} s of speech (RTF {rtf:.3g})",
            f"  {'operator':<24}{'calls':>8}{'total ms':>12}{'share':>9}",
        ]
        lines += [_line(one) for one in profile.operators[:_MOST_SHOWN]]
        others = profile.operators[_MOST_SHOWN:]
        if others:
            calls, seconds = sum(one.calls for one in others), sum(one.seconds for one in others)
            lines.append(_line(OperatorTime(f"{len(others)} others", calls, seconds, seconds / profile.operators_s)))
        if self.fixed is not None:
            lines.append(
                f"  of fixed shape, for an NPU: {self.fixed['nodes']} of {self.fixed['of']} nodes, "
                f"{100 * self.fixed['share']:.1f} % of the time"
            )
        lines += [_trial(trial) for trial in (self.tuned or {}).get("trials", ())]
        if self.why_not:
            lines.append(f"  not edited: {self.why_not}")
        return "\n".join(lines)


def measure(choice: Choice, runs: int) -> KokoroBench:
    """Edits first, so that the profile is of the graph that is used from then on.

    Raises:
        StarlingError: ``tts.no_model``, and as :class:`starling.speech.tts.workbench.Workbench`.
    """
    model = engines.tts_model(choice)
    below = tts_ladder("cpu", model, ())[0].spec
    spec: EngineSpec = replace(below, name=f"workbench:{below.model}", factory=FACTORY)
    with closing(Supervisor([Rung(spec)])) as supervisor:
        args = {"voice": "", "text": "", "runs": runs}
        tuned, why_not = _tuned(supervisor, args)
        outcome = supervisor.call("profile", args, {}, _DEADLINE_AUDIO_S)
    found = outcome.reply.data
    return KokoroBench(
        model=below.model,
        about=outcome.about,
        profile=Profile.from_json(found),
        audio_s=float(found["audio_s"]),
        edits=tuple(found["edits"]),
        fixed=found["fixed"],
        tuned=tuned,
        why_not=why_not,
    )


def _tuned(supervisor: Supervisor, args: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str]:
    try:
        for outcome in supervisor.stream("tune", args, {}, _DEADLINE_AUDIO_S):
            if "step" in outcome.reply.data:
                print(f"starling: {outcome.reply.data['step']}", file=sys.stderr, flush=True)
            else:
                return outcome.reply.data, ""
    except StarlingError as error:
        if error.code != NOT_EDITABLE:
            raise
        return None, error.message
    return None, "the engine gave no answer"


def _line(one: OperatorTime) -> str:
    return f"  {one.operator:<24}{one.calls:>8}{1000 * one.seconds:>12.2f}{100 * one.share:>8.1f} %"


def _trial(trial: Mapping[str, Any]) -> str:
    saved = "" if trial["saved"] is None else f"{100 * trial['saved']:.1f} % of the time saved"
    verdict = trial["refused"] or f"may be used, {saved}"
    return f"  {', '.join(trial['edits'])}: {verdict}"
