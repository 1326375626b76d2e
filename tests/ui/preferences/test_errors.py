"""What goes wrong is told beside the control, with the value that holds."""

import pytest

from starling.core.errors import StarlingError
from starling.settings.store import load
from starling.ui.kit.banner import Banner
from starling.ui.preferences.dialog import Preferences
from tests.ui.preferences.controls import operate


@pytest.fixture
def row(dialog):
    return dialog.form.rows["vad.hangover"]


def test_a_full_disk(qtbot, dialog, settings, service, row, monkeypatch):
    def full(key):
        raise StarlingError("settings.unwritable", "The settings cannot be saved.", "Free some space.")

    with monkeypatch.context() as patched:
        patched.setattr(settings, "save", full)
        with qtbot.waitSignal(dialog.changes.unsaved):
            operate(row.editor.field, 650)
    assert not row.error.isHidden()
    assert row.error.text == "The settings cannot be saved. Free some space. In use now: 650 ms."
    assert row.error.text in row.editor.field.accessibleDescription()
    assert settings.get("vad.hangover") == row.editor.value() == 650
    assert len(service.told("apply")) == 1

    with qtbot.waitSignal(dialog.changes.saved):
        operate(row.editor.field, 700)
    assert row.error.isHidden()
    assert "saved" not in row.editor.field.accessibleDescription()
    assert load().get("vad.hangover") == 700


def test_a_value_that_is_refused(qtbot, dialog, settings, service, row, monkeypatch):
    def refuse(key, value):
        raise StarlingError("settings.bad_value", "That does not fit.", "Take another.")

    monkeypatch.setattr(settings, "use", refuse)
    with qtbot.waitSignal(dialog.changes.refused):
        operate(row.editor.field, 650)
    assert row.error.text == "That does not fit. Take another. In use now: 600 ms."
    assert settings.get("vad.hangover") == row.editor.value() == 600
    assert service.told("apply") == []


def test_a_file_of_a_newer_version_is_told_at_once_and_at_every_change(qtbot, settings, service, bridge):
    settings.path.parent.mkdir(parents=True)
    settings.path.write_text("version = 99\n")
    newer = load()
    dialog = Preferences(newer, service, bridge)
    qtbot.addWidget(dialog)
    (banner,) = dialog.findChildren(Banner)
    assert "newer Starling" in banner.text
    dialog.form.show_page("listening")
    row = dialog.form.rows["vad.hangover"]
    with qtbot.waitSignal(dialog.changes.unsaved):
        operate(row.editor.field, 650)
    assert "newer Starling" in row.error.text
    assert "In use now: 650 ms." in row.error.text
    assert settings.path.read_text() == "version = 99\n"
    banner.close_button.click()
    assert banner.isHidden()


def test_a_folder_in_the_way_of_the_file(qtbot, dialog, settings, row):
    settings.path.mkdir(parents=True)
    with qtbot.waitSignal(dialog.changes.unsaved):
        operate(row.editor.field, 650)
    assert str(settings.path) in row.error.text


def test_an_error_on_a_page_that_was_never_shown(qtbot, settings, service, bridge):
    dialog = Preferences(settings, service, bridge)
    qtbot.addWidget(dialog)
    dialog.changes.unsaved.emit("tts.speed", StarlingError("a.b", "It failed."))
    assert dialog.form.rows["tts.speed"].error.text == "It failed. In use now: 1.00 ×."  # noqa: RUF001
