"""``what is twenty three times seven``, and ``times two`` after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance
from starling.assistant.expression import BINARY, MathError, Token, Value, echo, evaluate, tokenise

_REMEMBER = timedelta(minutes=2)
_PREFIX = re.compile(r"(?:what (?:is|are|does|do)|how much (?:is|are)|calculate|compute|work out|and(?: what is)?) ")
_SUFFIX = re.compile(r" (?:equals?|make|equal to|is)$")
_REWRITES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?:the )?sum of (.+) and (.+)", r"\1 plus \2"),
        (r"(?:the )?difference (?:of|between) (.+) and (.+)", r"\1 minus \2"),
        (r"(?:the )?product of (.+) and (.+)", r"\1 times \2"),
        (r"add (.+) (?:and|to) (.+)", r"\1 plus \2"),
        (r"(?:subtract|take) (.+) (?:from|away from) (.+)", r"\2 minus \1"),
        (r"multiply (.+) (?:by|and|with) (.+)", r"\1 times \2"),
        (r"divide (.+) by (.+)", r"\1 divided by \2"),
        (r"(?:twice|double) (.+)", r"2 times \1"),
    )
)


class Arithmetic:
    """Computes expressions and remembers the last result for a while."""

    def __init__(self) -> None:
        self._last: Value | None = None
        self._at: datetime | None = None

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        prefix = _PREFIX.match(said.text)
        text = _SUFFIX.sub("", said.text[prefix.end() :] if prefix else said.text)
        for pattern, replacement in _REWRITES:
            if whole := pattern.fullmatch(text):
                text = whole.expand(replacement)
                break
        tokens = self._with_last(tokenise(text.split()), now)
        if not tokens or not _is_sum(tokens):
            return None
        try:
            value = evaluate(tokens)
        except MathError as error:
            sentence = str(error)
            return lambda: Answer(sentence, "arithmetic")
        return (lambda: self._answer(tokens, value, now)) if value else None

    def _with_last(self, tokens: list[Token] | None, now: datetime) -> list[Token] | None:
        """The tokens with ``that`` and a missing left side replaced by the last result, if it is fresh."""
        if not tokens:
            return None
        fresh = self._last if self._last and self._at and now - self._at <= _REMEMBER else None
        if fresh and tokens[0].kind in BINARY and (tokens[0].kind != "-" or len(tokens) == 2):
            tokens = [Token("last"), *tokens]
        if any(token.kind == "last" for token in tokens):
            if not fresh:
                return None
            tokens = [Token("number", fresh.number) if token.kind == "last" else token for token in tokens]
        return tokens

    def _answer(self, tokens: list[Token], value: Value, now: datetime) -> Answer:
        self._last, self._at = value, now
        return Answer(f"{echo(tokens)} is {spoken.number(value.number, exact=value.exact)}.", "arithmetic")


def _is_sum(tokens: list[Token]) -> bool:
    """A number alone, with or without a sign, is no question."""
    operators = {token.kind for token in tokens[1:]} - {"number", "(", ")"}
    return bool(operators) or tokens[0].kind in {"sqrt", "cbrt"}
