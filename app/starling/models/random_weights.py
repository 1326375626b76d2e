"""A Whisper of base's size with random weights, for ``starling bench`` alone.

It takes the time that a real model of that size takes, and can be made where none can be had. It writes no text worth
reading, so it lives in the cache, is named by nothing, and is never offered as a model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from starling.core.errors import StarlingError
from starling.models.card import ModelCard
from starling.models.convert import MODEL_FILES, save_model
from starling.models.hashing import folder_records
from starling.models.tokenizer_files import MULTILINGUAL_MARK, TOKENIZER_FILE
from starling.models.whisper_spec import Array, WhisperShape, build_spec
from starling.models.writing import whole_folder

WHISPER_BASE = WhisperShape(
    d_model=512,
    encoder_layers=6,
    encoder_heads=8,
    encoder_ffn=2048,
    decoder_layers=6,
    decoder_heads=8,
    decoder_ffn=2048,
    n_mels=80,
    vocabulary=51_865,
)
_TEXT_TOKENS = 50_257
_TIMESTAMPS = 1501
_WEIGHT_SCALE = 0.02
_EXPECTED_BYTES = 80_000_000
# The order of Whisper's 99 languages is that of its token ids.
_LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su"
).split()
_TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")


def random_whisper_base(target: Path, seed: int) -> Path:
    """A CTranslate2 int8 folder that CTranslate2 and faster-whisper load without a network.

    Args:
        target: made when it does not exist; kept when it was made with the same seed.
        seed: the same seed gives the same bytes.

    Raises:
        StarlingError: ``model.target_exists`` for a folder of something else; ``model.disk_full`` and the like.
    """
    origin = f"random weights, seed {seed}"
    if _was_made(target, origin):
        return target
    tokens = _special_tokens()
    languages = list(range(_TEXT_TOKENS + 2, _TEXT_TOKENS + 2 + len(_LANGUAGES)))
    heads = [[layer, head] for layer in range(3, 6) for head in range(8)]
    config = {"suppress_ids": [], "suppress_ids_begin": [], "lang_ids": languages, "alignment_heads": heads}
    with whole_folder(target, _EXPECTED_BYTES) as part:
        save_model(part, build_spec(WHISPER_BASE, _RandomWeights(seed)), _text_tokens() + tokens, config)
        (part / TOKENIZER_FILE).write_text(json.dumps(_tokenizer(tokens)), encoding="utf-8")
        ModelCard(
            name=target.name,
            kind="whisper-ct2",
            short_context=True,
            multilingual=True,
            languages=tuple(_LANGUAGES),
            n_mels=WHISPER_BASE.n_mels,
            origin=origin,
            files=folder_records(part, MODEL_FILES),
        ).write(part)
    return target


def _was_made(target: Path, origin: str) -> bool:
    try:
        return ModelCard.read(target).origin == origin
    except (FileNotFoundError, NotADirectoryError, StarlingError):
        return False


class _RandomWeights:
    """Normal weights, norms that change nothing, no biases."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def __call__(self, name: str, shape: tuple[int, ...]) -> Array:
        if name.endswith("bias"):
            return np.zeros(shape, np.float32)
        if "layer_norm" in name:
            return np.ones(shape, np.float32)
        return self._random.standard_normal(shape, np.float32) * np.float32(_WEIGHT_SCALE)


def _text_tokens() -> list[str]:
    """As many tokens as Whisper has for text: the byte alphabet, so that any text has tokens, invented words, "".

    A leading "Ġ" is a space to a byte-level decoder.
    """
    from tokenizers.pre_tokenizers import ByteLevel

    alphabet = sorted(ByteLevel.alphabet())
    words = [f"Ġw{number}" for number in range(_TEXT_TOKENS - len(alphabet) - 1)]
    return [*alphabet, *words, MULTILINGUAL_MARK]


def _special_tokens() -> list[str]:
    names = ("endoftext", "startoftranscript", *_LANGUAGES, *_TASKS)
    return [f"<|{name}|>" for name in names] + [f"<|{number * 0.02:.2f}|>" for number in range(_TIMESTAMPS)]


def _tokenizer(special: list[str]) -> dict[str, Any]:
    """A ``tokenizers`` file (https://github.com/huggingface/tokenizers): words without merges, and special tokens."""
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": _TEXT_TOKENS + number, "content": token, **flags} for number, token in enumerate(special)
        ],
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {token: number for number, token in enumerate(_text_tokens())},
            "merges": [],
        },
    }
