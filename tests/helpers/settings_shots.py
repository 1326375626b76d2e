"""Pictures of pages of the preferences, and of dictations in the transcript, for :mod:`screenshots`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.helpers.editors import mousepad, xterm
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
    npu = with_helper(machine(studio.folder / f"power{suffix}", "strix")).env
    screen, window = studio.open(text, size, **env, **npu)
    with window:
        window.wait_for("KeysShown")
        for name, page in PAGES.items():
            window.ask(f"preferences={page}")
            studio.shot(window, f"{name}{suffix}", 1.5)
        window.ask("preferences=dictation")
        screen.key("alt+y")
        screen.type("dear cubernetes team comma my address is new by the way period")
        for part in ("Replacements", "Applications"):
            assert window.ask(f"press={part}")
            studio.shot(window, f"dictation-{part.lower()}{suffix}", 1.5)
    screen.close()


def dictated(studio: Any, suffix: str, text: str, size: str) -> None:
    """What was typed into an editor, and what was not into an application that gets no text."""
    home = studio.folder / f"home{studio.count + 1}"
    prepare(home)
    (home / "config" / "dictation" / "profiles.toml").write_text('[[profile]]\napplication = "xterm"\nnever = true\n')
    screen, window = studio.open(text + '[listen]\nmode = "dictation"\n', size)
    with window:
        with mousepad(screen, studio.folder):
            studio.say("set a timer for ten minutes")
            window.wait_for("Inserted")
        with xterm(screen, studio.folder):
            studio.say("what is the date today")
            window.wait_for("NotInserted")
        screen.activate(screen.window())
        studio.shot(window, f"dictated{suffix}", 1.0)
    screen.close()
