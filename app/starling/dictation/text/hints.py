"""What a recogniser is told of the vocabulary beforehand. Pure."""

from __future__ import annotations

from starling.dictation.text.rules import SttHint, TextRules

MOST_CHARACTERS = 200
"""About 50 tokens of the 223 that Whisper takes; each costs time at every utterance."""
_LEAST_LETTERS = 2


def hint(rules: TextRules) -> SttHint:
    """The vocabulary as a text that may have come before, the first words of it that fit; empty when not wanted."""
    if not rules.switches.hint:
        return SttHint()
    words: list[str] = []
    length = 0
    for word in rules.vocabulary:
        length += len(word) + 2
        if length > MOST_CHARACTERS:
            break
        if len(word) >= _LEAST_LETTERS:
            words.append(word)
    return SttHint(", ".join(words) + "." if words else "", tuple(words))
