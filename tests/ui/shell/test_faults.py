"""An exception that nobody expected is told once, with a code, and without its text."""

import gc
import logging
import threading

import pytest
from PySide6.QtCore import QObject, QTimer

from starling import locate
from starling.core.errors import StarlingError
from starling.ui.shell.faults import Faults
from tests.helpers.pulse import wait_until

SECRET = "what was said"


@pytest.fixture
def told(caplog):
    heard: list[StarlingError] = []
    faults = Faults(heard.append)
    faults.install()
    yield heard
    faults.remove()
    records = caplog.get_records("call")
    assert [record.getMessage() for record in records] == [error.code for error in heard]
    assert {record.levelno for record in records} == {logging.ERROR}


def fail() -> None:
    raise ValueError(SECRET)


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_slot(qtbot, told):
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].code == "internal.bug"
    assert "ValueError" in told[0].message
    report = (locate.cache_dir() / "last-error.txt").read_text()
    assert "in fail" in report
    assert SECRET not in report + str(told[0])


@pytest.mark.qt_no_exception_capture
def test_what_fails_again_and_again_is_told_once(qtbot, told):
    count = []

    def tick() -> None:
        count.append(1)
        fail()

    timer = QTimer(interval=1)
    timer.timeout.connect(tick)
    timer.start()
    qtbot.waitUntil(lambda: len(count) > 5)
    timer.stop()
    assert len(told) == 1


def test_an_exception_in_a_thread(told):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert wait_until(lambda: [error.code for error in told] == ["internal.bug"], 2)


def test_an_error_with_a_code_keeps_it(told):
    def refuse() -> None:
        raise StarlingError("disk.full", "The disk is full.")

    thread = threading.Thread(target=refuse)
    thread.start()
    thread.join()
    assert wait_until(lambda: [error.code for error in told] == ["disk.full"], 2)


class Dying(QObject):
    def __del__(self) -> None:
        fail()


def test_an_exception_nobody_can_catch(told):
    del_me = Dying()
    del del_me
    gc.collect()
    assert [error.code for error in told] == ["internal.bug"]
