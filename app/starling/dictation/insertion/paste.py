"""Pasting: the text goes into the clipboard, the application is told to paste, the clipboard is put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from starling.core.errors import StarlingError
from starling.dictation.insertion.base import Availability
from starling.dictation.insertion.chords import KEYS, MODIFIERS, Chord, Paste, paste
from starling.dictation.surroundings import Target


class Clipboard(Protocol):
    """Keeps what is in the clipboard, replaces it for a while and puts it back."""

    def missing(self) -> StarlingError | None:
        """Why it cannot be used; None where it can."""
        ...

    def paste(self, text: str, how: Paste, target: Target, press: Callable[[], None]) -> bool | None:
        """Offer the text, press, put back."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Presser(Protocol):
    """A way that can press keys together."""

    name: str

    def available(self) -> Availability:
        """Whether it can be tried here."""
        ...

    def chord(self, keys: Sequence[str]) -> None:
        """Press keys together."""
        ...

    def undo(self, characters: int) -> None:
        """Press Backspace."""
        ...


class PasteWay:
    """Pastes with the keys that the application wants.

    Args:
        clipboard: of the session; None where there is none.
        pressers: who may press the keys, best first.
        chosen: the chord that the user chose for an application; empty for none.
        still: raises where a window has lost the focus; asked before the keys, reading a clipboard takes its time.
    """

    name = "paste"

    def __init__(
        self,
        clipboard: Clipboard | None,
        pressers: Sequence[Presser],
        chosen: Callable[[str], str],
        still: Callable[[Target], None] = lambda target: None,
    ) -> None:
        self._clipboard, self._pressers, self._chosen, self._still = clipboard, pressers, chosen, still

    def available(self) -> Availability:
        """Whether there is a clipboard, and somebody to press the keys."""
        if self._clipboard is None:
            return Availability(False, "There is no desktop session.")
        error = self._clipboard.missing()
        if error is not None:
            return Availability(False, error.message, error.fix)
        found = [(presser.name, presser.available()) for presser in self._pressers]
        if any(available.ok for _, available in found):
            return Availability(True)
        fix = next((available.fix for _, available in found if available.fix), "")
        return Availability(False, "Nothing can press the keys for pasting here.", fix)

    def insert(self, text: str, target: Target) -> bool | None:
        """Paste; True when the application asked for the text."""
        if self._clipboard is None:
            raise StarlingError("insert.no_clipboard", "There is no clipboard.")
        how = paste(target.application, target.toolkit, self._chosen(target.application))

        def press() -> None:
            self._still(target)
            self._press(keys_of(how.chord))

        return self._clipboard.paste(text, how, target, press)

    def undo(self, characters: int) -> None:
        """Press Backspace."""
        self._with_presser(lambda presser: presser.undo(characters))

    def hurry(self) -> None:
        """Wait for nobody any more, from any thread: what was in the clipboard is put back."""
        hurry = getattr(self._clipboard, "hurry", None)
        if hurry is not None:
            hurry()

    def close(self) -> None:
        """Let go of the clipboard."""
        if self._clipboard is not None:
            self._clipboard.close()

    def _press(self, keys: Sequence[str]) -> None:
        self._with_presser(lambda presser: presser.chord(keys))

    def _with_presser(self, use: Callable[[Presser], None]) -> None:
        trouble = StarlingError("insert.no_keys", "Nothing can press the keys for pasting here.")
        for presser in self._pressers:
            if not presser.available().ok:
                continue
            try:
                use(presser)
                return
            except StarlingError as error:
                trouble = error
        raise trouble


def keys_of(chord: Chord) -> tuple[str, ...]:
    """The keysym names of a chord: modifiers first."""
    *held, key = chord.split("+")
    return (*(MODIFIERS[name] for name in held), KEYS[key])
