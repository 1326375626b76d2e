"""What to do after a failure: pure rules."""

from __future__ import annotations

from enum import Enum

from starling.engine.failures import FailureKind

FAILURES_TO_DEMOTE = 3
LOWEST_WHISPER_TIER = "legacy"


class Action(Enum):
    """The next step."""

    RETRY_FRESH = "retry on a fresh engine of the same tier"
    NEXT_RUNG = "go to the next tier"
    RETRY_SMALLER = "retry with half the batch"
    GIVE_UP = "give up"


def decide(
    kind: FailureKind, *, tier: str, failures_on_this_rung: int, rungs_left: int, can_shrink: bool = False
) -> Action:
    """The next step after a failure.

    A crash is retried once on a fresh engine; a hang, or a second failure, goes to the next rung. When memory runs
    out the batch is halved first. What is in use elsewhere is left for this call. A hang on the lowest Whisper tier is
    retried once on a fresh engine before falling to ``demo``: that tier has no driver that could hang again, so its
    freeze is the machine's (suspend, swapping, a stopped process) and not the model's, while ``demo``'s text is so
    much worse that three more seconds are the better trade. With no rung left everything that may pass is retried
    once.

    Args:
        kind: what happened.
        tier: the tier it happened on.
        failures_on_this_rung: in this call, this one included.
        rungs_left: usable rungs below this one.
        can_shrink: whether the caller can halve its batch.
    """
    if kind is FailureKind.INPUT:
        return Action.GIVE_UP
    if kind is FailureKind.OUT_OF_MEMORY and can_shrink:
        return Action.RETRY_SMALLER
    first = failures_on_this_rung == 1
    passing = kind is not FailureKind.MODEL
    worth_staying = kind is FailureKind.CRASH or (kind is FailureKind.HANG and tier == LOWEST_WHISPER_TIER)
    if first and passing and (worth_staying or not rungs_left):
        return Action.RETRY_FRESH
    return Action.NEXT_RUNG if rungs_left else Action.GIVE_UP


def demotes(kind: FailureKind, *, failures_in_a_row: int, rungs_left: int) -> bool:
    """Whether a rung is left for the rest of the session.

    Three failures in a row do, also over several calls. A model or environment that cannot be used does at once: it
    will not repair itself, and every further try costs a load. The last rung stays: there is nothing below it.
    """
    if not rungs_left or kind is FailureKind.INPUT:
        return False
    return kind is FailureKind.MODEL or failures_in_a_row >= FAILURES_TO_DEMOTE
