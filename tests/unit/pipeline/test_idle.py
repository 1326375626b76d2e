import threading

import pytest

from starling.pipeline import idle
from starling.pipeline.idle import IdleWatch, asleep_s


class FakeSupervisor:
    def __init__(self, on_the_npu):
        self.supervisor = self
        self.on_the_npu = on_the_npu
        self.let_go_times = self.warmed = 0
        self.looked = threading.Event()

    def let_go(self):
        self.let_go_times += 1
        return self.on_the_npu

    def warm(self):
        self.warmed += 1

    def unload_if_idle(self):
        self.looked.set()


class Both:
    def __init__(self):
        self.stt, self.tts = FakeSupervisor(True), FakeSupervisor(False)


@pytest.mark.parametrize(("sleeps", "times"), [([0.0, 0.0, 0.0], 0), ([0.0, 0.5, 1.0], 0), ([5.0, 900.0, 900.0], 1)])
def test_after_a_sleep_the_npu_is_let_go_of_once_and_loaded_again(sleeps, times):
    both, told = Both(), iter(sleeps)
    watch = IdleWatch(both, lambda: next(told), check_s=60.0)
    try:
        watch._look()
        watch._look()
    finally:
        watch.close()
    assert (both.stt.let_go_times, both.stt.warmed) == (times, times)
    assert (both.tts.let_go_times, both.tts.warmed) == (times, 0)


def test_it_looks_by_itself():
    both = Both()
    watch = IdleWatch(both, check_s=0.01)
    try:
        assert both.stt.looked.wait(5.0)
        assert both.tts.looked.wait(5.0)
    finally:
        watch.close()
    assert both.stt.let_go_times == 0


def test_the_clock_of_this_machine(monkeypatch):
    assert 0.0 <= asleep_s() + 0.001
    monkeypatch.delattr(idle.time, "CLOCK_BOOTTIME", raising=False)
    assert asleep_s() == 0.0
