"""The picture of the Insertion doctor: opened from the menu, every way tested, a text in the scratchpad."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.helpers.display import Screen
from tests.helpers.watching import Watching

KEPT = {
    "text": "Dear Anna, the meeting is on Thursday.\n",
    "reason": "A modifier key is held down.",
    "at": 1_790_000_000,
}


def prepare(home: Path) -> None:
    """A text that could not be inserted lies in the scratchpad."""
    page = home / "data" / "insertion" / "scratchpad.json"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(json.dumps(KEPT))


def test_everything(screen: Screen, window: Watching) -> None:
    """Open the doctor by keys and let it test all ways."""
    screen.key("alt+h")
    screen.key("i")
    assert window.shows("Not tested yet")
    assert window.until(lambda: window.ask("press=&Test_all"))
    assert window.until(lambda: window.ask("texts").count("Works") >= 2, 20.0), window.ask("texts")


test_everything.__test__ = False  # type: ignore[attr-defined]


def insertion(studio: Any, name: str, settings: str, size: str, **env: str) -> None:
    """One appearance, for :mod:`tests.helpers.screenshots`."""
    prepare(studio.folder / f"home{studio.count + 1}")
    screen, window = studio.open(settings, size, **env)
    with window:
        test_everything(screen, window)
        studio.shot(window, name)
    screen.close()
