"""Spoken numbers in digits, where English writes them so. Pure; shares the reading with :mod:`starling.core.numbers`.

From ten on, and below ten before a unit (``five percent``), with a decimal point, in a time of day or in a row of four
digits and more. A number below a hundred that begins a sentence stays a word, as do ``a hundred``, ``half``, ``two
dozen``, ``first`` to ``ninth``, and everything that the recogniser wrote in digits. Other languages stay as they are:
their recognisers write digits themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from starling.core.numbers import read_number, read_ordinal
from starling.dictation.text.tokens import Token

_DIGITS = {"zero": "0", "oh": "0"} | {
    word: str(value)
    for value, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), 1)
}
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    *_TENS,
)
_SCALES = ("hundred", "thousand", "million", "billion", "trillion")
_WORDS = frozenset((*_DIGITS, *_SMALL, *_SCALES))
_INSIDE = frozenset({"and", "point"})
_HALVES = frozenset({"am", "pm", "a.m", "p.m"})
_ROW = 4
"""So many single digits in a row are a number of their own: a telephone, a code."""
_LARGE = 10**6
_GROUPED = 10_000
_CENTURIES = range(1500, 2100)


def with_digits(tokens: Sequence[Token], units: frozenset[str]) -> list[Token]:
    """The words with their numbers in digits."""
    parts = [part for token in tokens for part in _parts(token)]
    written: list[Token] = []
    at = 0
    while at < len(parts):
        found = _number_at(parts, at, units)
        if found is None:
            written.append(parts[at])
            at += 1
        else:
            text, end = found
            written.append(Token(text, parts[at].before, parts[end - 1].after))
            at = end
    return _rejoined(tokens, written)


def _parts(token: Token) -> list[Token]:
    """``twenty-three`` as two words, if it is a number."""
    words = token.text.split("-")
    if len(words) < 2 or token.fixed or not all(word.lower() in _WORDS for word in words[:-1]):
        return [token]
    if words[-1].lower() not in _WORDS and read_ordinal([words[-1].lower()]) is None:
        return [token]
    middle = [Token(word) for word in words[1:-1]]
    return [Token(words[0], token.before), *middle, Token(words[-1], "", token.after)]


def _rejoined(tokens: Sequence[Token], written: list[Token]) -> list[Token]:
    """Hyphenated numbers that stayed words, as they were."""
    hyphenated = {tuple(part.text for part in parts): token for token in tokens if len(parts := _parts(token)) > 1}
    if not hyphenated:
        return written
    found: list[Token] = []
    at = 0
    while at < len(written):
        for words in hyphenated:
            here = tuple(token.text for token in written[at : at + len(words)])
            if here == words and not any(token.after for token in written[at : at + len(words) - 1]):
                last = written[at + len(words) - 1]
                found.append(Token("-".join(words), written[at].before, last.after))
                at += len(words)
                break
        else:
            found.append(written[at])
            at += 1
    return found


def _number_at(tokens: Sequence[Token], at: int, units: frozenset[str]) -> tuple[str, int] | None:
    run = _run(tokens, at)
    if not run:
        return _ordinal(tokens, at)
    after = tokens[at + len(run)].bare if at + len(run) < len(tokens) and not tokens[at + len(run) - 1].after else ""
    found = _row(run) or _time(run, after) or _year(run)
    if found is not None:
        return found[0], at + found[1]
    return _ordinal(tokens, at) or _cardinal(run, tokens, at, units)


def _run(tokens: Sequence[Token], at: int) -> list[str]:
    """The number words from here to a mark or another word; empty if none begins here."""
    words: list[str] = []
    for token in tokens[at:]:
        if token.fixed or (token.before and words) or not (token.bare in _WORDS or (words and token.bare in _INSIDE)):
            break
        words.append(token.bare)
        if token.after:
            break
    while words and words[-1] in _INSIDE:
        words.pop()
    return words


def _row(run: list[str]) -> tuple[str, int] | None:
    length = 0
    while length < len(run) and run[length] in _DIGITS:
        length += 1
    ends = length == len(run) or run[length] not in (*_SCALES, *_SMALL, "point")
    if length < _ROW or not ends:
        return None
    return "".join(_DIGITS[word] for word in run[:length]), length


def _time(run: list[str], after: str) -> tuple[str, int] | None:
    """``five thirty pm``, ``twelve oh five a.m.``."""
    if after not in _HALVES or not 2 <= len(run) <= 3:
        return None
    hour, rest = read_number(run[:1]), run[1:]
    if rest[0] == "oh" and len(rest) == 2:
        rest = rest[1:]
        minute = read_number(rest)
        minute = minute if minute is not None and minute[0] < 10 else None
    else:
        minute = read_number(rest)
        minute = minute if minute is not None and minute[0] >= 10 else None
    if hour is None or minute is None or minute[1] != len(rest) or not 1 <= hour[0] <= 12 or minute[0] > 59:
        return None
    return f"{int(hour[0])}:{int(minute[0]):02d}", len(run)


def _year(run: list[str]) -> tuple[str, int] | None:
    """``nineteen eighty four``, ``twenty twenty four``."""
    pair = read_number(run, pairs=True)
    single = read_number(run)
    if pair is None or single is None or pair[1] <= single[1] or pair[0].denominator != 1:
        return None
    return (str(int(pair[0])), pair[1]) if int(pair[0]) in _CENTURIES else None


def _ordinal(tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
    """``twenty first``, ``twelfth``: the text and the index after it."""
    if tokens[at].fixed:
        return None
    words = [tokens[at].bare]
    if at + 1 < len(tokens) and not tokens[at].after and not tokens[at + 1].fixed:
        words.append(tokens[at + 1].bare)
    found = read_ordinal(words)
    if found is None or found[0] < 10 or words[0][:1].isdigit() or _begins(tokens, at):
        return None
    value, length = found
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}", at + length


def _cardinal(run: list[str], tokens: Sequence[Token], at: int, units: frozenset[str]) -> tuple[str, int] | None:
    if "point" in run and "and" in run[: run.index("point")]:
        run = run[: run.index("and")]  # two numbers: "three million and two point five"
    found = read_number(run) if run[0] != "oh" else None
    if found is None or run[0] in _INSIDE:
        return None
    value, length = found
    last = at + length
    unit = tokens[last].bare if last < len(tokens) and not tokens[last - 1].after else ""
    follows = tokens[last].text if last < len(tokens) and not tokens[last - 1].after else ""
    decimal = "point" in run[:length]
    if unit in ("dozen", "half", "quarter", "quarters", "halves") or follows in ("o'clock", "o’clock"):  # noqa: RUF001
        return None
    counted = unit in units or decimal
    if not counted and (value < 10 or (value < 100 and _begins(tokens, at))):
        return None
    if at and tokens[at - 1].bare in ("a", "an") and run[0] in _SCALES:
        return None
    return _digits(value, run[:length]), last


def _begins(tokens: Sequence[Token], at: int) -> bool:
    return at == 0 or tokens[at - 1].ends_sentence


def _digits(value: Fraction, run: list[str]) -> str:
    if value >= _LARGE:
        for name, scale in (("trillion", 10**12), ("billion", 10**9), ("million", 10**6)):
            short = value / scale
            if short >= 1 and run[-1] == name and (short * 1000).denominator == 1:
                return f"{_plain(short)} {name}"
    if "point" in run and run[-1] not in _SCALES:
        places = len(run) - run.index("point") - 1
        spelled = run[run.index("point") + 1 :]
        if all(word in _DIGITS for word in spelled):
            return f"{int(value)}.{''.join(_DIGITS[word] for word in spelled[:places])}"
    return _plain(value)


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        whole = int(value)
        return f"{whole:,}" if whole >= _GROUPED else str(whole)
    return f"{float(value):.12g}"
