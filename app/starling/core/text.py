"""Transcripts made comparable: case, punctuation, symbols, contractions, fillers."""

from __future__ import annotations

import re

_CONTRACTIONS = {
    "what's": "what is", "whats": "what is", "it's": "it is", "that's": "that is", "who's": "who is",
    "there's": "there is",
    "how's": "how is", "when's": "when is", "where's": "where is", "let's": "let us", "i'm": "i am", "i'd": "i would",
    "i've": "i have", "i'll": "i will", "you're": "you are", "don't": "do not", "dont": "do not",
    "doesn't": "does not",
    "can't": "can not", "cannot": "can not", "won't": "will not", "isn't": "is not", "didn't": "did not",
    "o'clock": "oclock",
}  # fmt: skip

_SYMBOLS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?<=\d)½", " and a half "),
        (r"½", " half "),
        (r"[’‘`´]", "'"),  # noqa: RUF001 (the apostrophes that recognisers write)
        (r"[–−]", "-"),  # noqa: RUF001 (the dash and the minus sign that recognisers write)
        (r"[×✕]", "*"),  # noqa: RUF001 (the multiplication sign)
        (r"\b([ap])\.?\s?m\b\.?", r"\1m"),
        (r"(?<=\d)(?=[ap]m\b)", " "),
        (r"(?<=\d),(?=\d{3}\b)", ""),
        (r"(?<=\d)\s*x\s*(?=[\d(])", " * "),
        (r"\*\*", " ^ "),
        (r"÷", " / "),
        (r"√", " square root of "),
        (r"²", " squared "),
        (r"³", " cubed "),
        (r"°\s?([cf])\b", r" degrees \1 "),
        (r"°", " degrees "),
        (r"\$\s?(\d+(?:\.\d+)?)", r" \1 dollars "),
        (r"€\s?(\d+(?:\.\d+)?)", r" \1 euros "),
        (r"£\s?(\d+(?:\.\d+)?)", r" \1 pounds sterling "),
        (r"%", " percent "),
        (r"=", " equals "),
        (r"-(?!\s*[\d.(])(?!(?<=\s-)\s)", " "),
        (r"-", " - "),
        (r"([+*/^()])", r" \1 "),
        (r"\.(?!\d)|(?<=[a-z])\.|(?<!\d):|:(?!\d)", " "),
        (r"[^\w.:'+*/^()\s-]|_", " "),
    )
)

_FILLER = (
    "please|hello|hi|um+|uh+|er+|erm|hmm+|okay|ok|so|well|just|hey|starling|"
    "(?:could|can|would|will) you|i (?:would like|want) you to|i would like to know|do you know|tell me|now"
)
_LEADING = re.compile(rf"(?:(?:{_FILLER})\b[\s,.!]*)+", re.IGNORECASE)
_TRAILING = re.compile(
    r"(?:\s+(?:please|um+|uh+|er+|erm|for me|right now|now|okay|ok|thanks|thank you|starling))+", re.IGNORECASE
)


def normalise(text: str) -> str:
    """Lower case words, numbers and operators, separated by single spaces.

    ``"What's 23 x 7?"`` becomes ``"what is 23 * 7"``, ``"6:30 a.m."`` becomes ``"6:30 am"``. Decimal points and the
    colon of a clock time stay; other punctuation goes. An apostrophe that is no contraction is dropped.
    """
    text = text.lower()
    for pattern, replacement in _SYMBOLS:
        text = pattern.sub(replacement, text)
    words = (_CONTRACTIONS.get(word, word.replace("'", "")) for word in text.split())
    return " ".join(word for word in words if word)


def skip_fillers(text: str) -> str:
    """The text without leading ``um``, ``please``, ``could you tell me`` ... in any case; the rest as it was."""
    lead = _LEADING.match(text.lstrip())
    rest = text.lstrip()[lead.end() :] if lead else text.lstrip()
    return rest or text


def core_of(text: str) -> str:
    """Normalised text without the fillers at both ends; a text of fillers alone stays as it is."""
    plain = normalise(text)
    if _LEADING.fullmatch(plain):
        return plain
    bare = skip_fillers(plain)
    tail = re.search(rf"{_TRAILING.pattern}$", bare)
    return bare[: tail.start()] if tail else bare
