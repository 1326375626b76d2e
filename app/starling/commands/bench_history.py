"""The history's figures, on 100,000 entries that are made for it in a folder of their own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from starling.commands.bench_figures import Figure, median
from starling.history.bulk import CJK, RARE, fill, made_up, vocabulary
from starling.history.store import History
from starling.history.wanted import Wanted

ENTRIES = 100_000
PAGE = 60
"""Rows that a large window shows."""
SEARCH_MS = 50.0


def search(runs: int) -> Figure:
    """The first rows of the slowest kind of search, all that is found (``all_…``), and the whole list as it opens."""
    words = vocabulary()
    kinds = {"common": words[0], "rare": RARE, "two_words": f"{words[1]} {words[2]}", "piece": words[0][1:5],
             "cjk": CJK[:3], "cjk_pair": CJK[1:3], "two_letters": "ba", "nothing": "zzzzzz"}  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="starling-") as folder:
        fill(Path(folder), made_up(ENTRIES))
        history = History(Path(folder))
        reader = history.reader()
        took = {kind: _timed(partial(reader.search, Wanted(text), PAGE), runs) for kind, text in kinds.items()}
        every = {f"all_{kind}": _timed(partial(reader.find, Wanted(text)), runs) for kind, text in kinds.items()}
        opened = _timed(lambda: reader.read(reader.find(Wanted())[:PAGE]), runs)
        size_mb = Path(folder, "history.db").stat().st_size / 1e6
        reader.close()
        history.close()
    slowest = max(took, key=lambda kind: median(took[kind]))
    extra = {f"{kind}_ms": median(times) for kind, times in {**took, **every, "open_page": opened}.items()}
    how = f"{ENTRIES:,} entries in {size_mb:.0f} MB, the first {PAGE} found, slowest kind: {slowest}"
    return Figure("history_search", "Search in the history", "ms", SEARCH_MS, tuple(took[slowest]), how, extra=extra)


def _timed(work: Callable[[], object], runs: int) -> list[float]:
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - began))
    return times
