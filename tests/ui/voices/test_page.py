"""The page of voices: what it shows of events, what it tells the service, and what it keeps."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.settings.store import load
from starling.ui.voices import memory
from starling.ui.voices.delegate import star_place
from starling.ui.voices.page import VoicesPage
from tests.ui.voices.conftest import DEMO_ONLY, KOKORO

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def press(qtbot, *keys):
    for key in keys:
        qtbot.keyClick(QApplication.focusWidget(), key)


def current(stage):
    return stage.view.list.current.voice.id


def test_the_page_is_made_and_asks_when_it_is_shown(make_stage):
    stage = make_stage(catalogue=None)
    assert stage.told("list_voices") == [("list_voices",)]
    assert stage.card.note == "The voices are being looked for."
    stage.window.show_page("talk")
    stage.window.show_page("voices")
    assert len(stage.told("list_voices")) == 2


def test_voices_are_listed_by_language_and_the_one_in_use_is_current(stage):
    assert stage.listed[:3] == ["English, United Kingdom", "bf_emma", "bm_george"]
    assert len(stage.listed) == len(KOKORO) + 4
    assert current(stage) == "af_heart"
    assert stage.card.title.text() == "af_heart"
    assert stage.card.use.text() == "In use"
    assert stage.card.sentence.toPlainText() == "Good morning. How are you today? The sun is shining."


def test_arrows_skip_headings(qtbot, stage):
    seen = [current(stage)]
    for _ in range(3):
        press(qtbot, Key.Key_Up)
        seen.append(current(stage))
    press(qtbot, Key.Key_Up, Key.Key_Home)
    assert seen == ["af_heart", "bm_george", "bf_emma", "bf_emma"]
    press(qtbot, Key.Key_Down, Key.Key_Down, Key.Key_Down, Key.Key_Down)
    assert current(stage) == "ff_siwis"
    press(qtbot, Key.Key_End)
    assert current(stage) == "jm_kumo"
    press(qtbot, Key.Key_PageUp)
    assert stage.view.list.current is not None


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return, Key.Key_Enter])
def test_a_key_in_the_list_plays_and_again_stops(qtbot, stage, key):
    press(qtbot, key)
    sentence = "Good morning. How are you today? The sun is shining."
    assert stage.told("preview") == [("preview", sentence, "af_heart", "cpu", 1.0, 1.0, 0)]
    assert stage.told("press") == []
    stage.began()
    assert stage.card.play.text() == "Stop"
    press(qtbot, key)
    assert stage.told("stop_preview") == [("stop_preview",)]
    press(qtbot, Key.Key_Down)
    press(qtbot, key)
    assert stage.told("preview")[1][2] == "am_adam"


def test_escape_stops_a_preview_at_once(qtbot, stage):
    press(qtbot, Key.Key_Escape)
    assert stage.told("stop_preview") == []
    press(qtbot, Key.Key_Space)
    stage.began()
    press(qtbot, Key.Key_Escape)
    assert stage.told("stop_preview") == [("stop_preview",)]
    stage.card.sentence.setFocus()
    press(qtbot, Key.Key_Escape)
    assert len(stage.told("stop_preview")) == 2


def test_leaving_the_page_stops_a_preview(qtbot, stage):
    press(qtbot, Key.Key_Space)
    asked = stage.began()
    stage.window.show_page("talk")
    assert stage.told("stop_preview") == [("stop_preview",)]
    stage.tell(events.PreviewEnded(asked, stopped=True))
    stage.window.show_page("voices")
    assert stage.card.play.text() == "Play"


def test_the_button_plays_and_stops(qtbot, stage):
    for _ in range(3):  # what came with the voices is laid out
        QCoreApplication.processEvents()
    width = stage.card.play.width()
    qtbot.mouseClick(stage.card.play, Qt.MouseButton.LeftButton)
    asked = stage.began()
    assert stage.card.play.width() == width
    qtbot.mouseClick(stage.card.play, Qt.MouseButton.LeftButton)
    assert (len(stage.told("preview")), len(stage.told("stop_preview"))) == (1, 1)
    stage.tell(events.PreviewEnded(asked, stopped=True))
    assert stage.card.play.text() == "Play"


def test_the_sound_is_drawn_while_it_is_heard(qtbot, stage):
    drawn = []
    stage.card.waveform.add = lambda peaks, seconds: drawn.extend(peaks)
    press(qtbot, Key.Key_Space)
    asked = stage.began()
    stage.tell(events.PreviewProgress(tuple((-0.1, 0.1) for _ in range(20)), 0.2))
    qtbot.waitUntil(lambda: len(drawn) == 20)
    stage.tell(events.PreviewEnded(asked, "cpu", "af_heart"))
    assert not stage.view._ticks.isActive()


def test_what_was_measured_is_shown_for_its_tier(stage):
    assert stage.card.figures.text() == "RTF: not measured yet. First sound: not measured yet."
    asked = events.Preview("Hi.", "af_heart", "cpu")
    ended = events.PreviewEnded(
        asked, "cpu", "af_heart", audio_s=2.0, synthesis_s=0.5, waited_ms=10.0, time_to_first_audio_ms=91.0
    )
    stage.tell(events.PreviewLoading(asked), ended)
    assert stage.card.figures.text() == "RTF: 0.25. First sound: 91 ms."
    tiers = stage.view.engines.tiers
    assert tiers["cpu"].rtf.value.text() == "0.25"
    assert tiers["demo"].rtf.value.text() == "not measured yet"
    assert (tiers["cpu"].title.text(), tiers["npu"].reason.text()) == ("Kokoro, CPU", "No NPU.")


def test_replies_before_the_page_was_seen_count_too(make_stage):
    stage = make_stage()
    reply = events.Reply("Ten.", "demo", audio_s=1.0, synthesis_s=0.05, time_to_first_audio_ms=40.0)
    stage.window.show_page("talk")
    stage.tell(events.ReplyEnded(reply, "t1"))
    stage.window.show_page("voices")
    assert stage.view.engines.tiers["demo"].first_sound.value.text() == "40 ms"


def test_search_and_filters(qtbot, stage):
    filters = stage.view.filters
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_F, CTRL)
    assert filters.search.hasFocus()
    qtbot.keyClicks(filters.search, "french")
    assert stage.listed == ["French, France", "ff_siwis", "fm_pierre"]
    assert current(stage) == "ff_siwis"
    press(qtbot, Key.Key_Down)
    assert stage.view.list.hasFocus()
    filters.search.clear()
    filters.gender.setCurrentIndex(filters.gender.findData("male"))
    filters.language.setCurrentIndex(filters.language.findData("en-gb"))
    assert stage.listed == ["English, United Kingdom", "bm_george"]
    filters.clear()
    assert len(stage.listed) == len(KOKORO) + 4
    filters.search.setText("nobody at all")
    assert (stage.listed, stage.card.play.isEnabled()) == ([], False)
    assert stage.card.note == "No voice is chosen."


def test_favourites(qtbot, stage):
    press(qtbot, Key.Key_F)
    assert stage.told("set_favourite") == [("set_favourite", "af_heart", True)]
    assert not stage.card.favourite.isChecked()
    stage.tell(events.FavouritesChanged(("af_heart",)))
    assert stage.card.favourite.isChecked()
    assert stage.listed[:2] == ["Favourites", "af_heart"]
    assert current(stage) == "af_heart"
    stage.view.filters.favourites.click()
    assert stage.listed == ["Favourites", "af_heart"]
    qtbot.mouseClick(stage.card.favourite, Qt.MouseButton.LeftButton)
    assert stage.told("set_favourite")[-1] == ("set_favourite", "af_heart", False)


def test_the_star_is_pressed_with_the_mouse(qtbot, stage):
    voices = stage.view.list
    place = voices.visualRect(voices.voices.index(voices.voices.row_of("am_adam")))
    star = star_place(place, voices.layoutDirection()).center()
    qtbot.mouseClick(voices.viewport(), Qt.MouseButton.LeftButton, pos=star)
    assert stage.told("set_favourite") == [("set_favourite", "am_adam", True)]
    qtbot.mouseDClick(voices.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert stage.told("preview")[0][2] == "am_adam"


def test_a_voice_is_used_live_with_its_speed_and_volume_and_kept(qtbot, stage):
    assert not stage.card.use.isEnabled()
    stage.view.list.choose("bm_george")
    stage.card.delivery.speed.setValue(150)
    stage.card.delivery.volume.setValue(80)
    press(qtbot, Key.Key_U)
    read = stage.settings.get
    assert (read("tts.voice"), read("tts.speed"), read("tts.volume")) == ("bm_george", 1.5, 0.8)
    assert read("tts.tier") == "auto"
    assert stage.told("apply") == [("apply",)]
    assert stage.card.use.text() == "In use"
    assert stage.view._writer.flush(5.0)
    assert load().get("tts.voice") == "bm_george"


def test_a_voice_of_another_engine_brings_its_engine(stage):
    stage.view.filters.tiers.chosen.emit("demo")
    assert stage.listed[0] == "English"
    stage.view.list.choose("de")
    assert stage.card.note == "Using this voice changes the voice engine to eSpeak."
    stage.card.use.click()
    assert (stage.settings.get("tts.tier"), stage.settings.get("tts.voice")) == ("demo", "de")


def test_back_to_kokoro_is_automatic_again(make_stage):
    demo_in_use = events.VoiceCatalogue(
        (events.VoiceTier("cpu", True, voices=KOKORO), DEMO_ONLY.tiers[2]),
    )
    stage = make_stage(demo_in_use, tts__tier="demo")
    stage.view.filters.tiers.chosen.emit("cpu")
    stage.card.use.click()
    assert stage.settings.get("tts.tier") == "auto"


def test_an_espeak_voice_has_speakers(make_stage):
    stage = make_stage(DEMO_ONLY)
    assert stage.listed == ["English", "en-us", "en-gb", "German", "de", "Russian", "ru"]
    assert current(stage) == "en-us"
    stage.card.speaker.setCurrentIndex(stage.card.speaker.findData("f5"))
    stage.card.play.click()
    assert stage.told("preview")[0][2] == "en-us+f5"
    stage.began()
    assert stage.view.list.current.playing
    stage.card.use.click()
    assert stage.settings.get("tts.voice") == "en-us+f5"
    assert stage.view.list.current.in_use


def test_a_missing_engine_says_why_and_what_to_do(qtbot, make_stage):
    stage = make_stage(DEMO_ONLY)
    stage.view.filters.tiers.chosen.emit("cpu")
    assert len(stage.listed) == len(KOKORO) + 4
    assert not stage.card.play.isEnabled()
    assert stage.card.note == "No Kokoro model."
    asked = []
    stage.page.page_wanted.connect(asked.append)
    for button in (stage.card.get, stage.view.engines.tiers["cpu"].get):
        button.click()
    assert asked == ["models", "models"]
    assert stage.window.pages.key == "voices"  # there is no such page here
    press(qtbot, Key.Key_Space)
    assert stage.told("preview") == []


def test_a_voice_without_a_phonemiser_says_so_and_is_not_played(qtbot, stage):
    stage.view.list.choose("jf_nezumi")
    assert stage.card.note == "Japanese needs a phonemiser."
    press(qtbot, Key.Key_Space, Key.Key_U)
    assert (stage.told("preview"), stage.told("apply")) == ([], [])


def test_the_sentence_follows_the_language_until_it_is_the_users(qtbot, stage):
    stage.view.list.choose("ff_siwis")
    assert stage.card.sentence.toPlainText().startswith("Bonjour")
    stage.card.sentence.setFocus()
    stage.card.sentence.setPlainText("Привет!")
    assert "Cyrillic" in stage.card.note
    stage.view.list.choose("af_heart")
    assert stage.card.sentence.toPlainText() == "Привет!"
    qtbot.waitUntil(lambda: memory.load(memory.path()) == "Привет!")
    stage.card.reset.click()
    assert stage.card.sentence.toPlainText().startswith("Good morning")
    stage.view.list.choose("ff_siwis")
    assert stage.card.sentence.toPlainText().startswith("Bonjour")
    qtbot.waitUntil(lambda: memory.load(memory.path()) == "")


def test_the_users_sentence_is_there_again_after_a_start(make_stage):
    memory.save(memory.path(), "Moin.").join()
    stage = make_stage()
    assert stage.card.sentence.toPlainText() == "Moin."


def test_control_and_enter_plays_from_the_sentence(qtbot, stage):
    stage.card.sentence.setFocus()
    qtbot.keyClick(stage.card.sentence, Key.Key_Return, CTRL)
    assert len(stage.told("preview")) == 1
    stage.card.sentence.setPlainText("  ")
    qtbot.keyClick(stage.card.sentence, Key.Key_Return, CTRL)
    assert len(stage.told("preview")) == 1


def test_speed_volume_and_seed_go_with_the_preview(qtbot, make_stage):
    stage = make_stage(tts__speed=1.25, tts__volume=0.5, tts__seed=7)
    delivery = stage.card.delivery
    assert delivery.values == (1.25, 0.5, 7)
    delivery.speed.setValue(50)
    delivery.volume.setValue(200)
    delivery.seed.setValue(42)
    press(qtbot, Key.Key_Space)
    assert stage.told("preview")[0][4:] == (0.5, 2.0, 42)
    delivery.reset.click()
    assert delivery.values == (1.25, 0.5, 7)


def test_what_was_set_elsewhere_is_shown(stage):
    stage.settings.use("tts.voice", "am_adam")
    stage.settings.use("tts.speed", 0.75)
    QApplication.sendEvent(stage.view, QEvent(QEvent.Type.ActivationChange))
    assert stage.view.list.voices.lines[stage.view.list.voices.row_of("am_adam")].in_use
    assert stage.card.delivery.values[0] == 0.75


def test_a_preview_is_saved_without_waiting(qtbot, stage, tmp_path):
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_S, CTRL)
    dialog = stage.view.findChild(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("af_heart.wav")
    dialog.fileSelected.emit(str(tmp_path / "a.wav"))
    dialog.close()
    ((_, asked, path, overwrite),) = stage.told("export_preview")
    assert (asked.voice, asked.tier, path, overwrite) == ("af_heart", "cpu", str(tmp_path / "a.wav"), True)
    assert (stage.card.note, stage.card.export.isEnabled()) == ("The file is being made.", False)
    stage.tell(events.PreviewExported(path, 2.0))
    assert (stage.card.note, stage.card.export.isEnabled()) == (f"Saved as {path}", True)
    error = {"code": "audio.file_unwritable", "message": "It cannot be written.", "fix": "Choose another folder."}
    stage.tell(events.PreviewExported(path, error=error))
    assert stage.card.note == "It cannot be written. Choose another folder."


def test_a_file_is_no_longer_made_when_the_service_ends(qtbot, stage):
    qtbot.keyClick(QApplication.focusWidget(), Key.Key_S, CTRL)
    dialog = stage.view.findChild(QFileDialog)
    dialog.fileSelected.emit("/a.wav")
    dialog.close()
    assert not stage.card.export.isEnabled()
    stage.tell(events.Stopped(StarlingError("app.x", "It broke.", "Start again.")))
    assert stage.card.export.isEnabled()


def test_a_setting_that_cannot_be_saved_is_told_here(qtbot, stage):
    stage.view._writer.failed.emit("tts.voice", StarlingError("a.b", "The disk is full.", "Make room."))
    assert stage.card.note == "The disk is full. Make room."


def test_another_engine_is_noticed(stage):
    stage.tell(events.EngineShown("tts", "ready", "cpu", "kokoro"))
    assert len(stage.told("list_voices")) == 1
    stage.tell(events.EngineShown("tts", "ready", "demo", ""))
    assert len(stage.told("list_voices")) == 2


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_voice(qtbot, stage):
    qtbot.keyClick(stage.view.list, Key.Key_F)
    event_place = stage.view.list.visualRect(stage.view.list.currentIndex()).center()
    QApplication.sendEvent(
        stage.view.list.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, event_place, event_place)
    )
    menu = stage.view.list.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["&Play", "&Favourite", "&Use this voice"]
    menu.actions()[0].trigger()
    menu.close()
    assert len(stage.told("preview")) == 1


def test_a_screen_reader_hears_every_voice(stage):
    interface = QAccessible.queryAccessibleInterface(stage.view.list)
    assert interface.role() is QAccessible.Role.List
    assert interface.childCount() >= len(stage.listed)
    names = [interface.child(place).text(QAccessible.Text.Name) for place in range(len(stage.listed))]
    assert "af_heart, female, grade A, in use" in names
    assert "English, United Kingdom, 2 voices" in names


@pytest.mark.parametrize("size", [(760, 480), (1160, 760), (1600, 1000)])
def test_it_fits(make_stage, size):
    stage = make_stage(size=size)
    QCoreApplication.processEvents()
    assert (stage.window.width(), stage.window.height()) == size
    view = stage.view
    assert view.list.height() >= 100
    for part in (view.list, view.preview.play, view.preview.use, view.preview.export, view.filters.favourites):
        right = part.mapTo(stage.window, part.rect().bottomRight()).x()
        assert right < stage.window.width()


def test_nothing_moves_while_a_preview_comes_and_goes(stage):
    def places():
        QCoreApplication.processEvents()
        parts = (stage.card.play, stage.card.use, stage.card.waveform, stage.card.delivery, stage.view.list)
        return [(part.geometry(), part.mapTo(stage.window, part.rect().topLeft())) for part in parts]

    before = places()
    stage.view.list.preview_wanted.emit()
    stage.began()
    assert places() == before
    stage.tell(events.PreviewExported("/a.wav", error={"message": "It failed.", "fix": "Mend it."}))
    assert places() == before


def test_a_page_that_was_never_seen_costs_nothing(make_stage):
    stage = make_stage(catalogue=None)
    other = VoicesPage(stage.service, stage.bridge, stage.settings)
    other.stop()
    other.take_focus()
    stage.tell(events.PreviewLoading(events.Preview("Hi.")))
    assert other.view is None
    other.deleteLater()
