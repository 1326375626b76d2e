import re
from dataclasses import fields

import pytest

from starling.locate import shipped
from starling.ui.look.palettes import THEMES, Scheme, contrast, scheme_for, theme_for
from starling.ui.look.sheet import controls_folder, style_sheet
from starling.ui.look.tokens import SPACE, TYPE_SCALE, column_width, points

GROUNDS = ("window", "surface", "raised", "sunken", "hover", "accent_soft")
TEXTS = ("text", "text_muted")
COLOURED_TEXTS = ("accent", "success", "warning", "danger", "info")
COLOURED_GROUNDS = ("window", "surface", "raised")
every_theme = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: f"{theme.scheme.value}-{theme.dark}")


def least(theme) -> float:
    return 7.0 if theme.scheme is Scheme.CONTRAST else 4.5


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ff0000", 1.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_what_wcag_says(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@every_theme
def test_text_can_be_read(theme):
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [(text, ground) for text in COLOURED_TEXTS for ground in COLOURED_GROUNDS]
    pairs += [("on_accent", "accent"), ("on_accent", "accent_hover")]
    ratios = {pair: contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) for pair in pairs}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < least(theme)} == {}


@every_theme
def test_edges_focus_and_plots_can_be_seen(theme):
    pairs = [(line, ground) for line in ("border_strong", "focus", "plot") for ground in COLOURED_GROUNDS]
    assert [pair for pair in pairs if contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) < 3] == []
    assert theme.focus_width > theme.border_width


@every_theme
def test_disabled_text_is_still_there(theme):
    assert contrast(theme.text_disabled, theme.surface) > 2.5


def test_high_contrast_is_black_and_white_with_thick_lines():
    for theme in THEMES[2:]:
        assert {theme.window, theme.text} == {"#000000", "#ffffff"}
        assert (theme.border_width, theme.focus_width) == (2, 3)


@pytest.mark.parametrize(
    ("choice", "dark", "high", "expected"),
    [
        ("system", False, False, Scheme.LIGHT),
        ("system", True, False, Scheme.DARK),
        ("system", None, False, Scheme.LIGHT),
        ("system", True, True, Scheme.CONTRAST),
        ("system", False, True, Scheme.CONTRAST),
        ("light", True, True, Scheme.LIGHT),
        ("dark", False, True, Scheme.DARK),
        ("contrast", None, False, Scheme.CONTRAST),
    ],
)
def test_what_is_chosen_comes_before_what_the_desktop_says(choice, dark, high, expected):
    assert scheme_for(choice, dark, high) is expected


@pytest.mark.parametrize(("dark", "expected"), [(True, True), (None, True), (False, False)])
def test_high_contrast_is_light_on_a_light_desktop(dark, expected):
    assert theme_for(Scheme.CONTRAST, dark).dark is expected


@every_theme
def test_the_sheet_uses_the_themes_colours_only(theme):
    known = {getattr(theme, field.name) for field in fields(theme) if field.name not in ("scheme", "dark")}
    assert set(re.findall(r"#[0-9a-f]{6}", style_sheet(theme, 10.0, 16))) <= known


@every_theme
def test_drawings_of_controls_have_the_themes_colours(theme):
    colours = {"chevron-up": theme.text_muted, "chevron-down": theme.text_muted}
    colours |= {"check": theme.on_accent, "dot": theme.on_accent}
    folder = controls_folder(theme)
    used = set(re.findall(rf'url\("{re.escape(folder)}/([\w-]+)\.svg"\)', style_sheet(theme, 10.0, 16)))
    assert used == set(colours)
    for name, colour in colours.items():
        drawing = (shipped("resources", "icons", "controls") / folder.rpartition("/")[2] / f"{name}.svg").read_text()
        assert set(re.findall(r"#[0-9a-f]{6}", drawing)) == {colour}


def test_type_scale_follows_the_system_font():
    for step in TYPE_SCALE:
        assert points(step, 20) == pytest.approx(2 * points(step, 10))
    assert points("caption", 8) == 7.5
    assert list(SPACE) == [4, 8, 12, 16, 24]


@pytest.mark.parametrize(("character", "expected"), [(6, 340), (8, 340), (10, 380), (30, 520)])
def test_column_grows_with_the_font(character, expected):
    assert column_width(character) == expected
