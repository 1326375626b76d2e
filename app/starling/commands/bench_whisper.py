"""Ours against stock faster-whisper: the same weights, clip, threads and number of tokens, alternating."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from starling import locate
from starling.commands.bench_figures import Figure, median
from starling.core.results import SAMPLE_RATE, Samples, SttOptions

CLIP_S = 4.0
TOKENS = 13
"""What four seconds come to at 150 words a minute and 1.3 tokens a word."""
REST_S = 0.3
"""Between runs: the OpenMP threads of the one before spin for 0.2 s, and would take the cores from the next."""
SEED = 1
GOAL = 4.0
END_OF_TEXT = 50_257
PROMPT_TOKENS = 4
"""start, language, task, no timestamps."""


def compare(runs: int) -> Figure:
    """How many times faster ours is on one short clip.

    The weights are random, of Whisper base's shape: the end token is suppressed on both sides and both stop after
    the same number of tokens, greedy, at temperature 0, without any fallback.
    """
    from starling.models.random_weights import random_whisper_base
    from starling.speech.stt.cpu import default_threads

    folder = random_whisper_base(locate.cache_dir() / "bench" / "random-whisper-base", SEED)
    clip = _clip()
    threads = default_threads()
    ours, stock = _ours(folder, clip, threads), _stock(folder, clip, threads)
    ours(), stock()  # the first run of each pages its weights in
    timings = [(_timed(ours), _timed(stock)) for _ in range(runs)]
    ratios = tuple(stock_s / ours_s for ours_s, stock_s in timings)
    return Figure(
        "whisper_speedup",
        "Whisper base, 4 s clip, against stock faster-whisper",
        "times faster",
        GOAL,
        ratios,
        f"random weights, int8, {threads} threads, {TOKENS} tokens forced on both sides, greedy, alternating",
        at_least=True,
        extra={
            "ours_ms": 1000 * median([pair[0] for pair in timings]),
            "stock_ms": 1000 * median([pair[1] for pair in timings]),
        },
    )


def _clip() -> Samples:
    """Noise: what is said does not matter, the number of tokens is forced."""
    noise = np.random.default_rng(SEED).standard_normal(int(CLIP_S * SAMPLE_RATE)).astype(np.float32)
    return noise * np.float32(0.05)


def _timed(run: Callable[[], int]) -> float:
    time.sleep(REST_S)
    started = time.perf_counter()
    tokens = run()
    elapsed = time.perf_counter() - started
    if tokens != TOKENS:
        raise AssertionError(f"{tokens} tokens were decoded, not {TOKENS}: the comparison is not fair")
    return elapsed


def _ours(folder: Path, clip: Samples, threads: int) -> Callable[[], int]:
    from starling.speech.stt.whisper import create

    config = {"model": str(folder), "short_context": True, "threads": threads, "max_new_tokens": TOKENS,
              "suppress_tokens": [END_OF_TEXT]}  # fmt: skip
    engine = create(config)
    options = SttOptions(language="en", temperatures=(0.0,)).to_json()

    def run() -> int:
        (reply,) = engine.call("transcribe", options, {"0": clip})
        transcript: dict[str, Any] = reply.data["transcripts"][0]
        return len((transcript["dropped_text"] or transcript["text"]).split())  # each of its tokens is one word

    return run


def _stock(folder: Path, clip: Samples, threads: int) -> Callable[[], int]:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)

    def run() -> int:
        segments, _ = model.transcribe(
            clip,
            language="en",
            beam_size=1,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
            compression_ratio_threshold=None,
            log_prob_threshold=None,
            no_speech_threshold=None,
            suppress_tokens=[END_OF_TEXT],
            # CTranslate2 ends at half of its max_length, which is the prompt and this.
            max_new_tokens=2 * TOKENS - PROMPT_TOKENS,
        )
        return sum(len(segment.tokens) for segment in segments)

    return run
