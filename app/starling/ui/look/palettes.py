"""The colours of each scheme, by role. Free of Qt; ``tests/ui/look`` computes their contrast ratios."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Scheme(Enum):
    """The looks that can be chosen. ``CONTRAST`` is dark or light, as the desktop is."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


@dataclass(frozen=True)
class Theme:
    """Colour roles as ``#rrggbb`` and the widths of lines in logical pixels.

    Attributes:
        window: behind everything.
        surface: cards and lists.
        raised: buttons, menus, tooltips.
        sunken: text fields, tracks of meters, the ground of a switch.
        hover: a quiet control under the pointer.
        border: edge of a card, a line between rows.
        border_strong: edge of a control; at least 3:1 against what it stands on.
        text_disabled: text that cannot be used now; the only text below 4.5:1.
        accent_soft: ground of what is chosen, with ``text`` on it.
    """

    scheme: Scheme
    dark: bool
    window: str
    surface: str
    raised: str
    sunken: str
    hover: str
    border: str
    border_strong: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    success: str
    warning: str
    danger: str
    info: str
    focus: str
    plot: str
    plot_grid: str
    border_width: int = 1
    focus_width: int = 2


LIGHT = Theme(
    Scheme.LIGHT,
    dark=False,
    window="#f4f5f6",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#eceef0",
    hover="#e9ecee",
    border="#dde0e3",
    border_strong="#7f888f",
    text="#15191c",
    text_muted="#545c63",
    text_disabled="#8b9298",
    accent="#0b6470",
    accent_hover="#084f59",
    accent_soft="#d7ebed",
    on_accent="#ffffff",
    success="#1a6b3c",
    warning="#855000",
    danger="#b02318",
    info="#2b5aa8",
    focus="#0b6470",
    plot="#0b6470",
    plot_grid="#dde0e3",
)
DARK = Theme(
    Scheme.DARK,
    dark=True,
    window="#15181a",
    surface="#1d2124",
    raised="#282d31",
    sunken="#121517",
    hover="#2e3438",
    border="#31373b",
    border_strong="#7a848b",
    text="#eceff0",
    text_muted="#a7b0b6",
    text_disabled="#70797f",
    accent="#62c6d1",
    accent_hover="#82d6df",
    accent_soft="#163f45",
    on_accent="#04262b",
    success="#70cb8f",
    warning="#e6b85c",
    danger="#ff9087",
    info="#8fb8ff",
    focus="#62c6d1",
    plot="#62c6d1",
    plot_grid="#31373b",
)
CONTRAST_DARK = Theme(
    Scheme.CONTRAST,
    dark=True,
    window="#000000",
    surface="#000000",
    raised="#000000",
    sunken="#000000",
    hover="#333333",
    border="#ffffff",
    border_strong="#ffffff",
    text="#ffffff",
    text_muted="#ffffff",
    text_disabled="#b8b8b8",
    accent="#ffe14d",
    accent_hover="#ffffff",
    accent_soft="#3d3500",
    on_accent="#000000",
    success="#7dff9e",
    warning="#ffc766",
    danger="#ffb3ab",
    info="#a8d1ff",
    focus="#ffe14d",
    plot="#ffe14d",
    plot_grid="#8c8c8c",
    border_width=2,
    focus_width=3,
)
CONTRAST_LIGHT = Theme(
    Scheme.CONTRAST,
    dark=False,
    window="#ffffff",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#ffffff",
    hover="#dcdcdc",
    border="#000000",
    border_strong="#000000",
    text="#000000",
    text_muted="#000000",
    text_disabled="#595959",
    accent="#00309c",
    accent_hover="#000000",
    accent_soft="#d6e2ff",
    on_accent="#ffffff",
    success="#00522a",
    warning="#663300",
    danger="#8a0010",
    info="#003a8c",
    focus="#00309c",
    plot="#00309c",
    plot_grid="#737373",
    border_width=2,
    focus_width=3,
)
THEMES = (LIGHT, DARK, CONTRAST_DARK, CONTRAST_LIGHT)


def theme_for(scheme: Scheme, dark_desktop: bool | None) -> Theme:
    """The colours of a scheme; ``dark_desktop`` None: the desktop does not say, and high contrast is dark."""
    if scheme is Scheme.CONTRAST:
        return CONTRAST_LIGHT if dark_desktop is False else CONTRAST_DARK
    return DARK if scheme is Scheme.DARK else LIGHT


def scheme_for(choice: str, dark_desktop: bool | None, high_contrast: bool) -> Scheme:
    """The scheme that the setting ``window.theme`` asks for, given what the desktop says of itself."""
    if choice != "system":
        return Scheme(choice)
    if high_contrast:
        return Scheme.CONTRAST
    return Scheme.DARK if dark_desktop else Scheme.LIGHT


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0..1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
