"""Signals that ask to end reach the event loop at once."""

import os
import signal
import sys

import pytest

from starling.ui.shell.signals import UnixSignals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends a process there")


@pytest.fixture
def signals(qtbot):
    made = UnixSignals()
    yield made
    made.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_told(qtbot, signals, number):
    with qtbot.waitSignal(signals.came):
        os.kill(os.getpid(), number)


def test_one_that_came_before_the_loop_is_told_by_it(qtbot, signals):
    came = []
    signals.came.connect(lambda: came.append(1))
    os.kill(os.getpid(), signal.SIGTERM)
    assert not came
    qtbot.waitUntil(lambda: came == [1])


def test_other_signals_are_nobodys(qtbot, signals):
    before = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with qtbot.assertNotEmitted(signals.came, wait=50):
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_what_was_ignored_stays_ignored(qtbot):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals = UnixSignals()
    try:
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signals.close()
        signal.signal(signal.SIGHUP, before)


def test_the_handlers_are_given_back(qtbot):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    UnixSignals().close()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
