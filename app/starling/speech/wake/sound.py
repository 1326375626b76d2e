"""How English spelling sounds, roughly, and how far two sounds are apart.

A key is a string of sounds, one letter each: vowels ``a e i o u``, consonants by their usual letters, and ``S`` (sh),
``C`` (ch), ``J`` (j), ``T`` (th), ``N`` (ng). It is coarse on purpose: what it must tell apart is a phrase from other
speech, not two words from one another. Characters of other scripts stand for themselves.
"""

from __future__ import annotations

import re
import unicodedata

_EXCEPTIONS = {"enough": "enuf", "quiet": "kwiet", "one": "wun", "two": "tu"}

# The first rule that matches at a place wins; a rule eats what it matches.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sounds)
    for pattern, sounds in (
        (r"\b(?:kn|gn|pn)", "n"),
        (r"\bwr", "r"),
        (r"\bps", "s"),
        (r"\bwh", "w"),
        (r"\bx", "z"),
        (r"t?ch", "C"),
        (r"s?sh|ti(?=on\b)|ci(?=[ao])", "S"),
        (r"th", "T"),
        (r"ph", "f"),
        (r"igh|eigh", "i"),
        (r"gh\b|(?<=[aeiou])gh", ""),
        (r"\bgh", "g"),
        (r"ck|cc(?![eiy])|kk|q(?!u)", "k"),
        (r"qu", "kw"),
        (r"sc(?=[eiy])|c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"dge?(?=\b)|dg(?=[eiy])|j", "J"),
        (r"ng(?=\b|[^aeiouy])|nk\b", "N"),
        (r"n(?=k|q|x|c(?![ehiy]))", "N"),
        (r"x", "ks"),
        (r"mb\b", "m"),
        (r"(?<=[aeiou])lk", "k"),
        (r"(?<=[aeiouy][^aeiouy])e(?=s?\b)", ""),
        (r"ay|ai|ey|ei", "e"),
        (r"ee|ea|ie|y\b", "i"),
        (r"oo|ou|ow|ew|ue|ui", "u"),
        (r"au|aw|oa|oe", "o"),
        (r"[iu](?=r)", "e"),
        (r"\by(?=[aeiou])", "y"),
        (r"y", "i"),
        (r"(?<=[aeiou])h|h(?=[^aeiouy]|\b)", ""),
    )
)

_VOWELS = frozenset("aeiou")
_NEAR = 0.4
"""Price of a sound for its neighbour, as recognisers exchange them."""
_FAR = 1.0
_NEIGHBOURS = frozenset(
    frozenset(pair)
    for pair in (
        "pb",
        "td",
        "kg",
        "fv",
        "sz",
        "sS",
        "zS",
        "CS",
        "CJ",
        "JS",
        "Jg",
        "Jz",
        "mn",
        "nN",
        "Tt",
        "Td",
        "Tf",
        "wv",
    )
)
_EXTRA = {**dict.fromkeys("aeiou", 0.4), "h": 0.3, "r": 0.5, "t": 0.8, "d": 0.8}
_MISSING = {**dict.fromkeys("aeiou", 0.6), "h": 0.3, "r": 0.5}
"""An ``r`` comes and goes with the accent, an ``h`` with the microphone. A vowel is put in more easily than left out,
and a stop may be written where the tongue only passed it (startling)."""


def key(text: str) -> str:
    """The sounds of ``text``, word borders and doubled sounds left out; empty if it has no letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'’")  # noqa: RUF001
    sounds = "".join(_EXCEPTIONS.get(word) or _word_key(word) for word in re.findall(r"[^\W_]+", plain))
    return re.sub(r"(.)\1+", r"\1", sounds)


def distance(heard: str, wanted: str) -> float:
    """What it costs to turn the key ``wanted`` into ``heard`` (weighted Levenshtein); 0 is the same sound."""
    row = [0.0]
    for sound in heard:
        row.append(row[-1] + _EXTRA.get(sound, _FAR))
    for want in wanted:
        left = row[0] + _MISSING.get(want, _FAR)
        next_row = [left]
        for column, sound in enumerate(heard):
            left = min(
                row[column] + _exchange(want, sound),
                row[column + 1] + _MISSING.get(want, _FAR),
                left + _EXTRA.get(sound, _FAR),
            )
            next_row.append(left)
        row = next_row
    return row[-1]


def _exchange(want: str, sound: str) -> float:
    if want == sound:
        return 0.0
    both_vowels = want in _VOWELS and sound in _VOWELS
    return _NEAR if both_vowels or frozenset((want, sound)) in _NEIGHBOURS else _FAR


def _word_key(word: str) -> str:
    sounds, at = "", 0
    while at < len(word):
        for pattern, sound in _RULES:
            match = pattern.match(word, at)
            if match and match.end() > at:
                sounds, at = sounds + sound, match.end()
                break
        else:
            sounds, at = sounds + word[at], at + 1
    return sounds
