"""Phrases that are never delivered. Pure; shares the recognisers' list of what they make up."""

from __future__ import annotations

import re

from starling.speech.stt.filters import normalised
from starling.speech.stt.phantoms import PHANTOM_PHRASES

_SAID_FOR_REAL = frozenset(
    {
        "you",
        "bye",
        "bye bye",
        "thank you",
        "thank you very much",
        "thank you so much",
        "thank you for listening",
        "thanks",
        "thanks for listening",
        "see you next time",
        "vielen dank",
        "продолжение следует",
        "시청해 주셔서 감사합니다",
    }
)
DEFAULT = tuple(sorted(PHANTOM_PHRASES - _SAID_FOR_REAL))
"""What nobody dictates. The rest of the list is dropped by the recogniser where silence is likely."""
_SENTENCE = re.compile(r"[^.!?…。！？]+[.!?…。！？]*\s*|[.!?…。！？]+\s*")  # noqa: RUF001 (the marks of other scripts)


def key(phrase: str) -> str:
    """A phrase as it is compared: without case and marks."""
    return normalised(phrase)


def without_blocked(text: str, blocklist: frozenset[str]) -> str:
    """The text without sentences that are blocked phrases; a phrase within a sentence stays."""
    if not blocklist:
        return text
    if key(text) in blocklist:
        return ""
    kept = [part for part in _SENTENCE.findall(text) if key(part) not in blocklist or not key(part)]
    return "".join(kept).strip() if kept else ""
