"""The inserter as the settings want it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starling import locate
from starling.dictation.insertion.choosing import Wishes
from starling.dictation.text import store
from starling.settings.lists import items

if TYPE_CHECKING:
    from starling.dictation.insertion.inserter import Inserter
    from starling.dictation.insertion.scratchpad import Scratchpad
    from starling.dictation.surroundings import Target

Get = Callable[[str], Any]
FOLDER = "insertion"
"""Below the data folder: failures, the portal's permission, the scratchpad."""


def wishes(get: Get, *, private: bool = False) -> Wishes:
    """What the settings say, without the profiles; ``private`` while nothing may be written to disk."""
    return Wishes(
        way=get("insertion.way"),
        newline=get("insertion.newline"),
        per_application=per_application(get("insertion.per_application")),
        excluded=frozenset(items(get("insertion.excluded"))),
        private=private,
    )


def per_application(text: str) -> dict[str, str]:
    """Application to what was chosen for it; what is no pair is left out."""
    pairs = (item.rpartition("=") for item in items(text))
    return {name.strip(): value.strip().lower() for name, _, value in pairs if name.strip() and value.strip()}


def inserter(get: Get, *, private: bool = False, scratchpad: Scratchpad | None = None) -> Inserter:
    """One for the whole program. It connects to nothing before it is used."""
    from starling.dictation.insertion.inserter import Inserter

    page = scratchpad or scratchpad_of_user()
    chosen = replace(wishes(get, private=private), profiles=tuple(store.read_profiles(store.folder(), store.no_tell)))
    return Inserter(locate.data_dir() / FOLDER, chosen, scratchpad=page)


def hand() -> Inserter:
    """One that waits to be told what the user wants."""
    from starling.dictation.insertion.inserter import Inserter

    return Inserter(locate.data_dir() / FOLDER, scratchpad=scratchpad_of_user())


def look() -> Target:
    """What has the focus now."""
    from starling.dictation.surroundings import target

    return target()


def scratchpad_of_user() -> Scratchpad:
    """The page on disk: one for the process, so that a window hears of what a dictation adds."""
    return _scratchpad(locate.data_dir() / FOLDER / "scratchpad.json")


@cache
def _scratchpad(path: Path) -> Scratchpad:
    from starling.dictation.insertion.scratchpad import Scratchpad

    return Scratchpad(path)
