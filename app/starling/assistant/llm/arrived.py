"""What one HTTP request brings, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Head:
    """The server answered; ``server`` is what it calls itself, empty if it does not."""

    status: int
    content_type: str
    server: str = ""


@dataclass(frozen=True)
class Body:
    """More of its answer."""

    data: bytes


@dataclass(frozen=True)
class End:
    """Nothing more comes. ``why`` is empty when the answer is whole; ``connected``: a connection had been made."""

    why: str = ""
    connected: bool = True


Arrived = Head | Body | End
