"""Text as it is said: without markdown and emoji, with symbols as words. Pure; the words are English.

Numbers stay as they are: every engine reads them in its own language.
"""

from __future__ import annotations

import re

_UNITS = {
    "km/h": "kilometres per hour",
    "m/s": "metres per second",
    "°C": "degrees Celsius",
    "°F": "degrees Fahrenheit",
    "°": "degrees",
    "km": "kilometres",
    "cm": "centimetres",
    "mm": "millimetres",
    "kg": "kilograms",
    "mg": "milligrams",
    "ml": "millilitres",
    "kB": "kilobytes",
    "MB": "megabytes",
    "GB": "gigabytes",
    "TB": "terabytes",
    "Hz": "hertz",
    "kHz": "kilohertz",
    "MHz": "megahertz",
    "GHz": "gigahertz",
    "ms": "milliseconds",
    "kW": "kilowatts",
    "kWh": "kilowatt hours",
    "%": "percent",
}
_CURRENCIES = {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds"), "¥": ("yen", "yen")}
_NUMBER = r"\d+(?:[.,]\d+)*"

_Step = tuple[re.Pattern[str], str]
_MARKDOWN: tuple[_Step, ...] = (
    (re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?::?-{2,}:?)?[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*#{1,6}\s+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:>[ \t]*)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[-*+•]\s+(?:\[[ xX]\]\s+)?", re.MULTILINE), ""),
    (re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)"), r"\1"),
    (re.compile(r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"[ \t]+\|[ \t]+"), ", "),
    (re.compile(r"(\*{1,3}|~~|`+)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
)
_ADDRESS = re.compile(
    r"\b(?:https?|ftp)://(?:[^\s/@]+@)?(?:www\.)?([^\s/:?#]+)(?:[^\s]*[^\s.,;:!?)\]\"'])?", re.IGNORECASE
)
_MAIL = re.compile(r"\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)\b")
_MONEY = re.compile(rf"(-?)([$€£¥])\s?({_NUMBER})(?:\s(thousand|million|billion|trillion)\b)?")
_MONEY_AFTER = re.compile(rf"(-?)\b({_NUMBER})\s?([€£¥])")
_UNIT = re.compile(
    rf"({_NUMBER})\s?({'|'.join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))})(?![\w°])"
)
_SYMBOLS: tuple[_Step, ...] = (
    (re.compile(r"\s*&\s*"), " and "),
    (re.compile(r"\s*≈\s*"), " is about "),
    (re.compile(r"(?<!\w)~\s?(?=\d)"), "about "),
    (re.compile(r"\s*×\s*|(?<=\d)\s*\*\s*(?=\d)"), " times "),  # noqa: RUF001
    (re.compile(r"\s*÷\s*"), " divided by "),
    (re.compile(r"\s*±\s*"), " plus or minus "),
    (re.compile(r"(?<=[\w)])\s*\+\s*(?=\d)"), " plus "),
    (re.compile(r"(?<=\d)\s+[-−]\s+(?=\d)"), " minus "),  # noqa: RUF001
    (re.compile(r"(?<![\w.])[-−](?=\d)"), "minus "),  # noqa: RUF001
    (re.compile(r"(?<=[\w)])\s*=\s*(?=[\w(-])"), " equals "),
    (re.compile(r"\s*≤\s*"), " at most "),
    (re.compile(r"\s*≥\s*"), " at least "),
    (re.compile(r"\s*(?:→|->|=>)\s*"), " to "),
    (re.compile(r"[©®™]"), ""),
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U0001fb00-\U0001fbff\U000e0020-\U000e007f\u2600-\u27bf\u2b05-\u2b55\u231a-\u23ff"
    "\u200d\u20e3\ufe0e\ufe0f]+"
)
_SPACES = re.compile(r"[ \t\u00a0]+")
_SPACE_BEFORE_MARK = re.compile(r" +(?=[,.;!?](?:\s|$))")


def spoken(text: str) -> str:
    """The text to hand to a voice; empty when there is nothing to say."""
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    text = _ADDRESS.sub(r"\1", text)
    text = _MAIL.sub(r"\1 at \2", text)
    text = _EMOJI.sub(" ", text)
    text = _MONEY.sub(_money, text)
    text = _MONEY_AFTER.sub(lambda found: _amount(found[1], found[3], found[2], None), text)
    text = _UNIT.sub(_unit, text)
    for pattern, replacement in _SYMBOLS:
        text = pattern.sub(replacement, text)
    text = _SPACES.sub(" ", text)
    return _SPACE_BEFORE_MARK.sub("", text).strip()


def _money(found: re.Match[str]) -> str:
    return _amount(found[1], found[2], found[3], found[4])


def _amount(sign: str, symbol: str, number: str, scale: str | None) -> str:
    one, many = _CURRENCIES[symbol]
    words = [number, scale or "", one if number == "1" and not scale else many]
    return ("minus " if sign else "") + " ".join(word for word in words if word)


def _unit(found: re.Match[str]) -> str:
    name = _UNITS[found[2]]
    if found[1] == "1":
        first, space, rest = name.partition(" ")
        singular = first if first in ("percent", "hertz") else first.removesuffix("s")
        name = "metre per second" if found[2] == "m/s" else singular + space + rest
        name = "kilowatt hour" if found[2] == "kWh" else name
    return f"{found[1]} {name}"
