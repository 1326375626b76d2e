"""What a window asks of the coordinator, between blocks of sound."""

import time

import numpy as np
import pytest

from starling.core.segmenter import SegmenterConfig
from starling.pipeline import events, mailbox
from tests.unit.pipeline.loop import Loop, Script, quiet, tone

PRESS, HELD, TAPPED_S = 0.0, 1.0, 0.1


def scripted(*steps, texts=(), policy="addressed"):
    source = Script(*steps)
    loop = Loop(None, texts, source=source, policy=policy)
    source.coordinator = loop.coordinator
    loop.heard = loop.run()
    return loop


def listen(mode="assistant", activation="always", muted=False):
    return lambda coordinator: coordinator.listen(mode, activation, muted=muted)


def press(coordinator):
    coordinator.press(PRESS)


def release(coordinator):
    coordinator.release(HELD)


def tap(coordinator):
    now_s = time.monotonic()
    coordinator.press(now_s)
    coordinator.release(now_s + TAPPED_S)


def kinds(loop, *wanted):
    return [type(event).__name__ for event in loop.events if isinstance(event, wanted)]


def held_states(loop):
    return [event.held for event in loop.events if isinstance(event, events.Listening)]


def test_what_is_said_while_the_key_is_held_is_answered_without_the_wake_phrase():
    loop = scripted(listen(activation="hold"), quiet(1), press, tone(1), release, quiet(1), texts=["one"])
    (heard,) = loop.heard
    assert (heard.text, heard.verdict, heard.held) == ("one", "answer", True)
    assert loop.voice.spoken == ["You said one."]
    assert held_states(loop) == [False, True, False]


def test_without_the_key_nothing_is_heard():
    loop = scripted(listen(activation="hold"), quiet(1), tone(1), quiet(1))
    assert loop.heard == []
    assert kinds(loop, events.SpeechBegan) == []


def test_a_key_held_in_silence_says_that_nothing_was_heard():
    loop = scripted(listen(activation="hold"), press, quiet(1), release, quiet(1))
    (dropped,) = [event for event in loop.events if isinstance(event, events.SpeechDropped)]
    assert dropped.held


def test_the_key_silences_starling():
    loop = scripted(press, quiet(0.1))
    assert loop.voice.stopped.is_set()


def test_a_tap_asks_the_assistant_one_question():
    loop = scripted(
        listen(activation="hold"), tap, quiet(1), tone(1), quiet(1), tone(1), quiet(1), texts=["one", "two"]
    )
    assert [heard.text for heard in loop.heard] == ["one"]
    assert held_states(loop)[-1] is False


def test_a_tap_in_dictation_goes_on_until_the_next():
    loop = scripted(
        listen("dictation", "hold"), tap, tone(1), quiet(1), tone(1), quiet(1), press, tone(1), quiet(1),
        texts=["one", "two"], policy="nothing",
    )  # fmt: skip
    assert [heard.text for heard in loop.heard] == ["one", "two"]
    assert held_states(loop)[-1] is False
    assert loop.voice.spoken == []


def test_cancel_forgets_what_was_said():
    loop = scripted(press, tone(1), lambda coordinator: coordinator.cancel(), quiet(1))
    assert loop.heard == []
    assert [event.reason for event in loop.events if isinstance(event, events.SpeechDropped)] == ["cancelled"]


@pytest.mark.parametrize("deaf", [listen(muted=True), listen("off")])
def test_muting_keeps_what_was_said_and_hears_nothing_more(deaf):
    loop = scripted(tone(1), deaf, tone(2), quiet(1), texts=["before"])
    assert [heard.text for heard in loop.heard] == ["before"]


@pytest.mark.parametrize(("deaf", "code"), [(listen(muted=True), "listen.muted"), (listen("off"), "listen.off")])
def test_the_key_says_why_it_does_nothing(deaf, code):
    loop = scripted(deaf, press, tone(1), release, quiet(1))
    assert [event.error.code for event in loop.events if isinstance(event, events.Trouble)] == [code]
    assert loop.heard == []


def test_a_typed_question_is_answered_and_logged_under_its_name():
    loop = scripted(quiet(0.1), lambda coordinator: coordinator.ask("how are you"), quiet(0.1))
    (asked,) = [event for event in loop.events if isinstance(event, events.Asked)]
    began = next(event for event in loop.events if isinstance(event, events.ReplyBegan))
    ended = next(event for event in loop.events if isinstance(event, events.ReplyEnded))
    assert asked.text == "how are you"
    assert began.turn == ended.turn == asked.turn == "t0"
    assert loop.log.said == [("typed", "t0"), ("replied", "t0")]
    assert loop.book.reply("t0") == "You said how are you."


def test_turns_have_names_and_their_recordings_are_kept():
    loop = scripted(quiet(1), tone(1), quiet(1), texts=["one"], policy="everything")
    (heard,) = loop.heard
    assert (heard.turn, heard.replayable, heard.mode) == ("u0", True, "assistant")
    assert abs(len(loop.book.audio("u0")) / 16_000 - heard.audio_s) < 0.001
    assert loop.book.said("u0") == "one"
    assert next(event for event in loop.events if isinstance(event, events.ReplyEnded)).turn == "u0"


