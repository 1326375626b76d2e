import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from starling.core.errors import StarlingError
from starling.dictation.text import profiles, store
from starling.dictation.text.rules import Profile
from starling.ui.dictation import profiles_view

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def kept(place):
    return store.read_profiles(place, store.no_tell)


def choose(box, value):
    box.setFocus()
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def add(qtbot, view, name):
    before = view.listed.count()
    view.name.setText(name)
    QTest.keyClick(view.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.listed.count() == before + 1)


def test_a_profile_is_made_changed_deleted_and_had_back(qtbot, place, shown):
    view = shown("profiles")
    assert not view.form.isEnabled()
    add(qtbot, view, "XTerm")
    assert view.chosen == Profile("XTerm")
    for name, value in (("way", "paste"), ("chord", "shift+insert"), ("capitals", False), ("newline", "space")):
        choose(view.form.boxes[name], value)
    wanted = Profile("XTerm", way="paste", chord="shift+insert", capitals=False, newline="space")
    qtbot.waitUntil(lambda: view.chosen == wanted)
    assert kept(place) == [wanted]
    assert "Shift+Insert" in view.listed.item(0).text()
    view.form.never.click()
    qtbot.waitUntil(lambda: view.chosen is not None and view.chosen.never)
    assert not view.form.boxes["way"].isEnabled()
    QTest.keyClick(view.listed, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not kept(place))
    qtbot.waitUntil(lambda: view.notes.button.isVisible())
    view.notes.button.click()
    qtbot.waitUntil(lambda: len(kept(place)) == 1)
    qtbot.waitUntil(lambda: view.chosen is not None and view.chosen.way == "paste")


def test_what_the_command_line_changes_is_seen_and_kept(qtbot, place, shown):
    view = shown("profiles")
    add(qtbot, view, "gvim")
    profiles.put(place, "gvim", lambda one: Profile(one.application, numbers=False))
    choose(view.form.boxes["formatting"], True)  # maybe before the window has seen it
    qtbot.waitUntil(lambda: view.chosen == Profile("gvim", formatting=True, numbers=False))
    profiles.remove(place, ["gvim"])
    view._change("way", "paste")
    qtbot.waitUntil(lambda: "has no profile" in view.notes.error.text)
    qtbot.waitUntil(lambda: view.listed.count() == 0)


def test_one_that_never_counts_says_why(qtbot, place, shown):
    store.write_profiles(place, [Profile("*"), Profile("gvim")])
    view = shown("profiles")
    qtbot.waitUntil(lambda: view.listed.count() == 2)
    view.listed.setCurrentRow(1)
    assert "“*” stands before it" in view.reason.text()


def test_the_application_in_front_is_taken(qtbot, shown, monkeypatch):
    view = shown("profiles")
    view._clock.setInterval(1)
    monkeypatch.setattr(profiles_view, "look", lambda: "org.gnome.texteditor")
    view.pick.click()
    qtbot.waitUntil(lambda: view.name.text() == "org.gnome.texteditor")
    assert "3 s" in view.pick.text()
    view.pick.click()
    view.pick.click()
    assert not view._clock.isActive()


@pytest.mark.parametrize(("found", "said"), [("", "does not tell"), ("starling", "Starling itself")])
def test_none_in_front_is_said(monkeypatch, found, said):
    from starling.dictation import surroundings

    monkeypatch.setattr(surroundings, "target", lambda: surroundings.Target(found))
    with pytest.raises(StarlingError, match=said):
        profiles_view.look()


def test_a_name_that_is_none_is_said(qtbot, shown):
    view = shown("profiles")
    view.name.setText("  ")
    view.add.click()
    assert "no name of an application" in view.notes.error.text
