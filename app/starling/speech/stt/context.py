"""How much context a clip gets, and how many tokens it may become. Pure arithmetic."""

from __future__ import annotations

from starling.speech.stt.mel import HOP, MAX_FRAMES

MIN_FRAMES = 100
"""CTranslate2 takes no less than 1 s."""
MARGIN_FRAMES = 70
"""0.7 s of silence after the clip, so that its last word is heard to end; with 0.5 s some last words came twice."""
STEP_FRAMES = 30
"""Neither 160 nor 256 is a multiple: see ``Decoder``."""
MAX_SAMPLES = MAX_FRAMES * HOP

MAX_NEW_TOKENS = 224
"""Whisper's own limit: half of its 448 positions."""
TOKENS_PER_FRAME = 0.12
"""12 tokens a second; hurried English is about 6."""
TOKENS_EXTRA = 16


def frames_for(samples: int, short_context: bool) -> int:
    """Mel frames to encode for a clip of ``samples`` at 16 kHz: 3000, or with short context just enough."""
    if not short_context:
        return MAX_FRAMES
    wanted = -(-samples // HOP) + MARGIN_FRAMES
    stepped = -(-wanted // STEP_FRAMES) * STEP_FRAMES
    return min(MAX_FRAMES, max(MIN_FRAMES, stepped))


def token_cap(frames: int, limit: int = MAX_NEW_TOKENS) -> int:
    """Most tokens that ``frames`` of context may become: a loop ends there, speech never does."""
    return min(limit, MAX_NEW_TOKENS, TOKENS_EXTRA + round(frames * TOKENS_PER_FRAME))


def max_length(cap: int, prompt_tokens: int) -> int:
    """CTranslate2's ``max_length`` for ``cap`` new tokens: it allows min(max_length / 2, max_length - prompt)."""
    return max(2 * cap, cap + prompt_tokens)
