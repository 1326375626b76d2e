"""The measures of the design language. Free of Qt; lengths are logical pixels."""

from __future__ import annotations

from typing import Literal

SPACE = (4, 8, 12, 16, 24)
"""Every gap is one of these."""
SPACE_XS, SPACE_S, SPACE_M, SPACE_L, SPACE_XL = SPACE

RADIUS = 8
"""Corners of cards and fields."""
RADIUS_SMALL = 6
"""Corners of what lies inside them: buttons, badges, menu entries."""

CONTROL_HEIGHT = 32
"""Least height of what can be pressed."""
ICON_SIZE = 18
"""Icons in buttons and card titles; the drawings have a grid of 24."""
SCROLL_BAR_WIDTH = 12
FOCUS_ROOM = 3
"""Reserved around a scrolled area for its focus ring: the widest of any theme."""
COLUMN_WIDTH = 340
COLUMN_CHARACTERS = 38
COLUMN_WIDEST = 520
"""The status panel's column: at least so wide, as many average characters, at most so wide."""

Step = Literal["caption", "body", "title", "display"]

TYPE_SCALE: dict[Step, float] = {"caption": 0.88, "body": 1.0, "title": 1.15, "display": 1.5}
"""Font sizes as factors of the system's font size."""
TYPE_WEIGHT: dict[Step, int] = {"caption": 400, "body": 400, "title": 600, "display": 600}
SMALLEST_POINTS = 7.5
"""Captions do not shrink below this where the system font is small already."""


def column_width(character_px: int) -> int:
    """Width of the status panel's column where an average character is so wide."""
    return min(COLUMN_WIDEST, max(COLUMN_WIDTH, COLUMN_CHARACTERS * character_px))


def points(step: Step, system_points: float) -> float:
    """Font size of a step in points, from the system font's."""
    return max(TYPE_SCALE[step] * system_points, min(SMALLEST_POINTS, system_points))
