"""What a tool is: its JSON schema and the check of its arguments come from one declaration. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Value = str | int | float
Kind = Literal["string", "integer", "number"]
MOST_CHARACTERS = 1000


class ToolError(Exception):
    """A call that cannot be done; the text is for the model."""


@dataclass(frozen=True)
class Parameter:
    """One argument.

    Attributes:
        name: as the model writes it.
        kind: its JSON type.
        description: for the model.
        required: whether a call without it is refused.
        choices: the only texts allowed; empty for any.
        minimum: least number.
        maximum: greatest number.
    """

    name: str
    kind: Kind
    description: str
    required: bool = True
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        found: dict[str, Any] = {"type": self.kind, "description": self.description}
        if self.choices:
            found["enum"] = list(self.choices)
        if self.minimum is not None:
            found["minimum"] = self.minimum
        if self.maximum is not None:
            found["maximum"] = self.maximum
        return found

    def checked(self, value: Any) -> Value:
        """The value in its type. Raises ToolError."""
        found = self._text(value) if self.kind == "string" else self._number(value)
        if self.choices and found not in self.choices:
            raise ToolError(f"{self.name} must be one of: {', '.join(self.choices)}")
        return found

    def _text(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ToolError(f"{self.name} must be a text")
        text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
        if not text and self.required:
            raise ToolError(f"{self.name} is empty")
        if len(text) > MOST_CHARACTERS:
            raise ToolError(f"{self.name} is longer than {MOST_CHARACTERS} characters")
        return text

    def _number(self, value: Any) -> int | float:
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError
            number = float(value)
            if number != number or abs(number) > 1e15 or (self.kind == "integer" and number != int(number)):
                raise ValueError
        except (ValueError, OverflowError):
            raise ToolError(
                f"{self.name} must be {'a whole number' if self.kind == 'integer' else 'a number'}"
            ) from None
        if self.minimum is not None and number < self.minimum:
            raise ToolError(f"{self.name} must be {self.minimum:g} or more")
        if self.maximum is not None and number > self.maximum:
            raise ToolError(f"{self.name} must be {self.maximum:g} or less")
        return int(number) if self.kind == "integer" else number


@dataclass(frozen=True)
class Prepared:
    """A call that has been understood and not yet done.

    Attributes:
        run: does it and returns what came of it, as a sentence or as data; raises ToolError.
        question: what the user is asked first; empty for what only reads. It is made from the arguments and the real
            state, never from the model's words about them.
        given: the arguments as (name, value), checked; data, to be shown and not to be followed.
    """

    run: Callable[[], Any]
    question: str = ""
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: as the model calls it.
        description: for the model.
        parameters: its arguments.
        prepare: understands a call; raises ToolError.
        changes: whether it changes something, so that the user is asked.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    prepare: Callable[[Mapping[str, Value]], Prepared]
    changes: bool = False

    def schema(self) -> dict[str, Any]:
        """As the OpenAI protocol describes it."""
        return {
            "type": "function",
            "function": {
                "name": self.name,
                "description": self.description,
                "parameters": {
                    "type": "object",
                    "properties": {parameter.name: parameter.schema() for parameter in self.parameters},
                    "required": [parameter.name for parameter in self.parameters if parameter.required],
                    "additionalProperties": False,
                },
            },
        }

    def arguments(self, written: str) -> dict[str, Value]:
        """What the model wrote, checked. Raises ToolError."""
        try:
            given = json.loads(written) if written.strip() else {}
        except (ValueError, RecursionError):
            raise ToolError("the arguments are not JSON") from None
        if not isinstance(given, dict):
            raise ToolError("the arguments must be a JSON object")
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := sorted(str(name)[:40] for name in given if name not in known):
            raise ToolError(f"there is no parameter {unknown[0]}")
        found = {name: known[name].checked(value) for name, value in given.items() if value is not None}
        if missing := [name for name, parameter in known.items() if parameter.required and name not in found]:
            raise ToolError(f"{missing[0]} is missing")
        return {name: value for name, value in found.items() if value != "" or known[name].required}

    def understood(self, written: str) -> Prepared:
        """A call, ready to be confirmed or run. Raises ToolError."""
        given = self.arguments(written)
        prepared = replace(self.prepare(given), given=tuple((name, _written(value)) for name, value in given.items()))
        if self.changes and not prepared.question:
            raise AssertionError(f"{self.name} changes something and asks nothing")
        return prepared


def _written(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
