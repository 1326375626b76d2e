"""What to do about the power mode when the power source changes: pure, with a table as its test.

Starling never fights for the mode. It remembers what it set; when the mode is another one, somebody else wanted that,
and Starling leaves it alone until the user says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from starling.npu.power.modes import Mode


class Occasion(Enum):
    """Why it is thought about."""

    BEGIN = "begin"
    """The rule was switched on, or its modes changed, or Starling started with it on."""
    SOURCE = "source"
    """The charger was plugged in or out."""
    RESUME = "resume"
    """The machine woke up; drivers may have forgotten the mode."""
    END = "end"
    """Starling ends, or the rule was switched off."""


@dataclass(frozen=True)
class Wishes:
    """What the user wants.

    Attributes:
        automatic: the rule is on.
        restore: put the mode back at the end.
    """

    automatic: bool = False
    on_mains: Mode = Mode.TURBO
    on_battery: Mode = Mode.BALANCED
    restore: bool = True


@dataclass(frozen=True)
class Memory:
    """What was done in this session.

    Attributes:
        original: the mode before the rule changed it first; None while it has not.
        ours: the mode that the rule set or agreed with last; None while it has none.
        yielded: somebody else changed the mode: the rule rests until it begins anew.
        chosen: the user chose a mode by hand: the rule rests until the power source changes.
        asked: somebody was asked for an authorisation.
        refused: and did not give it: the rule stays off for this session.
    """

    original: Mode | None = None
    ours: Mode | None = None
    yielded: bool = False
    chosen: bool = False
    asked: bool = False
    refused: bool = False


class Why(Enum):
    """Why nothing is done."""

    OFF = "off"
    """The rule is off."""
    RIGHT = "right"
    """The mode is as it should be."""
    SOURCE_UNKNOWN = "source_unknown"
    MODE_UNKNOWN = "mode_unknown"
    YIELDED = "yielded"
    """Another program changed the mode."""
    CHOSEN = "chosen"
    """The user chose one by hand."""
    REFUSED = "refused"
    """The authorisation was not given."""
    WOULD_ASK = "would_ask"
    """It was given once, and would be asked for again."""
    FAILED = "failed"
    """It could not be set."""


@dataclass(frozen=True)
class Decision:
    """What to do.

    Attributes:
        mode: to set; None for nothing.
        may_ask: whether somebody may be asked for an authorisation.
        why: why nothing is set.
        memory: from now on, once that is done.
    """

    mode: Mode | None
    memory: Memory
    may_ask: bool = False
    why: Why | None = None


def decide(wishes: Wishes, memory: Memory, occasion: Occasion, mains: bool | None, now: Mode | None) -> Decision:
    """Think about the mode.

    Args:
        wishes: of the user.
        memory: of this session.
        occasion: why now.
        mains: whether the machine is on mains; None when nothing tells.
        now: the mode as it was just read; None when it could not be.
    """
    if occasion is Occasion.END:
        return _end(wishes, memory, now)
    if not wishes.automatic:
        return Decision(None, memory, why=Why.OFF)
    memory = _awake(memory, occasion, now)
    why = _hindrance(memory, mains, now)
    if why is not None or now is None:
        return Decision(None, memory, why=why)
    if _foreign(memory, occasion, now):
        return Decision(None, replace(memory, yielded=True), why=Why.YIELDED)
    target = wishes.on_mains if mains else wishes.on_battery
    if now is target:
        return Decision(None, replace(memory, ours=target), why=Why.RIGHT)
    original = now if memory.original is None else memory.original
    return Decision(target, replace(memory, ours=target, original=original), may_ask=not memory.asked)


def chosen(memory: Memory) -> Memory:
    """The user chose a mode by hand: it is what counts, and nothing is to be restored."""
    return Memory(asked=memory.asked, chosen=True)


def _awake(memory: Memory, occasion: Occasion, now: Mode | None) -> Memory:
    """What ends a rest. A beginning takes the mode that it finds for the original one, unless it is ours."""
    if occasion is Occasion.BEGIN:
        original = memory.original if now is memory.ours and not memory.yielded else None
        return Memory(original, asked=memory.asked, refused=memory.refused)
    if occasion is Occasion.SOURCE and memory.chosen:
        return replace(memory, chosen=False)
    return memory


def _hindrance(memory: Memory, mains: bool | None, now: Mode | None) -> Why | None:
    for why, holds in (
        (Why.REFUSED, memory.refused),
        (Why.YIELDED, memory.yielded),
        (Why.CHOSEN, memory.chosen),
        (Why.SOURCE_UNKNOWN, mains is None),
        (Why.MODE_UNKNOWN, now is None),
    ):
        if holds:
            return why
    return None


def _foreign(memory: Memory, occasion: Occasion, now: Mode) -> bool:
    """Whether somebody else set this mode. After a sleep the driver's default is nobody's."""
    if memory.ours is None or now is memory.ours:
        return False
    return not (occasion is Occasion.RESUME and now is Mode.DEFAULT)


def _end(wishes: Wishes, memory: Memory, now: Mode | None) -> Decision:
    """Put it back, if it is still ours. Nobody is asked for a password by a program that ends."""
    after = Memory(asked=memory.asked, refused=memory.refused)
    if memory.original is None or not wishes.restore:
        return Decision(None, after, why=Why.OFF)
    if now is None:
        return Decision(None, after, why=Why.MODE_UNKNOWN)
    if memory.yielded or now is not memory.ours:
        return Decision(None, after, why=Why.YIELDED)
    if now is memory.original:
        return Decision(None, after, why=Why.RIGHT)
    return Decision(memory.original, after)
