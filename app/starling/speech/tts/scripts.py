"""Text in another script than a voice's language is written in. Pure.

A voice spells such letters out by their names, or leaves them out; a listener should know why.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass

_KNOWN = {
    "LATIN": "Latin",
    "CYRILLIC": "Cyrillic",
    "GREEK": "Greek",
    "ARABIC": "Arabic",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Devanagari",
    "BENGALI": "Bengali",
    "GURMUKHI": "Gurmukhi",
    "GUJARATI": "Gujarati",
    "ORIYA": "Odia",
    "TAMIL": "Tamil",
    "TELUGU": "Telugu",
    "KANNADA": "Kannada",
    "MALAYALAM": "Malayalam",
    "SINHALA": "Sinhala",
    "THAI": "Thai",
    "LAO": "Lao",
    "MYANMAR": "Burmese",
    "KHMER": "Khmer",
    "TIBETAN": "Tibetan",
    "ETHIOPIC": "Ethiopic",
    "GEORGIAN": "Georgian",
    "ARMENIAN": "Armenian",
    "CHEROKEE": "Cherokee",
    "SHAVIAN": "Shavian",
    "CJK": "Han",
    "KANGXI": "Han",
    "IDEOGRAPHIC": "Han",
    "HIRAGANA": "Hiragana",
    "KATAKANA": "Katakana",
    "HALFWIDTH": "Katakana",
    "HANGUL": "Hangul",
    "BOPOMOFO": "Bopomofo",
}
"""The first word of a letter's Unicode name -> its script, in English."""
_LATIN = frozenset({"Latin"})
_CYRILLIC = frozenset({"Cyrillic"})
_ARABIC = frozenset({"Arabic"})
_DEVANAGARI = frozenset({"Devanagari"})
_ETHIOPIC = frozenset({"Ethiopic"})
_READS: dict[str, frozenset[str]] = {
    **dict.fromkeys("ba be bg cv kk ky mk nog ru tt uk".split(), _CYRILLIC),
    **dict.fromkeys("bs sr uz az tk kaa".split(), _CYRILLIC | _LATIN),
    **dict.fromkeys("ar fa sd ug ur".split(), _ARABIC),
    "ku": _ARABIC | _LATIN,
    **dict.fromkeys("hi mr ne kok".split(), _DEVANAGARI),
    **dict.fromkeys("am ti".split(), _ETHIOPIC),
    **dict.fromkeys("as bn bpy".split(), frozenset({"Bengali"})),
    **dict.fromkeys("el grc".split(), frozenset({"Greek"})),
    **dict.fromkeys("hy hyw".split(), frozenset({"Armenian"})),
    **dict.fromkeys("my shn".split(), frozenset({"Burmese"})),
    **dict.fromkeys("cmn yue hak".split(), frozenset({"Han", "Bopomofo", "Latin"})),
    "he": frozenset({"Hebrew"}),
    "pa": frozenset({"Gurmukhi"}),
    "gu": frozenset({"Gujarati"}),
    "or": frozenset({"Odia"}),
    "ta": frozenset({"Tamil"}),
    "te": frozenset({"Telugu"}),
    "kn": frozenset({"Kannada"}),
    "ml": frozenset({"Malayalam"}),
    "si": frozenset({"Sinhala"}),
    "th": frozenset({"Thai"}),
    "ka": frozenset({"Georgian"}),
    "chr": frozenset({"Cherokee"}),
    "ja": frozenset({"Han", "Hiragana", "Katakana"}),
    "ko": frozenset({"Hangul", "Han"}),
}
"""By a language's code; every other one is written in Latin letters."""
_BY_TAG = {
    "en-shaw": frozenset({"Shavian", "Latin"}),
    "fa-latn": _LATIN,
    "cmn-latn-pinyin": _LATIN,
    "yue-latn-jyutping": _LATIN,
}
_NAMES_OF_LETTERS = frozenset({"π", "µ", "Ω", "Å"})
"""Letters that stand for a number or unit in every language."""


@dataclass(frozen=True)
class ForeignScript:
    """A text holds letters that the voice's language is not written in.

    Attributes:
        scripts: their scripts, the most frequent first.
        letters: how many there are.
        share: of all letters, 0..1.
        voice: that is to speak it.
    """

    scripts: tuple[str, ...]
    letters: int
    share: float
    voice: str

    @property
    def sentence(self) -> str:
        """For people."""
        names = " and ".join(self.scripts)
        return (
            f"The text has {names} letters, which the voice {self.voice} does not read: "
            "it spells them out or leaves them out."
        )


def script_of(letter: str) -> str:
    """The script of one letter, in English; empty for what belongs to none: digits, marks, symbols."""
    if not unicodedata.category(letter).startswith("L") or letter in _NAMES_OF_LETTERS:
        return ""
    first = unicodedata.name(unicodedata.normalize("NFKC", letter)[0], "").split(" ", 1)[0]
    return _KNOWN.get(first, first.capitalize() if _is_script(first) else "")


def reads(language: str) -> frozenset[str]:
    """The scripts that a language is written in, by espeak-ng's code; Latin where nothing else is known."""
    code = language.casefold()
    return _BY_TAG.get(code) or _READS.get(code.partition("-")[0], _LATIN)


def foreign(text: str, language: str, voice: str = "") -> ForeignScript | None:
    """What in this text a voice of this language cannot read; None if there is nothing.

    Languages that are not written in Latin letters borrow words that are; their voices read those.
    """
    if not language:
        return None
    counts = Counter(script for script in map(script_of, text) if script)
    readable = reads(language) | _LATIN
    found = [(script, count) for script, count in counts.most_common() if script not in readable]
    if not found:
        return None
    letters = sum(count for _, count in found)
    return ForeignScript(tuple(script for script, _ in found), letters, letters / counts.total(), voice)


def _is_script(word: str) -> bool:
    """Whether the first word of a name can be a script's: ``MODIFIER LETTER …`` and its kind name none."""
    return bool(word) and word not in {"MODIFIER", "MATHEMATICAL", "SUPERSCRIPT", "FEMININE", "MASCULINE", "SCRIPT"}
