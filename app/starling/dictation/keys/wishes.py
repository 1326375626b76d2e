"""The keys that the user wants. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from starling.core.errors import StarlingError
from starling.dictation.keys.chord import ALONE, CANCEL_ALONE, Chord, parse


@dataclass(frozen=True)
class Wishes:
    """As the settings say; an empty text is no key."""

    way: str = "auto"
    talk: str = ""
    cancel: str = ""
    mode: str = ""

    def chords(self) -> tuple[dict[str, Chord], StarlingError | None]:
        """What can be used, by action, and the first thing that is wrong with the rest."""
        found: dict[str, Chord] = {}
        wrong: StarlingError | None = None
        for action, text in (("talk", self.talk), ("cancel", self.cancel), ("mode", self.mode)):
            if not text.strip():
                continue
            try:
                chord = parse(text, alone=CANCEL_ALONE if action == "cancel" else ALONE)
            except StarlingError as error:
                wrong = wrong or error
                continue
            if chord in found.values():
                wrong = wrong or StarlingError(
                    "keys.twice", f"{chord.shown} is chosen for two things.", "Choose another key for one of them."
                )
                continue
            found[action] = chord
        return found, wrong
