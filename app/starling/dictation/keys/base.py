"""What every way to a global key offers, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Way = Literal["x11", "portal", "command", "off"]


@dataclass(frozen=True)
class KeysState:
    """How the keys are heard.

    Attributes:
        way: ``x11``: grabbed; ``portal``: the desktop owns them and they are changed there; ``command``: nothing is
            heard, a key of the compositor has to run ``starling ptt``; ``off``: no key is wanted.
        binding: of the talk key, as people read it; empty while there is none.
        problem: what keeps a key from being heard, or may keep it; empty while all is well.
        fix: what to do about it.
        others: more keys that are heard, as (action, binding): ``cancel``, ``mode``.
        waiting: somebody or something is being waited for: the state will change.
    """

    way: Way
    binding: str = ""
    problem: str = ""
    fix: str = ""
    others: tuple[tuple[str, str], ...] = ()
    waiting: bool = False


@dataclass(frozen=True)
class Calls:
    """What happens on a key; called on the keys' own thread, and must return at once."""

    press: Callable[[], None]
    release: Callable[[], None]
    cancel: Callable[[], None]
    mode: Callable[[], None]
    changed: Callable[[KeysState], None]


class Keys(Protocol):
    """One way to the keys."""

    def start(self, calls: Calls) -> None:
        """Hear from now on; returns at once, what comes of it is told by ``changed``."""
        ...

    def talking(self, active: bool) -> None:
        """Whether the talk key is held or latched: the cancel key is heard only then."""
        ...

    def state(self) -> KeysState:
        """How it stands."""
        ...

    def close(self) -> None:
        """Hear nothing more."""
        ...
