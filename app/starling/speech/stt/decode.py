"""Whisper's decoder: CTranslate2 turns encoder states into text, on the CPU in every tier."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from starling.speech.stt import context, filters
from starling.speech.stt.base import States
from starling.speech.stt.tokens import Tokens

POSITIONS_PER_S = 50
"""Encoder positions are 20 ms apart."""
BEST_OF = 5
"""Samples drawn at a temperature above zero; the likeliest is kept. Whisper's own number."""


@dataclass(frozen=True)
class Decoded:
    """One decoded clip.

    Attributes:
        tokens: text tokens only.
        text: as decoded, before any filter.
        scores: probabilities.
        capped: the token cap ended it, not the model.
        silent: the model wrote that nobody speaks.
        temperature: that gave it.
    """

    tokens: tuple[int, ...]
    text: str
    scores: filters.Scores
    capped: bool = False
    silent: bool = False
    temperature: float = 0.0

    @property
    def loops(self) -> bool:
        """Whether the text repeats itself."""
        return filters.compression_ratio(self.text) > filters.MAX_COMPRESSION_RATIO or filters.has_loop(self.text)

    @property
    def doubtful(self) -> bool:
        """Whether another try is worth its time: looping, cut off or improbable, and not silence."""
        bad = self.loops or self.capped or self.scores.avg_logprob < filters.LOW_LOGPROB
        return bad and not self.silent and not filters.is_silence(self.scores)

    @property
    def rank(self) -> tuple[bool, float]:
        """Order between tries: one that does not loop first, then the more probable."""
        return (not self.loops and not self.capped, self.scores.avg_logprob)


def with_fallback(first: Decoded, temperatures: Sequence[float], retry: Callable[[float], Decoded]) -> Decoded:
    """Try hotter and hotter until a result looks right; otherwise the best of them all."""
    tries = [first]
    for temperature in temperatures:
        if not tries[-1].doubtful:
            break
        tries.append(retry(temperature))
    return tries[-1] if not tries[-1].doubtful else max(tries, key=lambda result: result.rank)


class Decoder:
    """The decoder of one loaded ``ctranslate2.models.Whisper``.

    Args:
        model: the loaded model.
        tokens: its tokenizer.
        max_new_tokens: bound on every result.
        suppress: token ids never to be written; None for the model's own list and the special tokens.
    """

    def __init__(
        self,
        model: Any,
        tokens: Tokens,
        max_new_tokens: int = context.MAX_NEW_TOKENS,
        suppress: list[int] | None = None,
    ) -> None:
        import ctranslate2

        self._storage = ctranslate2.StorageView.from_array
        self._model = model
        self.tokens = tokens
        self._max_new_tokens = max_new_tokens
        self._suppress = tokens.suppressed if suppress is None else suppress

    def _view(self, states: States) -> Any:
        if states.shape[1] == self._model.n_mels:
            # CTranslate2 tells states from features by their shape, and would encode these once more.
            raise ValueError(f"{states.shape[1]} positions cannot be told from {self._model.n_mels} mel bands")
        return self._storage(states)

    def languages(self, states: States) -> list[str]:
        """The likeliest language of each clip, from the states that decoding uses too."""
        if not self.tokens.multilingual:
            return ["en"] * len(states)
        found = self._model.detect_language(self._view(states))
        return [ranking[0][0].strip("<|>") for ranking in found]

    def decode(
        self, states: States, prompts: list[list[int]], *, beam_size: int = 1, temperature: float = 0.0
    ) -> list[Decoded]:
        """Decode (clips, positions, width) float32 states, one prompt of the same length for each clip."""
        cap = context.token_cap(2 * states.shape[1], self._max_new_tokens)
        sampling: dict[str, Any] = {"beam_size": beam_size}
        if temperature > 0:
            sampling = {
                "beam_size": 1,
                "num_hypotheses": BEST_OF,
                "sampling_topk": 0,
                "sampling_temperature": temperature,
            }
        results = self._model.generate(
            self._view(states),
            prompts,
            max_length=context.max_length(cap, len(prompts[0])),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppress,
            **sampling,
        )
        return [self._read(result, cap, temperature) for result in results]

    def _read(self, result: Any, cap: int, temperature: float) -> Decoded:
        ids = result.sequences_ids[0]
        # CTranslate2 divides by the length without the end token, Whisper's average counts it.
        avg_logprob = result.scores[0] * len(ids) / (len(ids) + 1)
        return Decoded(
            tokens=() if self.tokens.says_silence(ids) else tuple(self.tokens.text_only(ids)),
            text="" if self.tokens.says_silence(ids) else self.tokens.decode(ids),
            scores=filters.Scores(result.no_speech_prob, avg_logprob),
            capped=len(ids) >= cap,
            silent=self.tokens.says_silence(ids),
            temperature=temperature,
        )

    def align(
        self, states: States, tokens: Sequence[int], language: str, frames: int
    ) -> tuple[list[float], list[float]]:
        """Start of every token and of the end after them, in seconds, and every token's probability.

        Args:
            states: one clip, (1, positions, width).
            tokens: text tokens, one at least.
            language: that was decoded.
            frames: mel frames of audio without padding.
        """
        start = self.tokens.start_sequence(language)
        result = self._model.align(self._view(states), start, [list(tokens)], max(2, frames))[0]
        starts = first_times(result.alignments, len(tokens))
        return starts, [float(probability) for probability in result.text_token_probs]


def first_times(alignments: Sequence[tuple[int, int]], tokens: int) -> list[float]:
    """From the (token, position) path of the alignment to ``tokens + 1`` start times in seconds."""
    path = np.asarray(alignments, np.int64).reshape(-1, 2)
    found = np.searchsorted(path[:, 0], np.arange(tokens + 1))
    return [float(path[min(index, len(path) - 1), 1]) / POSITIONS_PER_S for index in found]


def confidence(decoded: Decoded) -> float | None:
    """Geometric mean of the token probabilities; None without tokens."""
    return math.exp(min(0.0, decoded.scores.avg_logprob)) if decoded.tokens else None
