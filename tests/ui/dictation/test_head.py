from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from starling.dictation.text import lists, profiles
from starling.dictation.text.rules import Profile

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
PARTS = ("settings", "vocabulary", "replacements", "blocklist", "profiles")


def type_in(head, text):
    head.tried.field.setText(text)


def test_a_text_is_tried_with_what_had_a_part(qtbot, place, head):
    lists.add(lists.VOCABULARY, place, ["Kubernetes"])
    type_in(head, "dear cubernetes comma twenty three")
    qtbot.waitUntil(lambda: head.tried.result.text() == "Dear Kubernetes, 23")
    assert "Vocabulary: “Kubernetes”" in head.tried.acted.text()
    assert "Spoken punctuation" in head.tried.acted.text()
    lists.add(lists.REPLACEMENTS, place, [lists.REPLACEMENTS.check("dear", "Hi")])  # by another program
    qtbot.waitUntil(lambda: head.tried.result.text() == "Hi Kubernetes, 23")
    type_in(head, "scratch that")
    qtbot.waitUntil(lambda: "taken back" in head.tried.acted.text())
    assert head.tried.result.text() == "Nothing is written."
    type_in(head, "")
    qtbot.waitUntil(lambda: not head.tried.result.isVisible())


def test_a_text_is_tried_as_in_the_application_that_is_chosen(qtbot, place, head):
    profiles.put(place, "gvim & co", lambda one: Profile(one.application, formatting=False))
    type_in(head, "good comma")
    qtbot.waitUntil(lambda: head.tried.result.text() == "Good,")
    head.show_part("profiles")
    qtbot.waitUntil(lambda: head.tried.result.text() == "good comma")
    assert head.tried.title.text() == "Tr&y it, as in gvim && co"
    assert "Application “gvim & co”" in head.tried.acted.text()
    head.show_part("settings")
    qtbot.waitUntil(lambda: head.tried.result.text() == "Good,")
    assert head.tried.title.text() == "Tr&y it"


def test_a_setting_counts_at_once(qtbot, head):
    type_in(head, "good comma")
    qtbot.waitUntil(lambda: head.tried.result.text() == "Good,")
    head._settings.use("dictation.formatting", False)
    head.setting_changed("dictation.formatting")
    qtbot.waitUntil(lambda: head.tried.result.text() == "good comma")


def test_a_list_is_built_when_it_is_shown(head):
    assert head.views == {}
    head.show_part("vocabulary")
    assert list(head.views) == ["vocabulary"]


@pytest.fixture
def page(qtbot, bridge_settings_service):
    from starling.ui.preferences.dialog import Preferences

    settings, service, bridge = bridge_settings_service
    dialog = Preferences(settings, service, bridge)
    qtbot.addWidget(dialog)
    dialog.open_at("dictation")
    qtbot.waitUntil(lambda: not dialog._building.isActive())
    yield dialog
    dialog.close()
    dialog.form.views["dictation"]._head[0].desk.close()


@pytest.fixture
def bridge_settings_service(qtbot):
    from starling.settings.store import load
    from starling.ui.bridge import Bridge
    from tests.helpers.fake_service import FakeService

    bridge, settings = Bridge(), load()
    yield settings, FakeService(bridge.emit_from_any_thread, settings), bridge
    bridge.close()


def letters(widget):
    """What Alt reaches in a window now."""
    texts = [
        each.text() for kind in (QAbstractButton, QLabel) for each in widget.findChildren(kind) if each.isVisible()
    ]
    texts = [text.replace("&&", "") for text in texts]
    return Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)


@pytest.mark.parametrize("part", PARTS)
def test_each_letter_leads_to_one_thing(page, part):
    page.form.views["dictation"]._head[0].show_part(part)
    assert [letter for letter, count in letters(page).items() if count > 1] == []


@pytest.mark.parametrize("part", PARTS)
def test_tab_goes_down_the_page_and_everything_has_a_name(qtbot, page, part):
    head = page.form.views["dictation"]._head[0]
    head.show_part(part)
    page.activateWindow()
    head.tried.field.setFocus()
    qtbot.waitUntil(head.tried.field.hasFocus)
    seen = []
    for _ in range(80):
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        widget = page.focusWidget()
        if widget is page.close_button:
            break
        assert widget.accessibleName() or widget.text(), widget
        seen.append(widget)
    assert page.focusWidget() is page.close_button
    if part != "settings":
        wanted = [stop for stop in head.views[part].stops() if stop.isVisible() and stop.isEnabled()]
        assert [widget for widget in seen if widget in wanted] == wanted


def test_the_settings_come_back_for_a_search_and_for_one_of_them(qtbot, page):
    view = page.form.views["dictation"]
    head = view._head[0]
    head.show_part("vocabulary")
    assert not view.common.isVisible()
    page.search.setText("capital")
    assert view.common.isVisible()
    assert not head.isVisible()
    page.search.clear()
    assert not view.common.isVisible()
    assert head.views["vocabulary"].isVisible()
    page.open_at("dictation.capitals")
    assert view.rows["dictation.capitals"].isVisible()
    assert head.switch.value == "settings"
