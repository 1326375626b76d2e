import os
import sys
import threading
import time

import numpy as np
import pytest

from starling.child import vitals
from starling.child.process import STDERR_LINE_BYTES, STDERR_LINES, Child
from tests.helpers.engines import no_leaks

ECHO = """
from starling.child import framing
from starling.child.process import take_pipes
incoming, outgoing = take_pipes()
print("to stderr")
while (message := framing.read(incoming)) is not None:
    framing.write(outgoing, message.data, message.arrays)
"""


class Watched:
    def __init__(self, code: str) -> None:
        self.messages = []
        self.got = threading.Event()
        self.exits = 0
        self.ended = threading.Event()
        self.child = Child([sys.executable, "-c", code], on_message=self._message, on_exit=self._exit)

    def _message(self, message):
        self.messages.append(message)
        self.got.set()

    def _exit(self):
        self.exits += 1
        self.ended.set()


def test_messages_go_both_ways_and_a_print_harms_nobody():
    with no_leaks():
        watched = Watched(ECHO)
        watched.child.send({"n": 1}, {"a": np.arange(100_000, dtype=np.float32)})
        assert watched.got.wait(10)
        watched.child.close()
        assert watched.messages[0].data == {"n": 1}
        assert len(watched.messages[0].arrays["a"]) == 100_000
        assert watched.child.stderr_tail == "to stderr"
        assert watched.child.process.returncode == 0
        assert watched.exits == 1


def test_close_ends_a_child_that_does_not_listen():
    with no_leaks():
        watched = Watched("import time; time.sleep(1000)")
        started = time.monotonic()
        watched.child.close(timeout_s=0.2)
        assert time.monotonic() - started < 1.5
        assert not watched.child.alive


def test_kill_ends_a_writer_that_is_stuck_in_a_full_pipe():
    with no_leaks():
        watched = Watched("import time; time.sleep(1000)")
        raised = []

        def write():
            try:
                watched.child.send({}, {"a": np.zeros(2**20, np.uint8)})
            except OSError as error:
                raised.append(error)

        writer = threading.Thread(target=write)
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
        watched.child.kill()
        writer.join(2)
        assert raised
        with pytest.raises(OSError, match="closed"):
            watched.child.send({})


def test_a_child_that_writes_no_frames_is_ended():
    with no_leaks():
        watched = Watched("import sys, time; print('hello ' * 99, flush=True); time.sleep(1000)")
        assert watched.ended.wait(10)
        watched.child.kill()
        assert watched.messages == []


def test_stderr_is_kept_in_bounds():
    with no_leaks():
        watched = Watched("import sys; sys.stderr.write('x' * 2_000_000)")
        assert watched.ended.wait(10)
        watched.child.kill()
        assert len(watched.child.stderr_tail) <= STDERR_LINES * (STDERR_LINE_BYTES + 1)


def test_processor_time_grows_with_work():
    before = vitals.cpu_seconds(os.getpid())
    if before is None:
        pytest.skip("this system does not tell processor time")
    deadline = time.process_time() + 0.1
    while time.process_time() < deadline:
        pass
    after = vitals.cpu_seconds(os.getpid())
    assert after is not None
    assert after > before
    assert vitals.cpu_seconds(2**22 + 1) is None
