"""The whole loop with real threads, and fakes where sound and models would be."""

import threading

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.pipeline import events
from tests.unit.pipeline.loop import Blocks, Loop, quiet, tone


def test_each_utterance_is_heard_once_in_order_and_answered():
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1), tone(1), quiet(1)]), ["one", "two"])
    heard = loop.run()
    assert [utterance.text for utterance in heard] == ["one", "two"]
    assert [utterance.tier for utterance in heard] == ["legacy", "legacy"]
    assert loop.voice.spoken == ["You said one.", "You said two."]
    assert abs(heard[0].start_s - 1.0) < 0.07
    assert abs(heard[0].end_s - 2.0) < 0.07
    assert [kind for kind, _ in loop.log.said] == ["pending", "finished", "delivered", "replied"] * 2


def test_a_short_pause_discards_the_early_result_and_its_audio():
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(0.4), tone(1), quiet(1)]), ["half", "whole"])
    heard = loop.run()
    assert [utterance.text for utterance in heard] == ["whole"]
    assert ("discarded", "u0") in loop.log.said
    assert loop.lengths[1] > loop.lengths[0] + 1


def test_the_text_is_there_at_the_endpoint_when_the_early_result_holds():
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1)]), ["early"])
    (heard,) = loop.run()
    assert heard.endpoint_to_text_ms == 0.0
    assert len(loop.lengths) == 1


def test_speech_at_the_end_of_the_stream_is_not_lost():
    loop = Loop(np.concatenate([quiet(1), tone(1)]), ["cut off"])
    assert [utterance.text for utterance in loop.run()] == ["cut off"]


def test_a_failed_utterance_is_shown_and_its_audio_kept():
    error = StarlingError("stt.failed", "Every recogniser failed.", "Try another model.")
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1)]), [error])
    (heard,) = loop.run()
    assert heard.error["code"] == "stt.failed"
    assert [kind for kind, _ in loop.log.said] == ["pending", "failed"]
    assert loop.voice.spoken == []


def test_a_lost_microphone_ends_the_utterance_and_keeps_it():
    samples = np.concatenate([quiet(1), tone(1.5), tone(1.5), quiet(1)])
    source = Blocks(samples, {60: ["lost"]})
    loop = Loop(samples, ["before", "after"], source=source, translate=lambda _: events.MicrophoneChanged("lost"))
    heard = loop.run()
    assert [utterance.text for utterance in heard] == ["before", "after"]
    assert any(isinstance(event, events.MicrophoneChanged) for event in loop.events)


def test_stop_ends_a_stream_that_never_would():
    class Endless:
        def __init__(self):
            self.reads = 0
            self.heard = threading.Event()

        def read(self, timeout_s):
            self.reads += 1
            if self.reads > 3:
                self.heard.set()
                threading.Event().wait(0.01)
            return tone(0.1)

        def events(self):
            return []

    source = Endless()
    loop = Loop(None, ["what was said"], source=source, real_time=True)
    runner = threading.Thread(target=loop.coordinator.run)
    runner.start()
    assert source.heard.wait(5)
    loop.coordinator.stop()
    runner.join(5)
    assert not runner.is_alive()
    loop.line.close()
    loop.replies.close()
    heard = [event.utterance.text for event in loop.events if isinstance(event, events.Heard)]
    assert heard == ["what was said"]


@pytest.mark.parametrize("policy", ["addressed", "nothing"])
def test_what_is_not_addressed_is_heard_and_not_answered(policy):
    loop = Loop(np.concatenate([quiet(1), tone(1), quiet(1)]), ["just talking"], policy=policy)
    (heard,) = loop.run()
    assert heard.verdict == "not_addressed"
    assert loop.voice.spoken == []


@pytest.mark.parametrize("real_time", [True, False])
def test_a_source_that_breaks_says_why_and_what_was_said_is_kept(real_time):
    class Breaking(Blocks):
        def read(self, timeout_s):
            if not self._blocks:
                raise StarlingError("audio.broken", "The file broke off.")
            return super().read(timeout_s)

    loop = Loop(None, ["before it broke"], source=Breaking(np.concatenate([quiet(1), tone(1)])), real_time=real_time)
    assert [utterance.text for utterance in loop.run()] == ["before it broke"]
    assert [event.error.code for event in loop.events if isinstance(event, events.Trouble)] == ["audio.broken"]
