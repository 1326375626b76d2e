"""What is remembered of a conversation: bounded, forgotten after a silence. Pure; time comes in as a number."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]


@dataclass(frozen=True)
class Bounds:
    """How much is kept.

    Attributes:
        turns: exchanges before the one in progress; 0 keeps none.
        characters: of all of them together; about four make a token.
        silence_s: after so many seconds without a word a new conversation begins; 0 for never.
    """

    turns: int = 12
    characters: int = 8000
    silence_s: float = 900.0


class Memory:
    """Whole exchanges, oldest first: a question with everything that came of it. The oldest make room."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._exchanges: deque[tuple[Message, ...]] = deque()
        self._last_s = 0.0

    def bound(self, bounds: Bounds) -> None:
        """Keep this much from now on."""
        self._bounds = bounds
        self._trim()

    def messages(self, now_s: float) -> list[Message]:
        """What is remembered at this moment."""
        if self._bounds.silence_s and now_s - self._last_s > self._bounds.silence_s:
            self.forget()
        return [message for exchange in self._exchanges for message in exchange]

    def add(self, exchange: Sequence[Message], now_s: float) -> None:
        """Remember one more."""
        self.messages(now_s)
        self._last_s = now_s
        if exchange:
            self._exchanges.append(tuple(exchange))
        self._trim()

    def forget(self) -> None:
        """Begin anew."""
        self._exchanges.clear()

    def __len__(self) -> int:
        return len(self._exchanges)

    def _trim(self) -> None:
        while len(self._exchanges) > self._bounds.turns or (
            self._exchanges and sum(map(_size, self._exchanges)) > self._bounds.characters
        ):
            self._exchanges.popleft()


def _size(exchange: tuple[Message, ...]) -> int:
    return sum(
        len(message.get("content") or "")
        + sum(
            len(call["function"]["name"]) + len(call["function"]["arguments"]) for call in message.get("tool_calls", ())
        )
        for message in exchange
    )
