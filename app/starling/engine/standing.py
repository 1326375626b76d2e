"""How each rung of a ladder has done in this session: pure bookkeeping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from starling.core.changes import Change
from starling.core.engine_api import TRIED_FIRST, Rung
from starling.engine.deadlines import Pace
from starling.engine.failures import EngineFailure, EngineHung
from starling.engine.policy import demotes


@dataclass
class Standing:
    """One rung's record."""

    rung: Rung
    failures_in_a_row: int = 0
    demoted_because: str = ""
    pace: Pace = field(default_factory=Pace)


class Ladder:
    """The rungs, best first, and which of them are still used."""

    def __init__(self, rungs: Sequence[Rung]) -> None:
        if not rungs:
            raise ValueError("a ladder needs a rung")
        self._standings = [Standing(rung, pace=_pace(rung)) for rung in rungs]

    def __getitem__(self, index: int) -> Standing:
        return self._standings[index]

    @property
    def best(self) -> int:
        """Index of the best rung that was not demoted; the last rung never is."""
        return next(index for index, standing in enumerate(self._standings) if not standing.demoted_because)

    def below(self, index: int) -> list[int]:
        """The usable rungs below this one, best first."""
        usable = range(index + 1, len(self._standings))
        return [lower for lower in usable if not self._standings[lower].demoted_because]

    def why_not_better(self, index: int) -> str:
        """Why nothing above this rung is used."""
        demoted = [f"{change.who}: {change.reason}" for change in self.left_above(index)]
        own = self._standings[index].rung.why_not_better
        return " ".join(demoted if demoted and own.endswith(TRIED_FIRST) else [*demoted, own]).strip()

    def left_above(self, index: int) -> list[Change]:
        """The rungs above this one that were left for the session."""
        return [
            change_from(standing.rung, standing.demoted_because, lasting=True)
            for standing in self._standings[:index]
            if standing.demoted_because
        ]

    def succeeded(self, index: int, audio_s: float, processing_s: float) -> None:
        """Take in a finished call."""
        standing = self._standings[index]
        standing.failures_in_a_row = 0
        standing.pace.measured(audio_s, processing_s)

    def failed(self, index: int, failure: EngineFailure) -> bool:
        """Take in a failure; True when it demotes the rung."""
        standing = self._standings[index]
        standing.failures_in_a_row += 1
        standing.pace.timed_out |= isinstance(failure, EngineHung) and failure.deadline
        lower = len(self.below(index))
        if not demotes(failure.kind, failures_in_a_row=standing.failures_in_a_row, rungs_left=lower):
            return False
        standing.demoted_because = str(failure)
        return True


def _pace(rung: Rung) -> Pace:
    return Pace(worst_rtf=rung.spec.proven_rtf, accelerated=bool(rung.spec.provider))


def change_from(rung: Rung, reason: str, *, lasting: bool) -> Change:
    """What is told of a rung that was left."""
    return Change(rung.spec.tier, rung.spec.provider, reason, lasting)
