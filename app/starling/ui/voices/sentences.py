"""The sentence that a voice says in a preview until the user writes another. Free of Qt."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping

from starling.locate import shipped


def sentence(language: str) -> str:
    """The sentence of a language, by its code with or without a region; figures where there is none."""
    sentences, counting = _data()
    code = language.casefold()
    if code.count("-") > 1 or "-latn" in code or code == "en-shaw":  # another way of writing
        return sentences.get(code, counting)
    return sentences.get(code) or sentences.get(code.partition("-")[0], counting)


def is_one(text: str) -> bool:
    """Whether a text is the sentence of any language, and so not the user's own."""
    sentences, counting = _data()
    return text in sentences.values() or text == counting


@functools.cache
def _data() -> tuple[Mapping[str, str], str]:
    with shipped("resources", "voices", "sentences.toml").open("rb") as file:
        data = tomllib.load(file)
    return data["sentences"], data["counting"]
