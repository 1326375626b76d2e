"""Speaking: order, pauses, how far ahead, stop, and failures that never hang."""

from __future__ import annotations

import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from starling.audio.base import SinkStats
from starling.audio.events import FirstSound, SinkEvent, SoundDropped, SpeakerLost, SpeakerOpened
from starling.audio.wav_sink import WavSink
from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import Samples
from starling.engine.clients import SpeechChunk, SpeechMetrics, TtsClient
from starling.engine.supervisor import Supervisor
from starling.pipeline.events import Reply
from starling.pipeline.making import CLAUSE_PAUSE_S, CLAUSES_AHEAD, SENTENCE_PAUSE_S, pause_after
from starling.pipeline.speaking import DRAIN_GRACE_S, LEAD_S, LOST_S, Delivery, Speaking, trailing_silence_s

RATE = 1000
LONG_WAIT_S = 5.0
THREE = (
    "The first clause, then all of the rest of it. A second sentence comes along here. And a third one ends the reply."
)
CLAUSES = [
    "The first clause,",
    "then all of the rest of it.",
    "A second sentence comes along here.",
    "And a third one ends the reply.",
]
RUNG = Rung(EngineSpec("demo", "demo", "", "x:y", {}))


class FakeSpeech:
    """Two chunks of a clause's sound, one second together."""

    def __init__(self, engine: FakeEngine, text: str) -> None:
        self.metrics: SpeechMetrics | None = None
        self.closed = False
        self._engine = engine
        self._text = text

    def __iter__(self) -> Iterator[SpeechChunk]:
        for _ in range(2):
            self._engine.before_chunk(self._text)
            yield SpeechChunk(np.full(RATE // 2, 0.5, np.float32), RATE)
        self.metrics = SpeechMetrics(1.0, 0.25, Placement("cpu", ("fake",)), "", RUNG, 1)

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeEngine:
    before_chunk: Callable[[str], None] = lambda text: None
    texts: list[str] = field(default_factory=list)
    speeches: list[FakeSpeech] = field(default_factory=list)
    voices: set[tuple[str, float]] = field(default_factory=set)
    followings: list[str] = field(default_factory=list)

    def synthesize(self, text: str, voice: str, speed: float, following: str = "") -> FakeSpeech:
        self.texts.append(text)
        self.followings.append(following)
        self.voices.add((voice, speed))
        self.speeches.append(FakeSpeech(self, text))
        return self.speeches[-1]


class FakeSink:
    """A speaker on a clock of its own: waiting plays what is queued, at once."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.played: list[tuple[Samples, str]] = []
        self.stops = 0
        self.most_queued_s = 0.0
        self.stuck = False
        self.silent = False
        self.on_wait: Callable[[], None] = lambda: None
        self._queued_s = 0.0
        self._played_s = 0.0
        self._events: list[SinkEvent] = []
        self._tags: set[str] = set()

    def play(self, samples: Samples, rate: int, tag: str = "") -> None:
        if tag not in self._tags and not self.silent:
            self._tags.add(tag)
            self.tell(FirstSound(tag, self.now_s + 0.02, 0.01))
        self.played.append((samples, tag))
        self._queued_s += len(samples) / rate
        self.most_queued_s = max(self.most_queued_s, self._queued_s)

    def stop(self) -> None:
        self.stops += 1
        self._queued_s = 0.0

    @property
    def drained(self) -> bool:
        return self._queued_s <= 0.0

    def wait(self, timeout_s: float) -> bool:
        self.on_wait()
        self.now_s += timeout_s
        if not self.stuck:
            sounded = min(timeout_s, self._queued_s)
            self._queued_s = round(self._queued_s - sounded, 6)
            self._played_s += sounded
        return self.drained

    def tell(self, event: SinkEvent) -> None:
        self._events.append(event)

    def events(self) -> list[SinkEvent]:
        events, self._events = self._events, []
        return events

    def stats(self) -> SinkStats:
        return SinkStats(self._played_s, 0, 0.01)

    def close(self) -> None:
        pass

    @property
    def sound(self) -> Samples:
        return np.concatenate([samples for samples, _ in self.played])


def speaking(engine: FakeEngine, sink: FakeSink, **options: object) -> Speaking:
    return Speaking(engine, sink, clock=lambda: sink.now_s, **options)  # type: ignore[arg-type]


def test_a_reply_is_spoken_clause_by_clause_and_reported() -> None:
    engine, sink = FakeEngine(), FakeSink()
    reply = speaking(engine, sink, voice="en-gb", speed=1.5).speak(THREE)
    assert engine.texts == CLAUSES
    assert engine.voices == {("en-gb", 1.5)}
    assert (reply.text, reply.tier, reply.voice, reply.error) == (THREE, "demo", "en-gb", None)
    assert reply.placement == Placement("cpu", ("fake",))
    assert reply.audio_s == pytest.approx(4.0)
    assert reply.synthesis_s == pytest.approx(1.0)
    assert reply.rtf == pytest.approx(0.25)
    assert reply.time_to_first_audio_ms == pytest.approx(20.0)
    assert reply.played
    assert not reply.stopped
    assert sink.drained
    assert sink.stops == 0
    assert all(speech.closed for speech in engine.speeches)


def test_between_clauses_there_is_a_pause_by_their_marks_and_none_at_the_ends() -> None:
    engine, sink = FakeEngine(), FakeSink()
    speaking(engine, sink).speak(THREE)
    silent = [len(samples) / RATE for samples, _ in sink.played if not samples.any()]
    assert silent == pytest.approx([CLAUSE_PAUSE_S, SENTENCE_PAUSE_S, SENTENCE_PAUSE_S])
    assert sink.played[0][0].any()
    assert sink.played[-1][0].any()


def test_a_file_that_takes_everything_at_once_gets_the_pauses_too(tmp_path: Path) -> None:
    path = tmp_path / "reply.wav"
    sink = WavSink(path)
    reply = Speaking(FakeEngine(), sink).speak(THREE)
    sink.close()
    with wave.open(str(path)) as file:
        length_s = file.getnframes() / file.getframerate()
    assert reply.error is None
    assert length_s == pytest.approx(4.0 + CLAUSE_PAUSE_S + 2 * SENTENCE_PAUSE_S, abs=0.01)


def test_no_pause_is_added_to_a_late_clause() -> None:
    sink = FakeSink()
    first_played = threading.Event()
    play = sink.play

    def note(samples: Samples, rate: int, tag: str = "") -> None:
        play(samples, rate, tag)
        if len(sink.played) == 2:
            first_played.set()

    def late(text: str) -> None:
        if text == CLAUSES[1] and first_played.wait(LONG_WAIT_S):
            sink.now_s += 10.0

    sink.play = note  # type: ignore[method-assign]
    speaking(FakeEngine(late), sink).speak("The first clause, then all of the rest of it.")
    assert len(sink.played) == 4
    assert all(samples.any() for samples, _ in sink.played)


def test_a_full_disk_ends_the_reply_with_its_error() -> None:
    sink = FakeSink()

    def full(samples: Samples, rate: int, tag: str = "") -> None:
        raise StarlingError("audio.disk_full", "The disk is full.")

    sink.play = full  # type: ignore[method-assign]
    reply = speaking(FakeEngine(), sink).speak(THREE * 20)
    assert reply.error is not None
    assert reply.error["code"] == "audio.disk_full"


def test_the_first_clause_is_handed_over_while_the_second_is_made() -> None:
    played_first = threading.Event()
    sink = FakeSink()
    play = sink.play

    def note(samples: Samples, rate: int, tag: str = "") -> None:
        play(samples, rate, tag)
        played_first.set()

    sink.play = note  # type: ignore[method-assign]
    in_time = []

    def before_chunk(text: str) -> None:
        if text == CLAUSES[1]:
            in_time.append(played_first.wait(LONG_WAIT_S))

    speaking(FakeEngine(before_chunk), sink).speak(THREE)
    assert in_time == [True, True]


def test_streamed_pieces_are_spoken_before_the_last_one_came() -> None:
    sink = FakeSink()
    engine = FakeEngine()
    made = threading.Event()
    engine.before_chunk = lambda text: made.set()
    spoke_early = []

    def pieces() -> Iterator[str]:
        yield "The first cla"
        yield "use, then "
        spoke_early.append(made.wait(LONG_WAIT_S))
        yield "the rest."

    reply = speaking(engine, sink).speak(pieces())
    assert spoke_early == [True]
    assert reply.text == "The first clause, then the rest."
    assert engine.texts == ["The first clause,", "then the rest."]


def test_neither_engine_nor_speaker_runs_far_ahead() -> None:
    engine, sink = FakeEngine(), FakeSink()
    ahead = []

    def before_chunk(text: str) -> None:
        handed = sum(1 for samples, _ in sink.played if samples.any()) // 2
        ahead.append(len(engine.texts) - handed)

    engine.before_chunk = before_chunk
    speaking(engine, sink).speak("This is one more sentence of many. " * 30)
    assert len(engine.texts) == 30
    assert max(ahead) <= CLAUSES_AHEAD + 2
    assert sink.most_queued_s <= LEAD_S + 1.0 + SENTENCE_PAUSE_S + 1e-6


@pytest.mark.parametrize("text", ["", "   ", "…", "🎉", "```\n```", "--- ---"])
def test_nothing_to_say_asks_no_engine(text: str) -> None:
    engine, sink = FakeEngine(), FakeSink()
    reply = speaking(engine, sink).speak(text)
    assert engine.texts == []
    assert sink.played == []
    assert (reply.audio_s, reply.synthesis_s, reply.time_to_first_audio_ms, reply.rtf) == (None, None, None, None)
    assert not reply.played
    assert reply.error is None


def test_stop_silences_at_once_and_cancels_what_is_being_made() -> None:
    in_second, go_on = threading.Event(), threading.Event()

    def before_chunk(text: str) -> None:
        if text == CLAUSES[1]:
            in_second.set()
            go_on.wait(LONG_WAIT_S)

    engine, sink = FakeEngine(before_chunk), FakeSink()
    voice = speaking(engine, sink)
    replies = []
    thread = threading.Thread(target=lambda: replies.append(voice.speak(THREE)))
    thread.start()
    assert in_second.wait(LONG_WAIT_S)
    voice.stop()
    assert sink.drained  # silent when stop() returns, with the engine still busy
    go_on.set()
    thread.join(LONG_WAIT_S)
    assert not thread.is_alive()
    assert replies[0].stopped
    assert replies[0].error is None
    assert engine.texts == CLAUSES[:2]
    assert all(speech.closed for speech in engine.speeches)
    assert sink.drained


def test_stop_while_the_last_sound_plays() -> None:
    engine, sink = FakeEngine(), FakeSink()
    voice = speaking(engine, sink)
    sink.on_wait = voice.stop
    reply = voice.speak("Just a short one.")
    assert reply.stopped
    assert sink.stops >= 1


def test_stop_without_a_reply_does_not_touch_the_next() -> None:
    engine, sink = FakeEngine(), FakeSink()
    voice = speaking(engine, sink)
    voice.stop()
    assert not voice.speak(THREE).stopped
    voice.stop()
    assert not voice.speak(THREE).stopped
    assert {tag for _, tag in sink.played} == {"reply-1", "reply-2"}


def test_a_failing_engine_ends_the_reply_with_its_error_and_what_was_said() -> None:
    def before_chunk(text: str) -> None:
        if text == CLAUSES[2]:
            raise StarlingError("engine.gone", "All engines failed.")

    engine, sink = FakeEngine(before_chunk), FakeSink()
    reply = speaking(engine, sink).speak(THREE)
    assert reply.error is not None
    assert reply.error["code"] == "engine.gone"
    assert reply.audio_s == pytest.approx(2.0)
    assert reply.played
    assert sink.drained
    assert not reply.stopped


def test_a_failing_source_of_text_is_in_the_reply() -> None:
    def pieces() -> Iterator[str]:
        yield "The first clause, and "
        raise StarlingError("llm.gone", "The language model went away.")

    reply = speaking(FakeEngine(), FakeSink()).speak(pieces())
    assert reply.error is not None
    assert reply.error["code"] == "llm.gone"
    assert reply.audio_s == pytest.approx(1.0)


def test_a_speaker_that_takes_nothing_does_not_hang_the_reply() -> None:
    engine, sink = FakeEngine(), FakeSink()
    sink.stuck = True
    reply = speaking(engine, sink).speak(THREE)
    assert reply.error is not None
    assert reply.error["code"] == "audio.speaker_stuck"
    assert sink.now_s - 100.0 < 2 * DRAIN_GRACE_S


def test_a_lost_speaker_is_the_reason_and_its_events_go_on() -> None:
    engine, sink = FakeEngine(), FakeSink()
    sink.tell(SpeakerLost(StarlingError("audio.no_speaker", "There is no speaker.")))
    sink.tell(SoundDropped(1.0))
    events: list[SinkEvent] = []
    reply = speaking(engine, sink, on_event=events.append).speak("Just a short one.")
    assert reply.error is not None
    assert reply.error["code"] == "audio.no_speaker"
    assert [type(event) for event in events] == [SpeakerLost, SoundDropped]


def test_a_reply_does_not_wait_long_for_a_speaker_that_was_never_there() -> None:
    engine, sink = FakeEngine(), FakeSink()
    mouth = speaking(engine, sink)
    sink.tell(SpeakerLost(StarlingError("audio.no_speaker", "There is no speaker.")))
    mouth.look()  # told while nothing was said
    sink.stuck, sink.silent = True, True
    reply = mouth.speak(THREE)
    assert reply.error is not None
    assert reply.error["code"] == "audio.no_speaker"
    assert not reply.played
    assert sink.now_s - 100.0 < LOST_S + 0.2
    sink.tell(SpeakerOpened("Speaker", RATE, 1, 0.01))
    sink.stuck, sink.silent = False, False
    assert mouth.speak("Just a short one.").error is None


def test_what_the_sink_does_while_nothing_is_said_is_told_once() -> None:
    events: list[SinkEvent] = []
    sink = FakeSink()
    mouth = speaking(FakeEngine(), sink, on_event=events.append)
    sink.tell(SpeakerOpened("Speaker", RATE, 1, 0.01))
    sink.tell(FirstSound("old", 1.0, 0.01))
    mouth.look()
    mouth.look()
    assert [type(event) for event in events] == [SpeakerOpened]


def test_a_recording_is_played_as_it_is() -> None:
    sink = FakeSink()
    reply = speaking(FakeEngine(), sink).play(np.full(RATE // 2, 0.25, np.float32), RATE)
    assert sink.sound.tolist() == [0.25] * (RATE // 2)
    assert (reply.played, reply.error, reply.text) == (True, None, "")


def test_volume_is_a_gain_on_speech_and_not_on_recordings() -> None:
    sink = FakeSink()
    mouth = speaking(FakeEngine(), sink, volume=0.5)
    mouth.speak("Just a short one.")
    assert set(sink.sound.tolist()) == {0.25}
    sink.played.clear()
    mouth.volume = 2.0
    mouth.speak("Just a short one.")
    assert 0.9 < sink.sound.max() < 1.0  # 1.0 would be 0.5 doubled
    sink.played.clear()
    mouth.play(np.full(10, 0.5, np.float32), RATE)
    assert set(sink.sound.tolist()) == {0.5}


def test_somebody_else_speaks_once_and_the_voice_in_use_stays() -> None:
    engine, other, sink = FakeEngine(), FakeEngine(), FakeSink()
    mouth = speaking(engine, sink, voice="en-gb")
    told: list[tuple[int, int]] = []
    delivery = Delivery(other, "en-us", 2.0, 0.5, lambda samples, rate: told.append((samples.size, rate)))
    reply = mouth.speak("Just a short one.", delivery)
    assert (reply.voice, other.voices, engine.voices) == ("en-us", {("en-us", 2.0)}, set())
    assert sum(size for size, _ in told) == sink.sound.size
    assert {rate for _, rate in told} == {RATE}
    assert mouth.speak("Just a short one.").voice == "en-gb"
    assert engine.voices == {("en-gb", 1.0)}


@pytest.mark.parametrize(
    ("text", "voice", "said"),
    [("Hello there.", "en-gb", ""), ("Привет всем.", "en-gb", "Cyrillic"), ("Привет всем.", "ru", ""),
     ("Привет всем.", "", "")],
)  # fmt: skip
def test_letters_that_the_voice_does_not_read_are_told(text: str, voice: str, said: str) -> None:
    reply = speaking(FakeEngine(), FakeSink(), voice=voice).speak(text)
    assert len(reply.notes) == bool(said)
    assert said in "".join(reply.notes)


def test_another_sink_takes_over() -> None:
    first, second = FakeSink(), FakeSink()
    mouth = speaking(FakeEngine(), first)
    assert mouth.use(second) is first
    mouth.speak("Just a short one.")
    assert (len(first.played), len(second.played) > 0) == (0, True)


@pytest.mark.parametrize(
    ("clause", "pause_s"),
    [
        ("One.", SENTENCE_PAUSE_S),
        ('"One!" ', SENTENCE_PAUSE_S),
        ("one,", CLAUSE_PAUSE_S),
        ("one", CLAUSE_PAUSE_S),
        ("**One?**", SENTENCE_PAUSE_S),
        ("line\n", SENTENCE_PAUSE_S),
    ],
)
def test_pauses(clause: str, pause_s: float) -> None:
    assert pause_after(clause) == pause_s


def test_silence_that_the_engine_left_counts_as_pause() -> None:
    loud, quiet = np.full(100, 0.5, np.float32), np.zeros(50, np.float32)
    assert trailing_silence_s(loud, RATE, 0.3) == 0.0
    assert trailing_silence_s(np.concatenate([loud, quiet]), RATE, 0.3) == pytest.approx(0.05)
    assert trailing_silence_s(quiet, RATE, 0.3) == pytest.approx(0.35)


def test_a_real_voice_in_its_engine_process_is_spoken_stopped_and_restarted() -> None:
    supervisor = Supervisor([Rung(EngineSpec("demo", "demo", "", "starling.speech.tts.espeak:create", {}))])
    sink = FakeSink()
    voice = Speaking(TtsClient(supervisor), sink, voice="en-gb+f5", clock=lambda: sink.now_s)
    try:
        reply = voice.speak(THREE)
        assert reply.error is None
        assert reply.tier == "demo"
        assert reply.placement.device == "cpu"
        assert reply.audio_s is not None
        assert 3.0 < reply.audio_s < 10.0
        assert reply.rtf is not None
        assert 0.0 < reply.rtf < 1.0
        assert np.abs(sink.sound).max() > 0.1
        sink.on_wait = voice.stop
        assert voice.speak("This is one more sentence of many. " * 30).stopped
        sink.on_wait = lambda: None
        assert voice.speak("All is well again.").error is None
        voice.voice = "en-gb+nobody"
        refused = voice.speak("All is well again.")
        assert refused.error is not None
        assert refused.error["code"] == "tts.unknown_voice"
    finally:
        supervisor.close()


def test_what_is_unwanted_before_it_begins_makes_no_sound() -> None:
    sink = FakeSink()
    reply = speaking(FakeEngine(), sink).speak(THREE, unwanted=lambda: True)
    assert reply.stopped
    assert sink.played == []


def test_a_stop_does_not_wait_for_a_slow_engine() -> None:
    began, go = threading.Event(), threading.Event()

    def slow(text: str) -> None:
        began.set()
        go.wait(10)

    mouth = speaking(FakeEngine(before_chunk=slow), FakeSink())
    replies: list[Reply] = []
    speaker = threading.Thread(target=lambda: replies.append(mouth.speak(THREE)))
    speaker.start()
    assert began.wait(5)
    mouth.stop()
    speaker.join(2)
    assert not speaker.is_alive()
    go.set()
    assert replies[0].stopped
