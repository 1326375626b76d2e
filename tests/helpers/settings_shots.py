"""Pictures of the preferences' pages of keys, dictation, insertion, power and privacy, for :mod:`screenshots`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.helpers.machines import machine
from tests.helpers.power_machine import with_helper

PAGES = {"keys": "keys", "dictation": "dictation", "preferences-insertion": "insertion", "power": "power",
         "privacy": "history"}  # fmt: skip
"""Picture to page."""
WORDS = ["Kubernetes", "kubernetes", "Köln", "PostgreSQL", "Ms. Weber", "wtype"]
REPLACEMENTS = [("by the way", "incidentally"), ("my address", "1 Main St.\\n50667 Köln"), ("by the way", "btw")]
PROFILES = """
[[profile]]
application = "xterm"
capitals = false
chord = "shift+insert"

[[profile]]
application = "keepassxc"
never = true
"""


def prepare(home: Path) -> None:
    """The lists of somebody who has dictated for a while."""
    place = home / "config" / "dictation"
    place.mkdir(parents=True, exist_ok=True)
    words = "".join(f'    "{word}",\n' for word in WORDS)
    (place / "vocabulary.toml").write_text(f"words = [\n{words}]\n")
    rows = (f'[[replacement]]\nheard = "{heard}"\nwritten = "{written}"\n' for heard, written in REPLACEMENTS)
    (place / "replacements.toml").write_text("\n".join(rows))
    (place / "profiles.toml").write_text(PROFILES)


def settings(studio: Any, suffix: str, text: str, size: str, **env: str) -> None:
    """Each page once, in one appearance."""
    prepare(studio.folder / f"home{studio.count + 1}")
    npu = with_helper(machine(studio.folder / f"strix{suffix}", "strix")).env
    screen, window = studio.open(text, size, **env, **npu)
    with window:
        window.wait_for("KeysShown")
        for name, page in PAGES.items():
            window.ask(f"preferences={page}")
            studio.shot(window, f"{name}{suffix}", 1.5)
    screen.close()
