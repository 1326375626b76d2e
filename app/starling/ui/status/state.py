"""A state as a badge shows it."""

from __future__ import annotations

from dataclasses import dataclass

from starling.ui.kit.badge import Kind


@dataclass(frozen=True)
class State:
    """A shape and its word."""

    kind: Kind
    word: str
