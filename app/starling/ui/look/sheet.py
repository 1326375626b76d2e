"""The one style sheet, made from a theme and the tokens.

Widgets choose by dynamic properties: ``kind`` of a button (``primary``, ``quiet``, ``danger``, ``link``), ``step`` and
``tone`` of a label, ``part`` of a frame (``card``, ``banner``, ``line``). A focused control's border grows inwards by
what its padding gives up, so nothing moves.
"""

from __future__ import annotations

from starling.locate import shipped
from starling.ui.look.palettes import Scheme, Theme
from starling.ui.look.tokens import (
    CONTROL_HEIGHT,
    FOCUS_ROOM,
    RADIUS,
    RADIUS_SMALL,
    SCROLL_BAR_WIDTH,
    SPACE_L,
    SPACE_M,
    SPACE_S,
    SPACE_XL,
    SPACE_XS,
    TYPE_SCALE,
    TYPE_WEIGHT,
    points,
)

FIELD_CONTENT_HEIGHT = 20
TABLE_MARGIN = 3
"""What Qt puts beside a table's text of itself; headings have none."""
TONES = ("muted", "accent", "success", "warning", "danger", "info")


def style_sheet(theme: Theme, system_points: float, line_px: int) -> str:
    """The sheet of a theme at the system's font size in points, a line of which is so many pixels high."""
    parts = (_ground, _labels, _buttons, _fields, _choices, _lists, _bars, _frames)
    return "\n".join([*(part(theme) for part in parts), _type(system_points), _heights(line_px)])


def controls_folder(theme: Theme) -> str:
    """Where the small drawings lie that a style sheet takes from files: arrows and ticks."""
    name = theme.scheme.value
    if theme.scheme is Scheme.CONTRAST:
        name = "contrast-dark" if theme.dark else "contrast-light"
    return shipped("resources", "icons", "controls", name).as_posix()


def _padding(theme: Theme, vertical: int, horizontal: int, *, focused: bool) -> str:
    """Padding that makes border and padding together the same with and without the focus ring."""
    taken = theme.focus_width if focused else theme.border_width
    return f"padding: {vertical - taken}px {horizontal - taken}px;"


def _ring(theme: Theme, vertical: int, horizontal: int) -> str:
    return (
        f"border: {theme.focus_width}px solid {theme.focus}; {_padding(theme, vertical, horizontal, focused=True)} "
        "outline: none;"
    )


def _edge(theme: Theme, colour: str, vertical: int, horizontal: int) -> str:
    return f"border: {theme.border_width}px solid {colour}; {_padding(theme, vertical, horizontal, focused=False)}"


def _ground(t: Theme) -> str:
    return f"""
QMainWindow, QDialog {{ background: {t.window}; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: {t.border_width}px solid {t.border_strong};
  padding: {SPACE_XS}px {SPACE_S}px; }}
QScrollArea, QScrollArea > QWidget > QWidget[part="column"], QStackedWidget {{ background: transparent; border: none; }}
QScrollArea[part="panel"] {{ border: {FOCUS_ROOM}px solid transparent; border-radius: {RADIUS + FOCUS_ROOM}px; }}
QScrollArea[part="panel"]:focus {{ border-color: {t.focus}; }}
QSplitter::handle {{ background: {t.border}; }}
QSplitter::handle:horizontal {{ width: {t.border_width}px; }}
QSplitter::handle:vertical {{ height: {t.border_width}px; }}
QStatusBar {{ background: {t.window}; color: {t.text_muted}; }}
QStatusBar::item {{ border: none; }}"""


def _labels(t: Theme) -> str:
    tones = {"muted": t.text_muted, "accent": t.accent, "success": t.success, "warning": t.warning}
    tones |= {"danger": t.danger, "info": t.info}
    return "\n".join(f'QLabel[tone="{tone}"] {{ color: {tones[tone]}; }}' for tone in TONES)


def _type(system_points: float) -> str:
    return "\n".join(
        f'QLabel[step="{step}"] {{ font-size: {points(step, system_points):.2f}pt; font-weight: {TYPE_WEIGHT[step]}; }}'
        for step in TYPE_SCALE
    )


def _heights(line_px: int) -> str:
    """Least heights of contents. A least height overrides a control's own hint, so it has to grow with the font."""
    button, field = max(CONTROL_HEIGHT - 2 * SPACE_XS, line_px), max(FIELD_CONTENT_HEIGHT, line_px)
    return f"""
QPushButton, QToolButton, QListView::item {{ min-height: {button}px; }}
QPushButton[kind="link"], QPushButton[part="segment"] {{ min-height: {line_px}px; }}
QLineEdit, QComboBox, QAbstractSpinBox {{ min-height: {field}px; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ min-height: {line_px}px; }}"""


