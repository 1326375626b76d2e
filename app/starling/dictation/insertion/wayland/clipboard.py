"""The clipboard of Wayland through wl-clipboard, which can put back one type only."""

from __future__ import annotations

import contextlib
import select
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from starling.core.errors import StarlingError
from starling.dictation.insertion import installing, programs
from starling.dictation.insertion.chords import Paste
from starling.dictation.surroundings import Target

MOST_BYTES = 96 << 20
OFFER_S = 0.15
"""For the compositor to hand the new offer to the application; wl-copy says nothing when it owns the selection."""
PASTE_S = 0.4
"""For the application to take the text; nobody tells when it has."""
TEXT_TYPES = frozenset(("text/plain", "text/plain;charset=utf-8", "UTF8_STRING", "STRING", "TEXT", "COMPOUND_TEXT"))
SECRET_HINT = "x-kde-passwordManagerHint"
_EMPTY = ("No selection", "Nothing is copied", "does not seem to support primary selection")
"""With these words wl-paste says that there is nothing to be kept; by anything else it might be lost."""
_OWN = frozenset((SECRET_HINT, "SAVE_TARGETS", "TIMESTAMP", "TARGETS", "MULTIPLE", "DELETE"))
_SELECTIONS: dict[bool, tuple[str, ...]] = {False: (), True: ("--primary",)}


def to_keep(types: Sequence[str]) -> str | None:
    """The one type from which everything in the clipboard can be put back; empty when nothing is in it. Pure.

    None where there is no such type: text and HTML side by side, files of a file manager.
    """
    named = [name for name in types if name and name not in _OWN]
    if not named:
        return ""
    if all(name in TEXT_TYPES for name in named):
        return next((name for name in ("text/plain;charset=utf-8", "UTF8_STRING") if name in named), named[0])
    if len(named) == 1:
        return named[0]
    if all(name.startswith("image/") for name in named):  # encodings of one picture
        return "image/png" if "image/png" in named else None
    return None


@dataclass(frozen=True)
class _Kept:
    """What was in a selection; ``kind`` is empty when nothing was."""

    kind: str = ""
    data: bytes = b""
    secret: bool = False


class WaylandClipboard:
    """Pastes with wl-copy and wl-paste."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def missing(self) -> StarlingError | None:
        """Why it cannot be used."""
        if programs.find("wl-copy") and programs.find("wl-paste"):
            return None
        return StarlingError(
            "insert.no_clipboard", "wl-clipboard is not installed.", installing.command("wl-clipboard")
        )

    def paste(self, text: str, how: Paste, target: Target, press: Callable[[], None]) -> bool | None:
        """Offer a text, press the keys, and put back what was there.

        Raises:
            StarlingError: what is in the clipboard could not be put back, so it was left alone.
        """
        with self._lock:
            selections = (False, True) if how.primary else (False,)
            before = {primary: _kept(primary) for primary in selections}
            offers = []
            try:
                for primary in selections:
                    offers.append((primary, _offered(text, primary)))
                select.select([], [], [], OFFER_S)
                press()
                select.select([], [], [], PASTE_S)
            finally:
                for primary, process in offers:
                    _put_back(primary, process, before[primary])
            return None

    def close(self) -> None:
        """Nothing is held: wl-copy serves what was put back."""


def _kept(primary: bool) -> _Kept:
    words = _SELECTIONS[primary]
    try:
        types = programs.run(["wl-paste", *words, "--list-types"]).decode("utf-8", "replace").splitlines()
    except StarlingError as error:
        if any(words_of_none in error.message for words_of_none in _EMPTY):
            return _Kept()
        raise
    kind, secret = to_keep(types), SECRET_HINT in types
    if kind is None or (secret and kind and not _knows_sensitive()):
        why = "is a secret" if secret else "has several types"
        raise StarlingError(
            "insert.clipboard_unsaved",
            f"What is in the clipboard {why}, and this wl-clipboard can put back only one type without such a mark.",
            "Choose another way of insertion, or copy something else.",
        )
    if not kind:
        return _Kept()
    data = programs.run(["wl-paste", *words, "--no-newline", "--type", kind])
    if len(data) > MOST_BYTES:
        raise StarlingError("insert.clipboard_unsaved", "What is in the clipboard is too large to be put back.")
    return _Kept(kind, data, secret)


def _offered(text: str, primary: bool) -> subprocess.Popen[bytes]:
    """A wl-copy in the foreground: it ends as soon as something else is copied."""
    sensitive = ["--sensitive"] if _knows_sensitive() else []
    argv = ["wl-copy", "--foreground", *_SELECTIONS[primary], *sensitive, "--type", "text/plain;charset=utf-8"]
    try:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise StarlingError("insert.tool", f"wl-copy cannot be run ({error.strerror}).") from error
    assert process.stdin is not None
    with contextlib.suppress(OSError), process.stdin as stream:
        stream.write(text.encode("utf-8", "replace"))
    return process


def _put_back(primary: bool, process: subprocess.Popen[bytes], before: _Kept) -> None:
    """Whatever comes of it, the text is inserted, and the other selection has its turn."""
    words = _SELECTIONS[primary]
    try:
        if process.poll() is not None:
            return  # something else was copied
        with contextlib.suppress(StarlingError, OSError):
            if before.kind:
                sensitive = ["--sensitive"] if before.secret else []
                _copy(["wl-copy", *words, *sensitive, "--type", before.kind], before.data)
            else:
                programs.run(["wl-copy", *words, "--clear"])
    finally:
        process.terminate()
        _ended(process)


def _copy(argv: Sequence[str], data: bytes) -> None:
    """It serves from the background, so its output must not be waited for."""
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            process.communicate(data, programs.LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _ended(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(programs.LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@cache
def _knows_sensitive() -> bool:
    """Since wl-clipboard 2.3."""
    try:
        return b"--sensitive" in programs.run(["wl-copy", "--help"])
    except StarlingError:
        return False
