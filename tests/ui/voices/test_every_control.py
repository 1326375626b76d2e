"""The whole page by keyboard, by name and in another language."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from starling.pipeline import events
from tests.ui.voices.conftest import BOTH, DEMO_ONLY
from tests.ui.window.conftest import visible_children
from tests.ui.window.test_translation import Brackets, untranslated

KINDS = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit, QListView, QPlainTextEdit, QSpinBox)
MOST_STOPS = 100


def interactive(page: QWidget) -> list[QWidget]:
    return [child for child in visible_children(page) if isinstance(child, KINDS) and child.focusPolicy()]


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r} in {type(widget.parentWidget()).__name__}"


def name_of(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


@pytest.fixture(params=["cpu", "demo"])
def full(make_stage, request):
    stage = make_stage(DEMO_ONLY, size=(1400, 1100))
    stage.view.filters.tiers.chosen.emit(request.param)
    return stage


def test_everything_has_a_name(full):
    found = interactive(full.page)
    assert len(found) > 12
    inner = ("QComboBoxListView", "QLineEdit")  # of boxes, which have names
    unnamed = [described(each) for each in found if not name_of(each).strip()]
    assert [each for each in unnamed if "SpinBox" not in each and not each.startswith(inner)] == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_reaches_everything_and_gets_out(qtbot, full, key):
    full.view.list.setFocus()
    reached: list[QWidget] = []
    while (focus := QApplication.focusWidget()) not in reached:
        reached.append(focus)
        assert len(reached) < MOST_STOPS
        qtbot.keyClick(focus, key)
    assert any(full.window.rail.isAncestorOf(stop) for stop in reached)
    for widget in interactive(full.page):
        by_arrows = widget.property("part") == "segment" and not widget.isChecked()
        proxy = widget.focusProxy() is not None or isinstance(widget.parentWidget(), QSpinBox | QComboBox)
        scroll_bar = type(widget).__name__ == "QScrollBar"
        if widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not (by_arrows or proxy):
            assert scroll_bar or widget in reached, described(widget)


def test_tab_goes_from_top_to_bottom(qtbot, full):
    view = full.view
    view.filters.search.setFocus()
    order = []
    for _ in range(12):
        focus = QApplication.focusWidget()
        part = next(
            (part for part in (view.filters, view.list, view.preview, view.engines) if inside(part, focus)), None
        )
        if part is not None and part not in order:
            order.append(part)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert order[:3] == [view.filters, view.list, view.preview]


def inside(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)


def test_find_hear_save_as_favourite_and_use_without_a_mouse(qtbot, make_stage):
    """From the start of the window to another voice in use."""
    stage = make_stage(catalogue=None)
    stage.window.show_page("talk")
    stage.window.composer.talk.setFocus()

    def press(key, modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    stage.tell(BOTH)
    press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(QApplication.focusWidget(), "british male")
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Space)
    assert stage.told("preview")[0][2] == "bm_george"
    asked = stage.began()
    press(Qt.Key.Key_Escape)
    assert stage.told("stop_preview") == [("stop_preview",)]
    stage.tell(events.PreviewEnded(asked, stopped=True))
    press(Qt.Key.Key_F)
    assert stage.told("set_favourite") == [("set_favourite", "bm_george", True)]
    press(Qt.Key.Key_U)
    assert stage.settings.get("tts.voice") == "bm_george"
    press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert stage.window.composer.talk.hasFocus()
    assert stage.told("press") == []


def test_every_text_is_translated(qtbot, make_stage):
    translator = Brackets()
    QCoreApplication.installTranslator(translator)
    try:
        stage = make_stage(DEMO_ONLY, size=(1400, 1100))
        asked = events.Preview("1", "en-us", "demo")
        ended = events.PreviewEnded(
            asked, "demo", "en-us", audio_s=1.0, synthesis_s=0.1, waited_ms=900.0, time_to_first_audio_ms=30.0
        )
        failed = events.PreviewEnded(asked, error={"message": "[No.]", "fix": "[Do.]"})
        shown = set()
        for told in ([], [events.PreviewLoading(asked)], [ended], [events.PreviewExported("/1.wav", 1.0)], [failed]):
            stage.tell(*told)
            for tier in ("cpu", "demo"):
                stage.view.filters.tiers.chosen.emit(tier)
                shown |= untranslated(stage.page)
        data = {shown_voice.language_name for tier in DEMO_ONLY.tiers for shown_voice in tier.voices}
        data |= {shown_voice.id for tier in DEMO_ONLY.tiers for shown_voice in tier.voices}
        data |= {tier.reason for tier in DEMO_ONLY.tiers}
        assert {text for text in shown - data if not text.startswith(tuple(data))} == set()
    finally:
        QCoreApplication.removeTranslator(translator)
