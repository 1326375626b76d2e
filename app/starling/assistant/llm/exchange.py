"""One question to a language model and everything that comes of it, as messages. Pure."""

from __future__ import annotations

import json
from typing import Any

from starling.assistant.llm import prompts
from starling.assistant.llm.deltas import Call

Message = dict[str, Any]


class Exchange:
    """The messages of one exchange, always in an order that servers accept: every call has a result.

    Attributes:
        refused: calls, as (name, arguments), that the user has said no to.
        rounds: how often the model was asked.
        asked: how many questions the user was asked.
    """

    def __init__(self, question: str) -> None:
        self.refused: set[tuple[str, str]] = set()
        self.rounds = 0
        self.asked = 0
        self._messages: list[Message] = [{"role": "user", "content": question}]
        self._open: list[str] = []
        self._speaking = False

    @property
    def messages(self) -> list[Message]:
        """So far; what is not settled yet counts as not done."""
        return [*self._messages, *(_result(name, prompts.result(prompts.UNANSWERED)) for name in self._open)]

    @property
    def open(self) -> bool:
        """Whether a call waits for its result."""
        return bool(self._open)

    def begin(self) -> None:
        """The model is asked: what it says next is a message of its own."""
        self.rounds += 1
        self._speaking = False

    def say(self, piece: str) -> None:
        """The model says more; while a call waits for its result it can say nothing."""
        if self._open:
            return
        if not self._speaking:
            self._messages.append({"role": "assistant", "content": ""})
            self._speaking = True
        last = self._messages[-1]
        self._messages[-1] = {**last, "content": last["content"] + piece}

    def call(self, calls: list[Call]) -> None:
        """The model calls tools, after what it said in this round."""
        if not calls:
            return
        self.say("")
        written = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _safe(call.arguments)}}
            for call in calls
        ]
        self._messages[-1] = {**self._messages[-1], "tool_calls": written}
        self._open += [call.id for call in calls]
        self._speaking = False

    def settle(self, call: Call, content: str) -> None:
        """What came of a call."""
        if call.id in self._open:
            self._open.remove(call.id)
            self._messages.append(_result(call.id, content))

    def settle_all(self, outcome: str) -> None:
        """The same for all calls that are open."""
        for name in self._open:
            self._messages.append(_result(name, prompts.result(outcome)))
        self._open = []

    @property
    def length(self) -> int:
        """Number of messages so far, for :meth:`heard`."""
        return len(self._messages)

    def heard(self, said: str, since: int) -> None:
        """The user cut it short: of the model's words since message ``since`` only these were heard."""
        left = len(said)
        kept = self._messages[:since]
        for message in self._messages[since:]:
            if message["role"] == "assistant":
                text = message["content"][:left].rstrip()
                left = max(0, left - len(message["content"]))
                if not text and not message.get("tool_calls"):
                    continue
                message = {**message, "content": text}
            kept.append(message)
        self._messages = kept

    @property
    def anything(self) -> bool:
        """Whether something came of the question."""
        return len(self._messages) > 1


def _result(call: str, content: str) -> Message:
    return {"role": "tool", "tool_call_id": call, "content": content}


def _safe(arguments: str) -> str:
    """Some servers parse what they are given back: arguments that are no JSON object would break every later turn."""
    try:
        return arguments if isinstance(json.loads(arguments), dict) else "{}"
    except (ValueError, RecursionError):
        return "{}"
