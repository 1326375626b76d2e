"""Code is not read aloud."""

import pytest

from starling.core.clauses import ClauseSplitter
from starling.core.fences import INSTEAD, CodeBlocks

TEXTS = {
    "no code": ("Add the numbers. Then print them.", "Add the numbers. Then print them."),
    "a block": (
        "Write this:\n```python\nprint(1 + 2)\nx = {'a': 1}\n```\nIt prints three.",
        f"Write this:\n{INSTEAD}\nIt prints three.",
    ),
    "two blocks": ("~~~\na\n~~~\nand\n```\nb\n```\n", f"{INSTEAD}\nand\n{INSTEAD}\n"),
    "an empty block": ("```\n```\nDone.", "Done."),
    "never closed": ("See:\n```\na = 1\nb = 2", f"See:\n{INSTEAD}\n"),
    "indented": ("See:\n  ```sh\n  ls -l, then.\n  ```\nDone.", f"See:\n{INSTEAD}\nDone."),
    "another fence inside": ("```\n~~~\n```\nDone.", f"{INSTEAD}\nDone."),
    "in one line": ("Call ```print(1)``` now.\n```x```\n", "Call ```print(1)``` now.\n```x```\n"),
}


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_code_blocks(text, expected, size):
    splitter, blocks = ClauseSplitter(), CodeBlocks()
    clauses = [clause for at in range(0, len(text), size) for clause in splitter.feed(text[at : at + size])]
    assert "".join(blocks.without(clause) for clause in [*clauses, *splitter.finish()]) == expected
