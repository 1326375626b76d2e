"""What Whisper writes although nobody said it, and how to tell. Pure functions over texts and probabilities.

No single rule is enough: silence, noise and music each fool a different one.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Collection
from dataclasses import dataclass

from starling.speech.stt.phantoms import PHANTOM_PHRASES

NO_SPEECH_PROB = 0.6
LOW_LOGPROB = -1.0
"""Whisper's thresholds: with both crossed nobody spoke."""
HOPELESS_LOGPROB = -1.8
"""Below this the text is guesswork whatever else holds: a geometric mean of 0.17 a token."""
MAX_COMPRESSION_RATIO = 2.4
PHANTOM_NO_SPEECH_PROB = 0.06
"""A phrase people also say for real is dropped only above this; people's own "thank you" stays below 0.02."""
LOOP_TIMES = 4
LOOP_WORDS = 8
"""A phrase said this often, in this many words together, is a loop: "no no no no" is not."""

_SOUNDS = (
    "music|applause|laughter|laughs|silence|blank audio|inaudible|noise|background noise|static|sighs?|"
    "coughs?|coughing|breathing|beep|beeping|clicking|typing|wind|musik|musique|música|applaus|risas|rires"
)
_MARKERS = re.compile(rf"\[[^\]]*\]|\*[^*]*\*|♪[^♪]*♪?|[♩♫♬♭♮♯]|\((?:{_SOUNDS})[^)]*\)", re.IGNORECASE)
_PARENTHESES_ONLY = re.compile(r"\s*(\([^)]*\)[\s.]*)+")


@dataclass(frozen=True)
class Scores:
    """What the decoder measured.

    Attributes:
        no_speech_prob: probability of ``<|nospeech|>`` at the start, 0..1.
        avg_logprob: mean natural logarithm of the token probabilities.
    """

    no_speech_prob: float
    avg_logprob: float


@dataclass(frozen=True)
class Verdict:
    """The text that is left; ``dropped`` says why all of it went, ``note`` what was taken out of it."""

    text: str
    dropped: str = ""
    note: str = ""


def judge(text: str, scores: Scores, phantoms: Collection[str] = PHANTOM_PHRASES) -> Verdict:
    """Apply every rule to one decoded text."""
    spoken = without_markers(text)
    if not spoken:
        return Verdict("", "non_speech_marker" if text else "no_speech")
    if is_silence(scores):
        return Verdict("", "no_speech")
    if scores.avg_logprob < HOPELESS_LOGPROB:
        return Verdict("", "low_probability")
    if is_phantom(spoken, scores.no_speech_prob, phantoms):
        return Verdict("", "phantom_phrase")
    kept = without_loops(spoken)
    if compression_ratio(kept) > MAX_COMPRESSION_RATIO:
        return Verdict("", "repetition")
    note = "repetition removed" if kept != spoken else "sound marker removed" if spoken != text else ""
    return Verdict(kept, note=note)


def judge_unscored(text: str) -> Verdict:
    """Apply the rules that need no probabilities, to a text that came without: markers, loops, repetition.

    A phrase that Whisper invents and people also say stays: nothing tells which it was.
    """
    spoken = without_markers(text)
    if not spoken:
        return Verdict("", "non_speech_marker" if text.strip() else "no_speech")
    kept = without_loops(spoken)
    if compression_ratio(kept) > MAX_COMPRESSION_RATIO:
        return Verdict("", "repetition")
    plain = " ".join(text.split())
    note = "repetition removed" if kept != spoken else "sound marker removed" if spoken != plain else ""
    return Verdict(kept, note=note)


def is_silence(scores: Scores) -> bool:
    """Whether nobody spoke: Whisper's rule, which needs both an opinion of silence and a doubtful text."""
    return scores.no_speech_prob > NO_SPEECH_PROB and scores.avg_logprob < LOW_LOGPROB


def compression_ratio(text: str) -> float:
    """UTF-8 bytes per zlib byte; repetition makes it large. 0 for an empty text."""
    data = text.encode()
    return len(data) / len(zlib.compress(data)) if data else 0.0


def is_phantom(text: str, no_speech_prob: float, phantoms: Collection[str] = PHANTOM_PHRASES) -> bool:
    """Whether the whole text is a known phantom and silence was likely enough."""
    return no_speech_prob > PHANTOM_NO_SPEECH_PROB and normalised(text) in phantoms


def without_markers(text: str) -> str:
    """The text without ``[BLANK_AUDIO]``, ``(music)``, ``*sighs*`` and notes; all of it if it is in parentheses."""
    if _PARENTHESES_ONLY.fullmatch(text):
        return ""
    left = " ".join(_MARKERS.sub(" ", text).split())
    return left if any(character.isalnum() for character in left) else ""


def without_loops(text: str) -> str:
    """The text with every loop said once."""
    words = text.split()
    bare = [normalised(word) for word in words]
    start = 0
    while start < len(words):
        width, times = _loop_at(bare, start)
        if times:
            del words[start + width : start + width * times], bare[start + width : start + width * times]
        start += 1
    return " ".join(words)


def has_loop(text: str) -> bool:
    """Whether a phrase repeats itself as only a looping decoder does."""
    bare = [normalised(word) for word in text.split()]
    return any(_loop_at(bare, start)[1] for start in range(len(bare)))


def _loop_at(words: list[str], start: int) -> tuple[int, int]:
    """(width, times) of the loop that begins at ``start``, times 0 if there is none."""
    left = len(words) - start
    for width in range(1, left // LOOP_TIMES + 1):
        phrase = words[start : start + width]
        times = 1
        while words[start + width * times : start + width * (times + 1)] == phrase:
            times += 1
        if times >= LOOP_TIMES and times * width >= LOOP_WORDS:
            return width, times
    return 0, 0


def normalised(text: str) -> str:
    """Lower case words with single spaces: apostrophes removed, other punctuation as space."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("'", "").replace("\u2019", "")
    return " ".join("".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in folded).split())
