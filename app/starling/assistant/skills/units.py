"""``how many kilometers is five miles``, ``convert 100 fahrenheit to celsius``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from starling.assistant import spoken
from starling.assistant.answer import Answer, Utterance
from starling.assistant.unit_table import CURRENCIES, KINDS, LONGEST_NAME_WORDS, UNITS, Unit, convert
from starling.core.numbers import read_number

_ASKED = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:and )?how many (?P<target>.+?) (?:(?:is|are|equals?|makes?)(?: there)?(?: in)?|in|to|go into) "
        r"(?P<amount>.+?)(?: equal| make)?",
        r"(?:convert|change|turn|translate) (?P<amount>.+) (?:to|into|in) (?P<target>.+)",
        r"(?:and )?(?:(?:what|how much|how many) (?:is|are) )?(?P<amount>.+) (?:in|to|into|as) (?P<target>.+)",
        r"(?:what|how much) (?:is|are) (?P<target>.+?) (?:of|for) (?P<amount>.+)",
    )
)
_KINDS_OF_OUNCE = (UNITS["ounces"], UNITS["fluid ounces"])
_NO_RATES = "I cannot convert currencies, because exchange rates change and I have none."


class Part(NamedTuple):
    """``five`` and ``feet``."""

    amount: Fraction
    unit: Unit


class Units:
    """Converts lengths, weights, volumes, temperatures, speeds, times, areas and data."""

    def match(self, said: Utterance, now: datetime) -> Callable[[], Answer] | None:
        """See :class:`starling.assistant.answer.Skill`."""
        for pattern in _ASKED:
            if asked := pattern.fullmatch(said.text):
                sentence = _sentence(asked["amount"].split(), asked["target"])
                if sentence:
                    return lambda: Answer(sentence, "units")
        return None


def _sentence(words: list[str], target_name: str) -> str:
    if _is_money(words, target_name):
        return _NO_RATES
    parts, target = read_parts(words), UNITS.get(target_name)
    if not parts or not target:
        return ""
    parts, target = _fluid(parts, target)
    if parts[0].unit.kind != target.kind:
        return f"I cannot convert {KINDS[parts[0].unit.kind]} into {KINDS[target.kind]}."
    total = convert(sum(amount * unit.size for amount, unit in parts) / parts[0].unit.size, parts[0].unit, target)
    if target.kind == "temperature" and convert(total, target, UNITS["kelvin"]) < 0:
        return "That is colder than absolute zero."
    told = f"{' '.join(_told(*part) for part in parts)} is {_told(total, target, rounded=True)}."
    return told[:1].upper() + told[1:]


def read_parts(words: Sequence[str]) -> list[Part] | None:
    """All the words as quantities of one kind: ``five feet ten inches``, ``a mile``, ``half a pound``."""
    parts: list[Part] = []
    index = 0
    while index < len(words):
        part = _read_part(words, index + (index > 0 and words[index] == "and"))
        if part is None or (parts and (part[0].unit.kind != parts[0].unit.kind or part[0].unit.shift)):
            return None
        parts, index = [*parts, part[0]], part[1]
    return parts or None


def _read_part(words: Sequence[str], start: int) -> tuple[Part, int] | None:
    sign = -1 if start == 0 and words[0] in {"minus", "negative", "-"} else 1
    start += sign < 0
    if read := read_number(words, start):
        amount, index = read
        index += words[index : index + 1] == ["of"]
        index += words[index : index + 1] in (["a"], ["an"])
    elif start < len(words) and words[start] in {"a", "an"}:
        amount, index = Fraction(1), start + 1
    else:
        return None
    for size in range(LONGEST_NAME_WORDS, 0, -1):
        unit = UNITS.get(" ".join(words[index : index + size]))
        if unit and index + size <= len(words):
            return Part(sign * amount, unit), index + size
    return None


def _fluid(parts: list[Part], target: Unit) -> tuple[list[Part], Unit]:
    """An ounce beside a volume is a fluid ounce."""
    weight, fluid = _KINDS_OF_OUNCE
    if target is weight and parts[0].unit.kind == "volume":
        return parts, fluid
    if target.kind == "volume" and all(part.unit is weight for part in parts):
        return [Part(part.amount, fluid) for part in parts], target
    return parts, target


def _is_money(words: list[str], target_name: str) -> bool:
    """A number of one currency asked for in another; pounds may be money too."""
    read = read_number(words) or (Fraction(1), int(words[0] in {"a", "an"}))
    if not read[1]:
        return False
    sides = (" ".join(words[read[1] :]), target_name)
    money = [side in CURRENCIES for side in sides if side]
    known = [side in UNITS for side in sides]
    return len(money) == len(sides) and any(money) and all(a or b for a, b in zip(money, known, strict=True))


def _told(amount: Fraction, unit: Unit, *, rounded: bool = False) -> str:
    value = spoken.measure(amount) if rounded else spoken.number(amount)
    return f"{value} {unit.singular if abs(amount) == 1 else unit.plural}"
