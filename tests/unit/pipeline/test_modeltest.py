"""Real engines work on a real sentence."""

import threading

import pytest

from starling.core.errors import StarlingError
from starling.models import library
from starling.pipeline.modeltest import SENTENCE, ModelTest
from tests.helpers.pulse import wait_until


@pytest.mark.timeout(120)
def test_the_starter_is_measured_in_its_own_context_and_in_the_long_one():
    measured = ModelTest().recogniser(library.starter(), 0, full=True)
    assert measured.heard.lower().startswith("set a timer")
    assert 3 < measured.audio_s < 8
    assert 0 < measured.processing_s < measured.full_s
    assert measured.load_s > 0
    assert measured.memory_bytes > 20e6
    assert SENTENCE.startswith("Set a timer")


def test_an_aborted_test_fails_and_ends_its_process():
    test = ModelTest()
    failed = []

    def run():
        try:
            test.recogniser(library.starter(), 0)
        except StarlingError as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: test._supervisor is not None, 10)
    test.abort()
    thread.join(10)
    assert len(failed) == 1