def _buttons(t: Theme) -> str:
    quiet = 'QPushButton[kind="quiet"], QToolButton'
    return f"""
QPushButton, QToolButton {{ background: {t.raised}; color: {t.text}; border-radius: {RADIUS_SMALL}px;
  {_edge(t, t.border_strong, SPACE_XS, SPACE_M)} }}
QPushButton:hover, QToolButton:hover {{ background: {t.hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {t.border if not t.focus_width > 2 else t.hover}; }}
QPushButton:checked, QToolButton:checked {{ background: {t.accent_soft}; border-color: {t.border_strong}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.text_disabled}; border-color: {t.border};
  background: transparent; }}
QPushButton:focus {{ {_ring(t, SPACE_XS, SPACE_M)} }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
  font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {t.accent_hover}; border-color: {t.accent_hover}; }}
QPushButton[kind="primary"]:disabled {{ background: {t.border}; color: {t.text_muted}; border-color: {t.border}; }}
QPushButton[kind="primary"]:focus {{ border-color: {t.text}; }}
QPushButton[kind="danger"] {{ color: {t.danger}; border-color: {t.danger}; }}
{quiet} {{ background: transparent; {_edge(t, "transparent", SPACE_XS, SPACE_XS)} }}
QPushButton[kind="quiet"]:hover, QToolButton:hover {{ background: {t.hover}; }}
QPushButton[kind="quiet"]:pressed, QToolButton:pressed {{ background: {t.accent_soft}; }}
QPushButton[kind="quiet"]:checked, QToolButton:checked {{ background: {t.accent_soft};
  border-color: {t.border_strong}; }}
QPushButton[kind="quiet"]:disabled, QToolButton:disabled {{ color: {t.text_disabled}; border-color: transparent; }}
QPushButton[kind="quiet"]:focus, QToolButton:focus {{ {_ring(t, SPACE_XS, SPACE_XS)} }}
QPushButton[kind="link"] {{ background: transparent; color: {t.accent}; text-align: left;
  {_edge(t, "transparent", SPACE_XS, SPACE_XS)} }}
QPushButton[kind="link"]:hover {{ background: {t.hover}; }}
QPushButton[kind="link"]:focus {{ {_ring(t, SPACE_XS, SPACE_XS)} }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton[part="segment"] {{ background: transparent; color: {t.text_muted};
  {_edge(t, "transparent", SPACE_XS, SPACE_M)} }}
QPushButton[part="segment"]:hover {{ color: {t.text}; background: {t.hover}; }}
QPushButton[part="segment"]:checked {{ background: {t.accent_soft if t.border_width > 1 else t.raised};
  color: {t.text}; border-color: {t.border_strong}; }}
QPushButton[part="segment"]:disabled {{ color: {t.text_disabled}; }}
QPushButton[part="segment"]:focus {{ {_ring(t, SPACE_XS, SPACE_M)} }}"""


def _fields(t: Theme) -> str:
    fields = ("QLineEdit", "QPlainTextEdit", "QTextEdit", "QAbstractSpinBox", "QComboBox")
    every = ", ".join(fields)
    focused = ", ".join(f"{field}:focus" for field in fields)
    disabled = ", ".join(f"{field}:disabled" for field in fields)
    folder = controls_folder(t)
    return f"""
{every} {{ background: {t.surface}; color: {t.text}; border-radius: {RADIUS_SMALL}px;
  selection-background-color: {t.accent}; selection-color: {t.on_accent};
  {_edge(t, t.border_strong, SPACE_XS + 2, SPACE_S)} }}
{disabled} {{ color: {t.text_disabled}; background: {t.window}; border-color: {t.border}; }}
{focused} {{ {_ring(t, SPACE_XS + 2, SPACE_S)} }}
QLineEdit, QPlainTextEdit, QTextEdit {{ placeholder-text-color: {t.text_muted}; }}
QLineEdit QToolButton {{ min-height: 0; padding: 0; border: none; background: transparent; }}
QComboBox::drop-down {{ subcontrol-origin: padding; subcontrol-position: center right; width: 20px; border: none; }}
QComboBox::down-arrow {{ image: url("{folder}/chevron-down.svg"); width: 16px; height: 16px; }}
QComboBox QAbstractItemView {{ background: {t.raised}; color: {t.text};
  border: {t.border_width}px solid {t.border_strong};
  selection-background-color: {t.accent_soft}; selection-color: {t.text}; padding: {SPACE_XS}px; outline: none; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 22px; border: none;
  background: transparent; }}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {t.hover};
  margin: {t.focus_width}px; }}
QAbstractSpinBox::up-arrow {{ image: url("{folder}/chevron-up.svg"); width: 12px; height: 12px; }}
QAbstractSpinBox::down-arrow {{ image: url("{folder}/chevron-down.svg"); width: 12px; height: 12px; }}"""


