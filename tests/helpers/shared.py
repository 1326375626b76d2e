"""Recordings of people that stand beside a checkout and are no part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parents[2]


def shared(*parts: str) -> Path:
    """A file below the sibling folder ``../shared``; skips the test where that folder lacks it."""
    path = _CHECKOUT.parent.joinpath("shared", *parts)
    if not path.exists():
        pytest.skip(f"{Path('..', 'shared', *parts)} is not here")
    return path
