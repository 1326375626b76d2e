"""The stop phrase, which is heard while Starling speaks and which its own reply cannot trigger."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starling.speech.wake import sound
from starling.speech.wake.phrase import sounds_like

STOP_PHRASES = ("stop", "stop it", "stop talking", "be quiet", "shut up", "that's enough", "cancel")

_NO_COMMAND_AFTER = frozenset(
    ("a", "the", "to", "bus", "full", "non", "not", "never", "dont", "cant", "wont", "cannot")
)
"""Words that make a phrase part of a sentence: "don't stop", "the bus stop"."""

_AFTERTHOUGHTS = frozenset(("please", "now"))


class StopPhrase:
    """Knows the stop phrases, each alone or after the wake phrase or its last word ("starling, stop")."""

    def __init__(self, wake_phrase: str, phrases: Sequence[str] = STOP_PHRASES) -> None:
        wake = _words(wake_phrase)
        self._afterthoughts = _AFTERTHOUGHTS.union(wake)
        calls = [wake, wake[-1:], []] if wake else [[]]
        self._phrases = [call + words for words in map(_words, phrases) if words for call in calls]

    def is_stop(self, text: str, speaking: str) -> bool:
        """Whether ``text`` is a stop phrase or ends with one, by sound, while Starling says ``speaking``.

        A phrase whose words all stand in ``speaking`` does not count: it may be Starling's own voice.
        """
        heard = self._without_afterthought(_words(text))
        spoken = [sound.key(word) for word in _words(speaking)]
        return any(_ends_with(heard, phrase) and not _stands_in(phrase, spoken) for phrase in self._phrases)

    def _without_afterthought(self, words: list[str]) -> list[str]:
        while len(words) > 1 and words[-1] in self._afterthoughts:
            words = words[:-1]
        return words


def _ends_with(heard: list[str], phrase: list[str]) -> bool:
    end, before = heard[-len(phrase) :], heard[: -len(phrase)]
    if len(end) < len(phrase) or (before and before[-1] in _NO_COMMAND_AFTER):
        return False
    return _alike(sound.key(" ".join(end)), sound.key(" ".join(phrase)))


def _stands_in(phrase: list[str], spoken: list[str]) -> bool:
    # The beginning of a word is enough: "stopped" and "stopwatch" may come back from the microphone as "stop".
    return all(any(_alike(word[: len(part)], part) for word in spoken) for part in map(sound.key, phrase))


def _alike(heard: str, wanted: str) -> bool:
    return sounds_like(sound.distance(heard, wanted), wanted)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", re.sub(r"['’]", "", text.casefold()))  # noqa: RUF001
