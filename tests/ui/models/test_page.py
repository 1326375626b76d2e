from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QListWidget, QMessageBox, QScrollArea, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from tests.ui.models.conftest import ALL, BASE, FAST, MINE, STARTER, USES_MINE, VOICE
from tests.ui.window.test_translation import Brackets, _without_brackets, brackets, untranslated

__all__ = ["Brackets", "brackets"]
DATA = {
    *(
        "mine",
        "starter",
        "broken",
        "Torn.",
        "Whisper base",
        "Commands and short dictation.",
        "whisper-base",
        "MIT",
        "npu",
    ),
    *(
        "/models/mine",
        "/models",
        "/app/starter",
        "https://example.org/pins",
        "Not part of this version.",
        "NPU",
        "kokoro",
    ),
    *("English", "German", "Deutsch", "Spanish", "español", "French", "français", "Italian", "italiano", "MB", "GB"),
    "Kokoro",
}
"""Texts of models, people and lower parts, names of languages and units."""
RUNS = events.ModelWork("whisper-base", "install", "running", "downloading", 37_000_000, 148_000_000, True, 2.5e6, 44.4)


def test_it_is_built_when_it_is_first_seen_and_asks_then(stage):
    assert stage.service.told("list_models") == [("list_models",)]
    assert stage.view.empty.text() == "Looking for models"
    stage.page.activated()
    assert len(stage.service.told("list_models")) == 2


def test_the_first_model_is_shown_and_another_can_be_chosen(full):
    detail = full.view.detail
    assert (full.view.list.name, detail.title.text(), detail.state.text) == ("mine", "mine", "In use")
    full.choose("whisper-base")
    assert detail.title.text() == "Whisper base"
    assert full.buttons == ["install"]
    assert "5.0 GB free" in full.view.place.text()
    assert "Only a download needs the network." in full.view.place.text()


def test_a_download_is_begun_paused_gone_on_with_and_cancelled(full):
    full.choose("whisper-base")
    click = full.view.detail.buttons
    click["install"].click()
    full.tell(RUNS)
    assert full.view.detail.bar.value() == 250
    assert full.view.detail.progress.text() == "Downloading · 37 MB of 148 MB · 2.5 MB/s · 44 s left"
    click["pause"].click()
    full.tell(replace(RUNS, stage="paused"))
    click["resume"].click()
    click["cancel"].click()
    assert full.service.calls[-4:] == [
        ("install_model", "whisper-base"),
        ("pause_model", "whisper-base"),
        ("install_model", "whisper-base"),
        ("cancel_model", "whisper-base"),
    ]


def test_nothing_below_moves_when_a_download_begins(full):
    full.choose("whisper-base")
    QApplication.processEvents()
    before = full.view.detail.facts.y()
    full.tell(RUNS)
    assert full.view.detail.facts.y() == before


def test_the_keyboard_goes_on_where_its_button_went(qtbot, full):
    full.page.activateWindow()
    qtbot.waitUntil(full.page.isActiveWindow)
    full.choose("whisper-base")
    full.view.detail.buttons["install"].setFocus()
    full.tell(RUNS)
    assert QApplication.focusWidget() is full.view.detail.buttons["pause"]


def test_an_installed_model_is_told_and_looked_at(full):
    full.tell(replace(RUNS, stage="done"), events.ModelsShown((*ALL[:3], replace(BASE, installed=True), *ALL[4:])))
    assert full.view.banner.text == "whisper-base is installed."
    assert full.view.list.name == "whisper-base"
    full.view.banner.close_button.click()
    assert full.view.banner is None


def test_a_failed_import_is_told_though_there_is_no_line_for_it(full):
    error = {"code": "model.not_a_model", "message": "It is none.", "fix": "Choose another."}
    full.tell(events.ModelWork("holiday.zip", "import", "failed", error=error))
    assert full.view.banner.text == "It is none. Choose another."


def test_a_model_is_chosen_live_and_left_to_starling_again(full):
    full.choose("starter")
    full.view.detail.buttons["use"].click()
    assert full.settings.get("stt.model") == "starter"
    assert full.service.told("apply")
    assert full.buttons[0] == "auto"
    full.view.detail.buttons["auto"].click()
    assert full.settings.get("stt.model") == ""


def test_choosing_a_model_leaves_the_demo_tier(full):
    full.settings.use("stt.tier", "demo")
    full.choose("starter")
    full.view.detail.buttons["use"].click()
    assert full.settings.get("stt.tier") == "auto"


def test_a_voice_is_used_and_left(full):
    full.settings.use("tts.tier", "demo")
    full.tell(events.ModelsShown((*ALL[:-1], replace(VOICE, installed=True))))
    full.choose("kokoro")
    full.view.detail.buttons["use"].click()
    assert (full.settings.get("tts.model"), full.settings.get("tts.tier")) == ("kokoro", "auto")
    assert (full.settings.get("stt.model"), full.service.calls[-1]) == ("", ("apply",))
    assert full.buttons[0] == "auto"
    full.view.detail.buttons["auto"].click()
    assert full.settings.get("tts.model") == ""


