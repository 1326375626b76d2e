"""What a Hugging Face Whisper folder says besides its weights: configuration, vocabulary, languages."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starling.core.errors import StarlingError
from starling.models.whisper_spec import WhisperShape

TOKENIZER_FILE = "tokenizer.json"
MULTILINGUAL_MARK = ""
"""CTranslate2 takes a Whisper for multilingual when its vocabulary holds the empty token, as OpenAI's 50256 is."""

_LANGUAGE = re.compile(r"<\|([a-z]{2,3})\|>")
_TIMESTAMP_STEP_S = 0.02
_COPY_AGAIN = "Copy or download the model again."


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """A JSON table of the folder.

    Raises:
        StarlingError: ``model.missing_file``, ``model.bad_config``, ``model.unreadable``.
    """
    try:
        data = json.loads((folder / name).read_bytes())
    except FileNotFoundError:
        raise StarlingError("model.missing_file", f"{name} is missing from {folder}.", _COPY_AGAIN) from None
    except OSError as error:
        raise StarlingError("model.unreadable", f"{folder / name} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise StarlingError("model.bad_config", f"{folder / name} is not JSON.", _COPY_AGAIN) from None
    if not isinstance(data, dict):
        raise StarlingError("model.bad_config", f"{folder / name} is not a JSON table.", _COPY_AGAIN)
    return data


def read_vocabulary(folder: Path, size: int) -> list[str]:
    """The tokens by id: the base vocabulary, the added tokens, then timestamps up to the model's size.

    Raises:
        StarlingError: ``model.no_tokenizer``, ``model.bad_tokenizer``.
    """
    if not (folder / TOKENIZER_FILE).is_file():
        raise StarlingError(
            "model.no_tokenizer",
            f"{folder} has no tokenizer.json, so its words are unknown.",
            "Get tokenizer.json from where the model came from; vocab.json and merges.txt are not enough.",
        )
    data = read_json(folder, TOKENIZER_FILE)
    try:
        ids = {int(number): str(token) for token, number in data["model"]["vocab"].items()}
        ids.update({int(added["id"]): str(added["content"]) for added in data.get("added_tokens", ())})
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _bad_tokenizer("it has no vocabulary") from None
    if sorted(ids) != list(range(len(ids))):
        raise _bad_tokenizer("its token ids have gaps")
    tokens = [ids[number] for number in range(min(size, len(ids)))]
    return tokens + [f"<|{number * _TIMESTAMP_STEP_S:.2f}|>" for number in range(size - len(tokens))]


def _bad_tokenizer(why: str) -> StarlingError:
    return StarlingError("model.bad_tokenizer", f"tokenizer.json is damaged: {why}.", _COPY_AGAIN)


def language_ids(tokens: list[str], generation: Mapping[str, Any]) -> dict[str, int]:
    """Language codes and their token ids, in id order: from generation_config.json, else from the tokens' form.

    Raises:
        StarlingError: ``model.bad_config``.
    """
    listed = generation.get("lang_to_id")
    if isinstance(listed, dict) and listed:
        ids = _ids("lang_to_id", list(listed.values()), len(tokens))
        found = {str(token).strip("<|>"): number for token, number in zip(listed, ids, strict=True)}
    else:
        matches = ((_LANGUAGE.fullmatch(token), number) for number, token in enumerate(tokens))
        found = {match[1]: number for match, number in matches if match}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def decoding_config(shape: WhisperShape, config: Mapping[str, Any], generation: Mapping[str, Any]) -> dict[str, Any]:
    """CTranslate2's suppressed tokens and alignment heads; without listed heads, all of the last half of the layers.

    Raises:
        StarlingError: ``model.bad_config``.
    """
    first = {**config, **generation}
    return {
        "suppress_ids": _ids("suppress_tokens", first.get("suppress_tokens"), shape.vocabulary),
        "suppress_ids_begin": _ids("begin_suppress_tokens", first.get("begin_suppress_tokens"), shape.vocabulary),
        "alignment_heads": _alignment_heads(shape, generation.get("alignment_heads")),
    }


def _ids(key: str, listed: Any, size: int) -> list[int]:
    ids = [] if listed is None else listed
    if not isinstance(ids, list) or not all(type(number) is int and 0 <= number < size for number in ids):
        raise StarlingError("model.bad_config", f"{key} lists what are no tokens of this model.", _COPY_AGAIN)
    return ids


def _alignment_heads(shape: WhisperShape, listed: Any) -> list[list[int]]:
    layers, heads = range(shape.decoder_layers), range(shape.decoder_heads)
    if not listed:
        return [list(head) for head in itertools.product(layers[shape.decoder_layers // 2 :], heads)]
    try:
        pairs = [(int(layer), int(head)) for layer, head in listed]
    except (TypeError, ValueError):
        pairs = [(-1, -1)]
    if not all(layer in layers and head in heads for layer, head in pairs):
        raise StarlingError("model.bad_config", "alignment_heads lists heads that are not there.", _COPY_AGAIN)
    return [list(pair) for pair in pairs]
