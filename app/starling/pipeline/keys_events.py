"""What the pipeline tells of the keys that are heard whatever window is in front. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class DictationSaid:
    """A phrase that steers a dictation was heard, after what was said before it.

    Attributes:
        command: ``start`` and ``stop`` change the mode; it is told by ``Listening`` when that is done.
        paused: whether the dictation is held now: what is said is not written down.
    """

    command: Literal["start", "stop", "pause", "resume"]
    paused: bool


@dataclass(frozen=True)
class KeysShown:
    """How the keys are heard; sent whenever that changes, and as the answer to ``look_at_keys``.

    Attributes:
        way: ``x11`` grabs them; ``portal``: the desktop owns them, and they are changed there; ``command``: nothing is
            heard, the desktop has to run a command; ``off``: no key is wanted.
        binding: the talk key that is heard, as people read it; empty while none is.
        problem: what is wrong, in a sentence; empty while all is well.
        fix: what to do about it.
        others: more keys that are heard, as (action, binding): ``cancel``, ``mode``.
        waiting: for the desktop, or for somebody to answer it.
        advice: how the desktop is made to run a command, where that is the way or a way out; may be empty.
        lines: for that, to be copied.
    """

    way: Literal["x11", "portal", "command", "off"]
    binding: str = ""
    problem: str = ""
    fix: str = ""
    others: tuple[tuple[str, str], ...] = ()
    waiting: bool = False
    advice: str = ""
    lines: tuple[str, ...] = ()
