"""Lists inside one text setting: items with commas between. Pure."""

from __future__ import annotations


def items(text: str) -> tuple[str, ...]:
    """The items in their order, each once, without the space around them."""
    return tuple(dict.fromkeys(item for part in text.split(",") if (item := " ".join(part.split()))))


def with_item(text: str, item: str, on: bool) -> str:
    """The list with this item at its end, or without it."""
    rest = [each for each in items(text) if each != " ".join(item.split())]
    return ", ".join(items(", ".join([*rest, item])) if on else rest)
