"""The speaker against a real sound server: gapless, quickly silent, never hanging."""

import itertools
import time
from collections.abc import Iterator

import numpy as np
import pytest

from starling.audio.events import FirstSound, SoundDropped, SpeakerBack, SpeakerLost, SpeakerOpened
from starling.audio.speaker import Speaker
from starling.core.errors import StarlingError
from tests.helpers import tones
from tests.helpers.pulse import PulseServer

pytestmark = pytest.mark.pulse
RATE = 24_000


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseServer]:
    with PulseServer() as server:
        server.apply(monkeypatch)
        server.prime("out")
        yield server


@pytest.fixture
def speaker(server: PulseServer) -> Iterator[Speaker]:
    speaker = Speaker("Test Speaker")
    speaker.wait_open(6)
    opened = speaker.events()
    assert len(opened) == 1
    assert isinstance(opened[0], SpeakerOpened)
    assert (opened[0].device, opened[0].rate, opened[0].channels) == ("Test Speaker", 48_000, 2)
    yield speaker
    speaker.close()


def test_clauses_join_without_a_gap_or_a_click(server: PulseServer, speaker: Speaker) -> None:
    whole = tones.tone(3.0, RATE)
    cuts = [0, 7_001, 7_002, 20_000, 50_001, whole.size]
    with server.recording("out.monitor") as heard:
        asked = time.monotonic()
        for start, end in itertools.pairwise(cuts):
            speaker.play(whole[start:end], RATE, "reply")
        assert time.monotonic() - asked < 0.1
        assert not speaker.drained
        assert speaker.wait(6)
        assert time.monotonic() - asked >= 3.0
        time.sleep(0.2)
    sound = heard.samples[tones.sounding(heard.samples)]
    assert sound.size / heard.rate == pytest.approx(3.0, abs=0.005)
    assert tones.phase_jump(sound[480:-480], heard.rate) < 0.01
    firsts = [event for event in speaker.events() if isinstance(event, FirstSound)]
    assert [first.tag for first in firsts] == ["reply"]
    assert 0 <= firsts[0].at_s - asked < 0.3
    assert speaker.stats().underruns == 0
    assert speaker.stats().played_s == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize("rate", [pytest.param(8_000, marks=pytest.mark.slow), 44_100])
def test_other_rates_sound_at_their_pitch(server: PulseServer, speaker: Speaker, rate: int) -> None:
    with server.recording("out.monitor") as heard:
        speaker.play(tones.tone(1.0, rate), rate)
        assert speaker.wait(4)
        time.sleep(0.2)
    sound = heard.samples[tones.sounding(heard.samples)]
    assert sound.size / heard.rate == pytest.approx(1.0, abs=0.01)
    assert tones.phase_jump(sound[960:-960], heard.rate) < 0.01


@pytest.mark.alone
def test_stop_is_silent_within_100_ms_and_forgets(server: PulseServer, speaker: Speaker) -> None:
    for _ in range(3):
        with server.recording("out.monitor") as heard:
            speaker.play(tones.tone(10.0, RATE), RATE, "long")
            assert heard.wait_for(lambda samples: np.abs(samples).max() > 0.1, 4)
            time.sleep(0.4)
            asked = time.monotonic()
            speaker.stop()
            assert speaker.drained
            time.sleep(0.5)
        last = heard.first_at + tones.sounding(heard.samples).stop / heard.rate
        assert last - asked < 0.1
        assert last > asked - 0.3, "it was silent before it was asked to be"


def test_what_follows_a_stop_is_heard_alone(server: PulseServer, speaker: Speaker) -> None:
    with server.recording("out.monitor") as heard:
        speaker.play(tones.tone(10.0, RATE, 1000), RATE, "old")
        speaker.stop()
        speaker.play(tones.tone(0.5, RATE), RATE, "new")
        assert speaker.wait(3)
        time.sleep(0.2)
    sound = heard.samples[tones.sounding(heard.samples)]
    assert sound.size / heard.rate == pytest.approx(0.5, abs=0.01)
    assert tones.phase_jump(sound[480:-480], heard.rate) < 0.01


@pytest.mark.parametrize(
    ("fault", "after_s"),
    # A frozen device is only told from one that wakes up after the time it is given for that.
    [("kill", 1.0), pytest.param("freeze", 3.5, marks=pytest.mark.slow)],
)
def test_a_lost_speaker_goes_on_when_it_is_back(
    server: PulseServer, speaker: Speaker, fault: str, after_s: float
) -> None:
    whole_s = after_s + 1.0
    speaker.play(tones.tone(1.0, RATE), RATE, "before")
    assert speaker.wait(4)
    speaker.events()
    speaker.play(tones.tone(whole_s, RATE), RATE, "reply")
    time.sleep(after_s)
    server.freeze() if fault == "freeze" else server.kill()
    deadline = time.monotonic() + 1.5
    events: list[object] = []
    while not any(isinstance(event, SpeakerLost) for event in events):
        assert time.monotonic() < deadline
        events += speaker.events()
        time.sleep(0.02)
    assert not speaker.wait(0.2)
    server.thaw() if fault == "freeze" else server.start()
    with server.recording("out.monitor") as heard:
        assert speaker.wait(8)
        time.sleep(0.2)
    events += speaker.events()
    assert [type(event) for event in events] == [FirstSound, SpeakerLost, SpeakerBack]
    assert 0.5 < tones.sounding(heard.samples).stop / heard.rate
    assert whole_s <= speaker.stats().played_s - 1.0 < whole_s + 1.5


@pytest.mark.alone
def test_without_a_sound_server_it_says_so_and_stays_responsive(server: PulseServer) -> None:
    server.kill()
    speaker = Speaker()
    try:
        asked = time.monotonic()
        speaker.play(tones.tone(1.0, RATE), RATE)
        assert not speaker.wait(0.1)
        assert time.monotonic() - asked < 0.5
        with pytest.raises(StarlingError) as refused:
            speaker.wait_open(8)
        assert refused.value.fix
        speaker.stop()
        assert speaker.drained
    finally:
        speaker.close()


@pytest.mark.slow
def test_sound_that_waited_too_long_is_dropped_with_an_event(server: PulseServer, speaker: Speaker) -> None:
    server.kill()
    speaker.play(tones.tone(2.0, RATE), RATE)
    assert speaker.wait(15)
    dropped = [event for event in speaker.events() if isinstance(event, SoundDropped)]
    assert [drop.seconds for drop in dropped] == pytest.approx([2.0])


def test_a_sound_after_a_rest_keeps_its_first_milliseconds(server: PulseServer, speaker: Speaker) -> None:
    for rest_s in (0.0, 0.7):
        time.sleep(rest_s)
        with server.recording("out.monitor") as heard:
            speaker.play(tones.tone(0.5, RATE), RATE)
            assert speaker.wait(3)
            time.sleep(0.2)
        sound = heard.samples[tones.sounding(heard.samples)]
        assert sound.size / heard.rate == pytest.approx(0.5, abs=0.001)
