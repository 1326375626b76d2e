"""Models as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from starling.models.items import Item

_PINS = {
    "catalogue": "hashes in the catalogue",
    "first_download": "pinned at first download",
    "import": "hashed at import",
    "first_use": "pinned at first use",
}
_WIDTHS = (26, 9, 13, 10)


def table(items: Sequence[Item]) -> list[str]:
    """Installed models first, then what can be installed, then what cannot yet, with why."""
    lines: list[str] = []
    for title, states in (
        ("Installed", ("installed", "faulty")),
        ("Can be installed: starling models install NAME", ("partial", "available")),
        ("Cannot be installed yet", ("unavailable",)),
    ):
        chosen = [item for item in items if item.state in states]
        if chosen:
            lines += ["", title, *(_line(item) for item in chosen)]
    return lines[1:]


def size(count: int, exact: bool = True) -> str:
    """Bytes as people read them."""
    text = f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
    return text if exact else f"~{text}"


def pins(item: Item) -> str:
    """What the files of a model are held to."""
    return f"pinned here on {item.pinned_at}" if item.pins == "here" else _PINS[item.pins]


def _line(item: Item) -> str:
    columns = (item.id, size(item.size_bytes, item.exact), item.licence or "-", ", ".join(item.tiers) or "-")
    row = "".join(f"{text:<{width}} " for text, width in zip(columns, _WIDTHS, strict=True))
    marks = [
        mark
        for mark, given in (
            ("short context", item.short_context),
            ("many languages" if item.multilingual else "", item.kind != "kokoro"),
            ("for synthetic voices only", item.starter),
            (f"{size(item.done_bytes)} downloaded", item.state == "partial"),
            (pins(item), item.state not in ("faulty", "unavailable")),
            (item.reason, bool(item.reason)),
        )
        if given and mark
    ]
    return f"  {row}{'; '.join(marks)}".rstrip()
