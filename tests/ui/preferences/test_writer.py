import threading

import pytest
from PySide6.QtCore import QCoreApplication

from starling.core.errors import StarlingError
from starling.settings.store import load
from starling.ui.preferences.writer import SettingsWriter

FULL = StarlingError("settings.unwritable", "The disk is full.", "Free some space.")


@pytest.fixture
def writer(qtbot, settings):
    writer = SettingsWriter(settings)
    yield writer
    assert writer.flush(5.0)


class Disk:
    """Stands before the store: can be slow, can refuse."""

    def __init__(self, settings, monkeypatch):
        self.saved: list[str] = []
        self.refused: set[str] = set()
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self._save = settings.save
        monkeypatch.setattr(settings, "save", self.save)

    def save(self, key):
        self.entered.set()
        assert self.open.wait(10)
        if key in self.refused:
            raise FULL
        self._save(key)
        self.saved.append(key)


@pytest.fixture
def disk(settings, monkeypatch):
    return Disk(settings, monkeypatch)


def test_what_is_in_use_reaches_the_disk(qtbot, settings, writer):
    settings.use("vad.hangover", 700)
    with qtbot.waitSignal(writer.saved) as saved:
        writer.save("vad.hangover")
    assert saved.args == ["vad.hangover"]
    assert load().get("vad.hangover") == 700


def test_a_slow_disk_keeps_nobody_waiting_and_the_order_stays(settings, writer, disk):
    disk.open.clear()
    writer.save("vad.hangover")
    assert disk.entered.wait(10)
    for key in ("vad.early", "vad.pre_roll", "tts.speed"):
        writer.save(key)
    assert disk.saved == []
    assert not writer.flush(0.01)
    disk.open.set()
    assert writer.flush(5.0)
    assert disk.saved == ["vad.hangover", "vad.early", "vad.pre_roll", "tts.speed"]


def test_the_last_of_many_changes_is_what_is_saved_and_only_that(settings, writer, disk):
    disk.open.clear()
    writer.save("vad.early")
    assert disk.entered.wait(10)
    for value in range(500, 600):
        settings.use("vad.hangover", value)
        writer.save("vad.hangover")
    disk.open.set()
    assert writer.flush(5.0)
    assert disk.saved == ["vad.early", "vad.hangover"]
    assert load().get("vad.hangover") == 599


def test_what_could_not_be_saved_is_told_and_tried_again_after_a_success(qtbot, settings, writer, disk):
    disk.refused = {"vad.hangover"}
    settings.use("vad.hangover", 700)
    with qtbot.waitSignal(writer.failed) as failed:
        writer.save("vad.hangover")
    assert failed.args == ["vad.hangover", FULL]
    with qtbot.waitSignals([writer.saved, writer.failed]):
        writer.save("vad.early")
    assert writer.flush(5.0)
    disk.refused = set()
    with qtbot.waitSignals([writer.saved, writer.saved]):
        writer.save("tts.speed")
    assert disk.saved == ["vad.early", "tts.speed", "vad.hangover"]
    assert load().get("vad.hangover") == 700


def test_no_thread_stays(settings, writer):
    before = set(threading.enumerate())
    for _ in range(20):
        writer.save("vad.early")
        writer.flush(5.0)
    assert set(threading.enumerate()) <= before


def test_the_end_of_the_application_waits_for_the_rest(settings, writer, disk):
    writer.save("vad.hangover")
    QCoreApplication.instance().aboutToQuit.emit()
    assert disk.saved == ["vad.hangover"]


def test_two_writers_of_one_process_lose_nothing(qtbot, settings, writer):
    """The main window has one of its own."""
    other = SettingsWriter(settings)
    for number in range(20):
        settings.use("vad.hangover", 600 + number)
        writer.save("vad.hangover")
        settings.use("vad.early", 200 + number)
        other.save("vad.early")
    assert writer.flush(10.0)
    assert other.flush(10.0)
    assert (load().get("vad.hangover"), load().get("vad.early")) == (619, 219)