def test_the_end_of_speech_is_told_before_its_text():
    loop = scripted(quiet(1), tone(1), quiet(1), texts=["one"])
    order = kinds(loop, events.SpeechBegan, events.SpeechEnded, events.Heard)
    assert order == ["SpeechBegan", "SpeechEnded", "Heard"]


def test_meters_are_sent_only_while_somebody_looks():
    def look(on):
        return lambda coordinator: setattr(coordinator, "metering", on)

    loop = scripted(quiet(0.5), look(True), tone(0.5), look(False), quiet(0.5), texts=["one"])
    sounds = [event for event in loop.events if isinstance(event, events.Sound)]
    assert sum(sound.seconds for sound in sounds) == pytest.approx(0.5, abs=0.05)
    assert max(sound.level_dbfs for sound in sounds) == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.2)
    assert sounds[-1].probability == 1.0
    assert sounds[-1].threshold == 0.5


def test_what_a_voice_cannot_read_is_told_once():
    def reply(coordinator):
        for _ in range(2):
            loop.mailbox.reply_ended(events.Reply("x", notes=("It has Greek letters.",)), 0)

    source = Script(quiet(1), reply, quiet(1))
    loop = Loop(None, (), source=source)
    source.coordinator = loop.coordinator
    loop.run()
    assert [event.text for event in loop.events if isinstance(event, events.Notice)] == ["It has Greek letters."]


def dropped(loop):
    return [(event.reason, event.held) for event in loop.events if isinstance(event, events.SpeechDropped)]


def test_what_a_tap_opened_is_told_to_be_over_when_speech_opens_the_next():
    loop = scripted(listen(activation="hold"), tap, quiet(0.3), tone(1), quiet(1), texts=["one"])
    assert kinds(loop, events.SpeechBegan, events.SpeechEnded, events.SpeechDropped) == [
        "SpeechBegan", "SpeechDropped", "SpeechBegan", "SpeechEnded",
    ]  # fmt: skip
    assert dropped(loop) == [("cancelled", False)]


def test_a_second_tap_after_nothing_says_that_nothing_was_heard():
    loop = scripted(listen(activation="hold"), tap, quiet(0.3), press, quiet(1))
    assert dropped(loop)[-1] == ("too_short", True)


def test_a_key_pressed_in_the_pause_makes_the_utterance_meant_for_starling():
    loop = scripted(tone(1), quiet(0.4), press, quiet(0.3), release, quiet(1), texts=["one"])
    (heard,) = loop.heard
    assert (heard.held, heard.verdict) == (True, "answer")


def test_a_request_without_an_answer_ends_all_the_same():
    loop = scripted(quiet(0.1), lambda coordinator: coordinator.ask("nothing"), quiet(0.1))
    (ended,) = [event for event in loop.events if isinstance(event, events.ReplyEnded)]
    assert (ended.reply.text, ended.turn) == ("", "t0")


def test_silence_answers_nothing_that_was_said_before_it():
    def late(coordinator):  # nothing is transcribed before the utterance has ended
        coordinator.configure(SegmenterConfig(early_ms=600), 8.0)

    source = Script(late, tone(1), quiet(1))
    loop = Loop(None, ["one"], source=source, policy="everything")
    source.coordinator = loop.coordinator
    transcribe = loop.line._transcribe

    def silenced(samples):
        loop.mailbox.do(loop.coordinator.silence)
        return transcribe(samples)

    loop.line._transcribe = silenced
    (heard,) = loop.run()
    assert (heard.text, heard.verdict) == ("one", "not_addressed")
    assert loop.voice.spoken == []


def test_a_lost_microphone_lets_the_key_go():
    loop = scripted(
        listen(activation="hold"), press, tone(1), lambda coordinator: coordinator.lose_speech(), quiet(0.1), release,
        tone(1), quiet(0.1), texts=["before"],
    )  # fmt: skip
    assert [heard.text for heard in loop.heard] == ["before"]
    assert held_states(loop)[-1] is False


def test_playing_a_turn_again_opens_no_follow_up_time():
    def replayed(coordinator):
        coordinator._desk.take(mailbox.ReplayBegan("t", "something else entirely", False))
        coordinator._desk.take(mailbox.ReplayEnded("t", None, False))

    loop = scripted(replayed, quiet(1.5), tone(1), quiet(1), texts=["one"])
    (heard,) = loop.heard
    assert heard.verdict == "not_addressed"


def test_the_stream_is_warm_and_a_word_begun_before_the_key_is_whole():
    loop = scripted(
        listen(activation="hold"), quiet(1), tone(0.4), press, tone(0.6), release, quiet(1), texts=["first word"]
    )
    (heard,) = loop.heard
    assert heard.text == "first word"
    assert loop.lengths[0] >= 0.95  # both parts, but for what is less than a frame
