import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget

from starling.pipeline import events
from starling.settings.schema import PAGES, SETTINGS
from starling.settings.store import load
from starling.ui.preferences.dialog import Preferences
from tests.ui.preferences.controls import operate

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform has no window manager


def shown(dialog):
    return [setting.key for setting in SETTINGS if dialog.form.rows[setting.key].isVisibleTo(dialog)]


def of_page(page, advanced=False):
    return [s.key for s in SETTINGS if s.page == page and (advanced or not s.advanced)]


def answer(dialog, text):
    (box,) = dialog.findChildren(QMessageBox)
    next(button for button in box.findChildren(QPushButton) if button.text().replace("&", "") == text).click()


def test_the_first_page_comes_without_its_rare_settings(dialog):
    assert shown(dialog) == of_page("listening")
    more = dialog.form.views["listening"].more
    assert more.text() == "Show advanced settings"
    more.click()
    assert shown(dialog) == of_page("listening", advanced=True)
    assert more.text() == "Hide advanced settings"
    more.click()
    assert shown(dialog) == of_page("listening")


def test_pages_are_chosen_by_mouse_and_keyboard(qtbot, dialog):
    for row, page in enumerate(PAGES):
        dialog.pages.setCurrentRow(row)
        assert shown(dialog) == of_page(page.key)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
    assert shown(dialog) == of_page(PAGES[-2].key)
    qtbot.keyClick(dialog, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    assert shown(dialog) == of_page(PAGES[-1].key)


def test_a_search_shows_what_it_finds_on_any_page_and_marks_it(qtbot, dialog):
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.pages.setFocus()
    qtbot.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.search.hasFocus()
    qtbot.keyClicks(dialog.search, "keep")
    found = ["history.keep", "history.keep_days", "history.keep_audio", "history.keep_audio_days"]
    assert [key for key in shown(dialog) if key.startswith("history.")] == found
    assert dialog.pages.currentRow() == -1
    assert "underline" in dialog.form.rows["history.keep"].title.text()
    assert dialog.status.text() == f"Settings found: {len(shown(dialog))}"
    assert dialog.form.rows["history.keep"].editor.field.accessibleName() == "Keep texts"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.form.rows[shown(dialog)[0]].editor.field.hasFocus()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.search.text(), dialog.isVisible()) == ("", True)
    assert shown(dialog) == of_page("listening")
    assert "underline" not in dialog.form.rows["history.keep"].title.text()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_search_shows_rare_settings_too(dialog):
    dialog.search.setText("hangover")
    assert shown(dialog) == ["vad.hangover"]


def test_a_search_for_nothing_says_so_and_offers_to_end(dialog):
    dialog.search.setText("<b>xyzzy</b>")
    assert shown(dialog) == []
    assert dialog.form.nothing.isVisible()
    assert dialog.form.nothing.text.text() == "No setting matches “<b>xyzzy</b>”."
    dialog.form.nothing.clear.click()
    assert dialog.search.text() == ""
    assert not dialog.form.nothing.isVisible()
    assert shown(dialog) == of_page("listening")


def test_choosing_a_page_ends_a_search(dialog):
    dialog.search.setText("keep")
    dialog.pages.setCurrentRow([page.key for page in PAGES].index("voice"))
    assert dialog.search.text() == ""
    assert shown(dialog) == of_page("voice")


def test_it_opens_at_a_setting(qtbot, settings, service, bridge):
    dialog = Preferences(settings, service, bridge)
    qtbot.addWidget(dialog)
    dialog.open_at("vad.longest")
    qtbot.waitUntil(dialog.isActiveWindow)
    row = dialog.form.rows["vad.longest"]
    qtbot.waitUntil(row.editor.field.hasFocus)
    assert row.isVisible()
    visible = dialog.form.viewport().rect()
    assert visible.contains(row.mapTo(dialog.form.viewport(), row.rect().center()))
    dialog.search.setText("keep")
    dialog.open_at("history")
    assert dialog.search.text() == ""
    assert shown_of(dialog) == of_page("history")
    dialog.open_at("no.such.setting")
    assert shown_of(dialog) == of_page("history")


def shown_of(dialog):
    return [key for key, row in dialog.form.rows.items() if row.isVisibleTo(dialog)]


def test_all_are_reset_only_after_a_yes(qtbot, dialog, settings, service):
    assert not dialog.reset_all.isEnabled()
    for key, value in (("tts.speed", 1.5), ("history.keep", False), ("window.theme", "dark")):
        dialog.changes.set(key, value)
    assert dialog.changes.writer.flush(5.0)
    assert dialog.reset_all.isEnabled()
    dialog.reset_all.click()
    answer(dialog, "Cancel")
    assert settings.get("tts.speed") == 1.5
    qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox))
    with qtbot.waitSignal(dialog.theme_changed) as theme:
        dialog.reset_all.click()
        answer(dialog, "Reset all")
    assert theme.args == ["system"]
    assert [s.key for s in SETTINGS if settings.get(s.key) != s.default] == []
    assert len(service.told("apply")) == 4
    assert dialog.changes.writer.flush(5.0)
    assert [s.key for s in SETTINGS if load().get(s.key) != s.default] == []
    assert not dialog.reset_all.isEnabled()


def test_a_new_appearance_is_told(qtbot, dialog):
    with qtbot.waitSignal(dialog.theme_changed) as theme:
        operate(dialog.form.rows["window.theme"].editor.field, "dark")
    assert theme.args == ["dark"]


