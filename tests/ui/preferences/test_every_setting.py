"""Each declared setting, through its own control."""

import pytest
from PySide6.QtWidgets import QLabel

from starling.settings.schema import SETTINGS
from starling.settings.store import load
from tests.ui.preferences.controls import FOUND, operate, other_value

by_key = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)


@by_key
def test_a_setting_has_one_control_that_changes_it(qtbot, dialog, settings, service, tell, setting):
    for event in FOUND:
        tell(event)
    row = dialog.form.rows[setting.key]
    row.show_need("")  # of a row that needs a switch which is off
    wanted = other_value(setting)
    assert row.editor.value() == setting.default
    assert not row.reset.isEnabled()

    with qtbot.waitSignal(dialog.changes.saved) as saved:
        operate(row.editor.field, wanted)
    assert saved.args == [setting.key]
    assert settings.get(setting.key) == load().get(setting.key) == wanted
    assert len(service.told("apply")) == 1
    assert row.reset.isEnabled()

    with qtbot.waitSignal(dialog.changes.saved):
        row.reset.click()
    assert settings.get(setting.key) == load().get(setting.key) == row.editor.value() == setting.default
    assert len(service.told("apply")) == 2
    assert not row.reset.isEnabled()


@by_key
def test_a_control_says_what_it_is_for(dialog, setting):
    row = dialog.form.rows[setting.key]
    assert row.editor.field.accessibleName() == setting.title
    assert setting.description in row.editor.field.accessibleDescription()
    assert row.title.buddy() is row.editor.field
    assert setting.title in row.reset.accessibleName()
    assert any(setting.description in label.text() for label in row.findChildren(QLabel))


def test_every_setting_is_there_once(dialog):
    shown = [key for view in dialog.form.views.values() for key in view.rows]
    assert sorted(shown) == sorted(setting.key for setting in SETTINGS)


@by_key
def test_a_saved_value_is_shown(qtbot, settings, service, bridge, setting):
    from starling.ui.preferences.dialog import Preferences

    wanted = other_value(setting)
    settings.use(setting.key, wanted)
    dialog = Preferences(settings, service, bridge)
    qtbot.addWidget(dialog)
    assert dialog.form.show_found("") == len(SETTINGS)
    assert dialog.form.rows[setting.key].editor.value() == wanted
    row = dialog.form.rows[setting.key]
    assert row.reset.isEnabledTo(row)  # the row itself may wait for the switch that it needs
    assert service.told("apply") == []
