"""A key that was pressed, as the settings write it."""

from __future__ import annotations

import string

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from starling.dictation.keys.chord import MODIFIERS

_NAMED: dict[Qt.Key, str] = {
    Qt.Key.Key_Space: "space",
    Qt.Key.Key_Pause: "Pause",
    Qt.Key.Key_ScrollLock: "Scroll_Lock",
    Qt.Key.Key_Print: "Print",
    Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Menu: "Menu",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backspace: "BackSpace",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Home: "Home",
    Qt.Key.Key_End: "End",
    Qt.Key.Key_PageUp: "Prior",
    Qt.Key.Key_PageDown: "Next",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Minus: "minus",
    Qt.Key.Key_Equal: "equal",
    Qt.Key.Key_Comma: "comma",
    Qt.Key.Key_Period: "period",
    Qt.Key.Key_Slash: "slash",
    Qt.Key.Key_Backslash: "backslash",
    Qt.Key.Key_Semicolon: "semicolon",
    Qt.Key.Key_Apostrophe: "apostrophe",
    Qt.Key.Key_BracketLeft: "bracketleft",
    Qt.Key.Key_BracketRight: "bracketright",
    Qt.Key.Key_QuoteLeft: "grave",
    Qt.Key.Key_MicMute: "XF86AudioMicMute",
    Qt.Key.Key_Calculator: "XF86Calculator",
    Qt.Key.Key_Favorites: "XF86Favorites",
}
_NAMES = (
    _NAMED
    | {Qt.Key(Qt.Key.Key_F1.value + number): f"F{number + 1}" for number in range(35)}
    | {Qt.Key(ord(letter.upper())): letter for letter in string.ascii_lowercase + string.digits}
)
_MASKS = {
    "ctrl": Qt.KeyboardModifier.ControlModifier,
    "alt": Qt.KeyboardModifier.AltModifier,
    "shift": Qt.KeyboardModifier.ShiftModifier,
    "super": Qt.KeyboardModifier.MetaModifier,
}


def pressed(event: QKeyEvent) -> str:
    """``ctrl+alt+space``; empty for a modifier alone and for keys that cannot be global."""
    try:
        name = _NAMES.get(Qt.Key(event.key()), "")
    except ValueError:
        return ""
    held = [word for word in MODIFIERS if event.modifiers() & _MASKS[word]]
    return "+".join((*held, name)) if name else ""
