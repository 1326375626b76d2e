"""What a server says of its models, and who it seems to be. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 200
MOST_MODELS = 500
_NO_CHAT = ("embed", "rerank", "whisper", "kokoro", "tts", "stable-diffusion", "sd-turbo", "sdxl", "flux", "clip")
"""Parts of names of models that hold no conversation."""
_NO_CHAT_LABELS = frozenset({"embeddings", "reranking", "image", "audio", "transcription", "tts", "edit"})
_OWNERS = {
    "lemonade": "Lemonade",
    "library": "Ollama",
    "llamacpp": "llama.cpp",
    "fastflowlm": "FastFlowLM",
    "vllm": "vLLM",
}
_HEADERS = {
    "lemonade": "Lemonade",
    "ollama": "Ollama",
    "llama.cpp": "llama.cpp",
    "flm": "FastFlowLM",
    "fastflowlm": "FastFlowLM",
}


class BadListError(ValueError):
    """It is no list of models."""


@dataclass(frozen=True)
class Listing:
    """The answer to ``GET /models``.

    Attributes:
        names: of all models, in the server's order.
        chat: those that may hold a conversation, by their names and labels.
        product: the server program, empty if nothing tells.
        evidence: what the answer said, in words.
    """

    names: tuple[str, ...]
    chat: tuple[str, ...]
    product: str
    evidence: tuple[str, ...]


def read(body: str, server: str = "") -> Listing:
    """Read ``{"data": [{"id": …}]}``, or a bare list; ``server`` is the header of that name. Raises BadListError."""
    try:
        data = json.loads(body)
        items = data if isinstance(data, list) else data["data"]
        models = {_name(item): item for item in (items or ())[:MOST_MODELS]}
    except (ValueError, RecursionError, TypeError, KeyError):
        raise BadListError from None
    owners = tuple(dict.fromkeys(str(item["owned_by"]) for item in models.values() if item.get("owned_by")))
    product, clue = _product(owners, server)
    amount = f"{len(models)} model{'' if len(models) == 1 else 's'}"
    return Listing(
        tuple(models),
        tuple(name for name, item in models.items() if _chats(name, item)),
        product,
        tuple(filter(None, (f"GET /models answered with {amount}", clue))),
    )


def _name(item: dict[str, Any]) -> str:
    name = item["id"]
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= LONGEST_NAME:
        raise ValueError
    return name


def _product(owners: tuple[str, ...], server: str) -> tuple[str, str]:
    for owner in owners:
        if product := _OWNERS.get(owner.lower()):
            return product, f"its models are owned by {owner}"
    word = server.partition("/")[0].strip()
    if product := _HEADERS.get(word.lower()):
        return product, f"it calls itself {word}"
    return "", ""


def _chats(name: str, item: dict[str, Any]) -> bool:
    labels = item.get("labels")
    if isinstance(labels, list) and _NO_CHAT_LABELS.intersection(map(str, labels)):
        return False
    return not any(part in name.lower() for part in _NO_CHAT)