def test_what_needs_a_switch_waits_for_it(dialog, settings):
    row = dialog.form.rows["history.keep_days"]
    operate(dialog.form.rows["history.keep"].editor.field, False)
    assert not row.isEnabled()
    assert "Only with “Keep texts” on." in row.description.text()
    operate(dialog.form.rows["history.keep"].editor.field, True)
    assert row.isEnabled()
    assert "Only with" not in row.description.text()


def test_the_history_is_deleted_only_after_a_yes(qtbot, dialog, service):
    dialog.form.show_page("history")
    (delete,) = [b for b in dialog.findChildren(QPushButton) if "Delete the whole" in b.text()]
    delete.click()
    answer(dialog, "Cancel")
    qtbot.waitUntil(lambda: not dialog.findChildren(QMessageBox))
    assert service.told("clear") == []
    delete.click()
    answer(dialog, "Delete all")
    assert service.told("clear") == [("clear",)]


def test_what_the_main_window_changes_is_followed(dialog, settings, service, tell):
    settings.use("listen.mode", "dictation")
    tell(events.Listening("dictation", "always", False))
    assert dialog.form.rows["listen.mode"].editor.value() == "dictation"
    assert dialog.form.rows["listen.mode"].reset.isEnabled()
    assert service.told("apply") == []


def test_what_is_being_changed_is_not_shown_over(qtbot, dialog, settings, tell):
    dialog.form.show_page("voice")
    editor = dialog.form.rows["tts.speed"].editor
    operate(editor.field, 1.05)
    tell(events.Listening("assistant", "always", False))
    assert editor.value() == 1.05
    qtbot.waitUntil(lambda: settings.get("tts.speed") == 1.05)


def test_closing_takes_and_saves_what_was_just_changed(dialog, settings):
    operate(dialog.form.rows["tts.speed"].editor.field, 1.05)
    assert settings.get("tts.speed") == 1.0
    dialog.close()
    assert settings.get("tts.speed") == 1.05
    assert dialog.changes.writer.flush(5.0)
    assert load().get("tts.speed") == 1.05


def test_values_on_the_way_are_not_applied(qtbot, dialog, settings, service):
    field = dialog.form.rows["tts.speed"].editor.field
    for _ in range(5):
        operate(field, None)
    qtbot.waitUntil(lambda: settings.get("tts.speed") == 1.25)
    assert len(service.told("apply")) == 1


def test_the_wheel_scrolls_the_page_and_changes_nothing(qtbot, dialog):
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.form.show_page("window")
    field = dialog.form.rows["window.theme"].editor.field
    turn_wheel(field)
    assert field.currentData() == "system"
    field.setFocus()
    assert field.hasFocus()
    turn_wheel(field)
    assert field.currentData() == "light"


def turn_wheel(field):
    at = QPointF(field.rect().center())
    down = QPoint(0, -120)
    event = QWheelEvent(
        at,
        QPointF(field.mapToGlobal(at.toPoint())),
        QPoint(),
        down,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field, event)


def test_tab_visits_every_control_of_a_page_in_order(qtbot, dialog):
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    for key in ("vad.hangover", "tts.speed"):
        dialog.changes.set(key, dialog.form.rows[key].editor.value() * 2)
    dialog.pages.setCurrentRow(0)
    dialog.form.views["listening"].more.click()
    dialog.search.setFocus()
    visited = []
    for _ in range(40):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
        if visited[-1] is dialog.search:
            break
    fields = [dialog.form.rows[key].editor.field for key in of_page("listening", advanced=True)]
    assert [widget for widget in visited if widget in fields] == fields
    assert visited[0] is dialog.pages
    assert dialog.form.rows["vad.hangover"].reset in visited
    assert visited[-3:] == [dialog.reset_all, dialog.close_button, dialog.search]


def test_everything_that_takes_the_focus_has_a_name_and_a_role(dialog):
    for page in PAGES:
        dialog.form.show_page(page.key)
        dialog.form.views[page.key].reveal(of_page(page.key, advanced=True)[-1])
        for widget in dialog.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner(widget):
                interface = QAccessible.queryAccessibleInterface(widget)
                assert interface.text(QAccessible.Text.Name), widget
                assert interface.role() not in (QAccessible.Role.NoRole, QAccessible.Role.Client), widget


def inner(widget):
    """Parts that Qt makes inside controls are reached through those."""
    return widget.objectName().startswith("qt_") or type(widget).__name__ in ("QListView", "QComboBoxPrivateContainer")


@pytest.mark.parametrize("size", [(700, 400), (760, 480)])
def test_it_fits_into_small_screens(dialog, size):
    dialog.resize(*size)
    assert (dialog.width(), dialog.height()) == size
    for page in PAGES:
        dialog.form.show_page(page.key)
        QApplication.processEvents()
        assert dialog.form.inside.width() <= dialog.form.viewport().width()


def test_it_can_be_thrown_away_while_something_is_being_saved(qtbot, settings, service, bridge):
    dialog = Preferences(settings, service, bridge)
    dialog.form.show_found("")
    dialog.changes.set("tts.speed", 1.5)
    writer = dialog.changes.writer
    dialog.deleteLater()
    del dialog
    QApplication.processEvents()
    assert writer.flush(5.0)
    assert load().get("tts.speed") == 1.5
