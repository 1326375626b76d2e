import threading

import numpy as np

from starling.audio.switched import SwitchedMicrophone


class Device:
    live = True

    def __init__(self, name):
        self.name, self.closed = name, threading.Event()

    def read(self, timeout_s):
        self.closed.wait(timeout_s)
        return np.zeros(0 if self.closed.is_set() else 10, np.float32)

    def events(self):
        return [self.name]

    def close(self):
        self.closed.set()


class Bench:
    def __init__(self):
        self.opened = []
        self.microphone = SwitchedMicrophone(self.open)

    def open(self, name):
        self.opened.append(Device(name))
        return self.opened[-1]


def test_without_a_device_there_is_no_sound_and_no_end():
    bench = Bench()
    assert len(bench.microphone.read(0.01)) == 0
    assert bench.microphone.events() == []
    assert not bench.microphone.open


def test_another_device_closes_the_one_in_use():
    bench = Bench()
    bench.microphone.use("one")
    bench.microphone.use("two")
    assert [(device.name, device.closed.is_set()) for device in bench.opened] == [("one", True), ("two", False)]
    assert bench.microphone.events() == ["two"]
    assert len(bench.microphone.read(0.01)) == 10
    bench.microphone.use(None)
    assert bench.opened[1].closed.is_set()
    assert not bench.microphone.open


def test_a_reader_that_waits_gets_the_device_that_comes():
    bench, got = Bench(), []
    reader = threading.Thread(target=lambda: got.append(bench.microphone.read(5.0)))
    reader.start()
    bench.microphone.use("one")
    bench.opened[0].close()
    reader.join(5)
    assert len(got) == 1


def test_closed_is_the_end_and_nothing_opens_after_it():
    bench = Bench()
    bench.microphone.use("one")
    bench.microphone.close()
    bench.microphone.use("two")
    assert bench.microphone.read(0.01) is None
    assert [device.closed.is_set() for device in bench.opened] == [True]
