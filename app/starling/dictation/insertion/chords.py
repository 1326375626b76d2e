"""Which keys paste in which application, and which of them are terminals. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Chord = Literal["ctrl+v", "ctrl+shift+v", "shift+insert"]
CHORDS: tuple[Chord, ...] = ("ctrl+v", "ctrl+shift+v", "shift+insert")

MODIFIERS = {"ctrl": "Control_L", "shift": "Shift_L"}
KEYS = {"v": "v", "insert": "Insert"}

_SHIFT_INSERT_TERMINALS = frozenset(
    "xterm uxterm xterm-256color koi8rxterm rxvt urxvt rxvt-unicode st st-256color stterm aterm eterm mlterm".split()
)
"""They paste with Shift+Insert, from the primary selection."""
_TERMINALS = frozenset(
    "gnome-terminal gnome-terminal-server org.gnome.terminal org.gnome.console kgx org.gnome.ptyxis ptyxis konsole "
    "org.kde.konsole yakuake xfce4-terminal mate-terminal lxterminal qterminal terminator tilix guake terminology "
    "alacritty kitty foot footclient org.codeberg.dnkl.foot wezterm org.wezfurlong.wezterm ghostty "
    "com.mitchellh.ghostty tilda sakura roxterm deepin-terminal cool-retro-term contour rio warp "
    "io.elementary.terminal blackbox com.raggesilver.blackbox cosmic-term com.system76.cosmicterm".split()
)
_CTRL_V = frozenset(
    (
        "firefox firefox-esr org.mozilla.firefox librewolf thunderbird chromium chromium-browser "
        "google-chrome chrome brave brave-browser vivaldi opera microsoft-edge slack discord signal element "
        "teams telegram-desktop telegramdesktop org.telegram.desktop whatsdesk zulip skype obsidian code "
        "code-oss vscodium codium cursor jetbrains-idea mousepad org.xfce.mousepad gedit org.gnome.gedit "
        "gnome-text-editor org.gnome.texteditor kate org.kde.kate kwrite pluma xed featherpad geany "
        "libreoffice libreoffice-writer soffice evolution kmail zenity starling io.github.starling.starling"
    ).split()
)
_CTRL_V_TOOLKITS = frozenset(("gtk", "qt", "chromium", "gecko", "webkitgtk"))


@dataclass(frozen=True)
class Paste:
    """How an application pastes.

    Attributes:
        chord: what is pressed.
        primary: the primary selection has to hold the text too.
    """

    chord: Chord
    primary: bool


def is_terminal(application: str) -> bool:
    """Whether Enter would run a command there."""
    return application in _TERMINALS or application in _SHIFT_INSERT_TERMINALS


def paste(application: str, toolkit: str, chosen: str = "") -> Paste:
    """The chord of an application; Shift+Insert where nothing is known, which most applications take.

    Args:
        application: the class of its window, in lower case.
        toolkit: by what it is drawn; may be empty.
        chosen: the user's own choice for it; empty for none.
    """
    for chord in CHORDS:
        if chosen == chord:
            return Paste(chord, chord == "shift+insert")
    if application in _SHIFT_INSERT_TERMINALS:
        return Paste("shift+insert", True)
    if application in _TERMINALS:
        return Paste("ctrl+shift+v", False)
    if application in _CTRL_V or toolkit.lower() in _CTRL_V_TOOLKITS:
        return Paste("ctrl+v", False)
    return Paste("shift+insert", True)