def _choices(t: Theme) -> str:
    folder = controls_folder(t)
    return f"""
QCheckBox, QRadioButton {{ color: {t.text}; spacing: {SPACE_S}px; border-radius: {RADIUS_SMALL}px;
  border: {t.focus_width}px solid transparent; padding: {SPACE_XS - 2}px; }}
QCheckBox:focus, QRadioButton:focus {{ border-color: {t.focus}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {t.text_disabled}; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 16px; height: 16px; background: {t.surface};
  border: {t.border_width}px solid {t.border_strong}; }}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: {8 + t.border_width}px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {t.accent}; }}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; }}
QCheckBox::indicator:checked {{ image: url("{folder}/check.svg"); }}
QRadioButton::indicator:checked {{ image: url("{folder}/dot.svg"); }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {t.border}; background: {t.window}; }}
QSlider {{ border: {t.focus_width}px solid transparent; border-radius: {RADIUS_SMALL}px; }}
QSlider:focus {{ border-color: {t.focus}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.border_strong}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {t.accent}; }}
QSlider::handle:horizontal {{ width: 16px; height: 16px; margin: -7px 0; border-radius: 9px;
  background: {t.surface}; border: 2px solid {t.accent}; }}
QSlider::handle:horizontal:hover {{ background: {t.accent_soft}; }}
QSlider::handle:horizontal:disabled {{ border-color: {t.border_strong}; }}"""


def _lists(t: Theme) -> str:
    return f"""
QAbstractItemView {{ background: {t.surface}; color: {t.text}; border: {t.border_width}px solid {t.border};
  border-radius: {RADIUS}px; outline: none; }}
QAbstractItemView:focus {{ border: {t.focus_width}px solid {t.focus}; }}
QListView::item {{ padding: {SPACE_XS}px {SPACE_S}px; border-radius: {RADIUS_SMALL}px; min-height: 24px;
  border-left: 3px solid transparent; }}
QAbstractItemView::item:hover {{ background: {t.hover}; color: {t.text}; }}
QAbstractItemView::item:selected {{ background: {t.accent_soft}; color: {t.text};
  border-left: 3px solid {t.accent}; }}
QTableView::item {{ padding: 0 {SPACE_S - TABLE_MARGIN}px; }}
QTableView::item:selected {{ border-left: none; }}
QHeaderView {{ background: transparent; border: none; border-radius: 0; }}
QHeaderView::section {{ background: {t.window}; color: {t.text_muted}; border: none;
  border-bottom: {t.border_width}px solid {t.border}; padding: {SPACE_XS}px {SPACE_S}px; }}
QMenu {{ background: {t.raised}; color: {t.text}; border: {t.border_width}px solid {t.border_strong};
  padding: {SPACE_XS}px; }}
QMenu::item {{ padding: {SPACE_XS + 2}px {SPACE_XL}px {SPACE_XS + 2}px {SPACE_S}px; border-radius: {RADIUS_SMALL}px; }}
QMenu::item:selected {{ background: {t.accent_soft}; color: {t.text}; border: {t.border_width}px solid {t.accent}; }}
QMenu::item:disabled {{ color: {t.text_disabled}; }}
QMenu::icon {{ padding-left: {SPACE_S}px; }}
QMenu::separator {{ height: {t.border_width}px; background: {t.border}; margin: {SPACE_XS}px {SPACE_S}px; }}
QMenuBar {{ background: {t.window}; color: {t.text}; }}
QMenuBar::item {{ background: transparent; padding: {SPACE_XS}px {SPACE_S}px; border-radius: {RADIUS_SMALL}px; }}
QMenuBar::item:selected {{ background: {t.accent_soft}; }}
QTabBar::tab {{ background: transparent; color: {t.text_muted}; padding: {SPACE_S}px {SPACE_L}px;
  border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; }}
QTabBar::tab:focus {{ color: {t.text}; border: {t.focus_width}px solid {t.focus}; }}
QTabWidget::pane {{ border: none; }}"""


def _bars(t: Theme) -> str:
    return f"""
QScrollBar:vertical {{ background: transparent; width: {SCROLL_BAR_WIDTH}px; margin: 0; border: none; }}
QScrollBar:horizontal {{ background: transparent; height: {SCROLL_BAR_WIDTH}px; margin: 0; border: none; }}
QScrollBar::handle {{ background: {t.border_strong}; border-radius: 2px; margin: 4px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::handle:hover {{ background: {t.text_muted}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
  border: none; width: 0; height: 0; }}
QProgressBar {{ background: {t.sunken}; color: {t.text}; border: {t.border_width}px solid {t.border};
  border-radius: {RADIUS_SMALL}px; text-align: center; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: {RADIUS_SMALL - 1}px; }}"""


def _frames(t: Theme) -> str:
    banners = "\n".join(
        f'QFrame[part="banner"][kind="{kind}"] {{ border-left: 4px solid {colour}; }}'
        for kind, colour in (("info", t.info), ("warning", t.warning), ("error", t.danger))
    )
    return f"""
QFrame[part="card"] {{ background: {t.surface}; border: {t.border_width}px solid {t.border};
  border-radius: {RADIUS}px; }}
QFrame[part="switch"] {{ background: {t.sunken}; border: {t.border_width}px solid {t.border_strong};
  border-radius: {RADIUS}px; }}
QFrame[part="command"] {{ background: {t.sunken}; border: {t.border_width}px solid {t.border};
  border-radius: {RADIUS_SMALL}px; }}
QFrame[part="line"] {{ background: {t.border}; border: none; max-height: {t.border_width}px; }}
QFrame[part="banner"] {{ background: {t.surface}; border: {t.border_width}px solid {t.border_strong};
  border-radius: {RADIUS}px; }}
{banners}"""