def test_a_setting_that_cannot_be_saved_is_told(full, monkeypatch):
    error = StarlingError("settings.bad_value", "It cannot.", "Do not.")
    monkeypatch.setattr(full.settings, "use", lambda key, value: (_ for _ in ()).throw(error))
    full.choose("starter")
    full.view.detail.buttons["use"].click()
    assert full.view.banner.text == "It cannot. Do not."


def test_a_test_shows_its_figures(full):
    full.view.detail.buttons["test"].click()
    assert full.service.told("test_model") == [("test_model", "mine")]
    texts = [row.value.text() for row in full.view.detail.measured.findChildren(QWidget) if hasattr(row, "value")]
    assert set(texts) == {"not measured yet"}
    full.tell(events.ModelsShown((replace(MINE, measured=FAST), STARTER)))
    texts = [row.value.text() for row in full.view.detail.measured.findChildren(QWidget) if hasattr(row, "value")]
    assert texts[:2] == ["0.025", "120 ms for 4.8 s of speech"]


def test_removing_is_asked_first_and_the_setting_is_cleared(full):
    full.settings.use("stt.model", "mine")
    full.tell(USES_MINE, events.ModelsShown(ALL))
    full.view.detail.buttons["remove"].click()
    (box,) = full.view.findChildren(QMessageBox)
    assert not full.service.told("remove_model")
    next(button for button in box.buttons() if button.text() == "Delete").click()
    assert full.service.told("remove_model") == [("remove_model", "mine")]
    assert full.settings.get("stt.model") == ""


def test_verify_is_asked_for_and_its_result_told(full):
    full.view.detail.buttons["verify"].click()
    full.tell(events.ModelWork("mine", "verify", "done"))
    assert full.service.told("verify_model") == [("verify_model", "mine")]
    assert "every file" in full.view.banner.text


def dragged(url):
    data = QMimeData()
    data.setUrls([QUrl(url)])
    return data


def test_a_dropped_folder_is_imported_and_the_place_is_shown(full, tmp_path):
    data, at = dragged(tmp_path.as_uri()), QPoint(5, 5)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    view = full.view
    view.dragEnterEvent(QDragEnterEvent(at, copy, data, left, none))
    assert view.veil.isVisible()
    assert view.veil.size() == view.size()
    view.dragLeaveEvent(QDragLeaveEvent())
    assert not view.veil.isVisible()
    view.dragEnterEvent(QDragEnterEvent(at, copy, data, left, none))
    view.dropEvent(QDropEvent(QPointF(at), copy, data, left, none))
    assert not view.veil.isVisible()
    assert full.service.told("import_model") == [("import_model", str(tmp_path))]


def test_what_is_no_file_of_this_machine_is_not_taken(full):
    none = Qt.KeyboardModifier.NoModifier
    data = dragged("https://example.org/model.zip")  # kept: the event does not own it
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    full.view.dragEnterEvent(event)
    assert not full.view.veil.isVisible()


def test_a_list_that_cannot_be_read_and_a_service_that_ended_say_why(stage):
    stage.tell(events.ModelsShown(error={"message": "No folder.", "fix": "Make one."}))
    assert stage.view.empty.text() == "No folder. Make one."
    stage.tell(events.Stopped(StarlingError("app.x", "It broke.", "Start again.")))
    assert stage.view.empty.text() == "It broke. Start again."


def test_nothing_goes_on_in_a_service_that_ended(full):
    """Its downloads ended with it; a page that showed one would show it for ever."""
    full.tell(events.ModelWork("whisper-base", "install", "running", "downloading", 10, 100))
    full.choose("whisper-base")
    assert full.buttons == ["pause", "cancel"]
    full.tell(events.Stopped(StarlingError("app.x", "It broke.", "Start again.")))
    assert full.buttons == ["install"]


def test_a_search_without_a_match_says_so(full):
    full.view.search.setText("no such thing")
    assert full.view.empty.isVisible()
    assert full.view.empty.text() == "No model matches that."
    full.view.search.clear()
    assert not full.view.empty.isVisible()


def controls(view):
    kinds = (QAbstractButton, QLineEdit, QListWidget, QScrollArea)
    return [child for child in view.findChildren(QWidget) if child.isVisible() and isinstance(child, kinds)]


def test_everything_has_a_name(full):
    for name in [model.name for model in ALL]:
        full.choose(name)
        for control in controls(full.view):
            assert QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name).strip(), control


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_reaches_everything(qtbot, full, key):
    full.page.activateWindow()
    qtbot.waitUntil(full.page.isActiveWindow)
    full.page.take_focus()
    reached = []
    while (focus := QApplication.focusWidget()) not in reached:
        reached.append(focus)
        qtbot.keyClick(focus, key)
    wanted = [each for each in controls(full.view) if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isEnabled()]
    assert [each for each in wanted if each not in reached] == []


def test_every_text_is_translated(brackets, qtbot, request):
    full = request.getfixturevalue("full")
    full.tell(replace(RUNS, stage="failed", error={"message": "The disk is full."}))
    for model in ALL:
        full.choose(model.name)
        for text in untranslated(full.view):
            rest = _without_brackets(text)
            for known in sorted(DATA, key=len, reverse=True):
                rest = rest.replace(known, "")
            assert not any(letter.isalpha() for letter in rest), text
