"""espeak-ng as an engine: voices, text that is not plain prose, chunks, determinism."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.core.results import Samples
from starling.speech.tts import espeak
from starling.speech.tts.espeak_library import LONGEST_DATA_PATH, EspeakVoice, short_data_path
from tests.unit.speech.tts.engine_process import EngineProcess

FACTORY = "starling.speech.tts.espeak:create"
SENTENCE = "The quick brown fox jumps over the lazy dog."

VOICES = [
    EspeakVoice("en-gb", "gmw/en", "English (Great Britain)", "male"),
    EspeakVoice("en-us", "gmw/en-US", "English (America)", "male"),
    EspeakVoice("yue", "sit/yue", "Chinese (Cantonese)", "male"),
    EspeakVoice("yue", "sit/yue-Latn-jyutping", "Chinese (Cantonese, latin as Jyutping)", "male"),
]
VARIANTS = [EspeakVoice("variant", "!v/f5", "female5", "female"), EspeakVoice("variant", "!v/Mr serious", "Mr", "male")]


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineProcess]:
    process = EngineProcess(FACTORY, {})
    yield process
    process.close()


@pytest.mark.parametrize(
    ("voice", "file"),
    [
        ("en-us", "gmw/en-US"),
        ("EN-US", "gmw/en-US"),
        ("en", "gmw/en"),
        ("en-gb", "gmw/en"),
        ("en-gb+f5", "gmw/en+f5"),
        ("en-gb+F5", "gmw/en+f5"),
        ("en-us+female5", "gmw/en-US+f5"),
        ("en-us+mr serious", "gmw/en-US+Mr serious"),
        ("gmw/en-US", "gmw/en-US"),
        ("English (America)", "gmw/en-US"),
        ("yue", "sit/yue"),
        ("sit/yue-Latn-jyutping", "sit/yue-Latn-jyutping"),
    ],
)
def test_a_voice_is_found_by_code_file_or_name(voice: str, file: str) -> None:
    assert espeak.resolve(voice, VOICES, VARIANTS) == file


@pytest.mark.parametrize(
    ("voice", "hint"),
    [
        ("en-uk", "en-us"),
        ("en-us+f55", "en-us+f5"),
        ("en-us+", ""),
        ("", ""),
        ("+f5", ""),
        ("en-us+../../x", ""),
        ("en-us+f5+f5", ""),
        ("af_heart", ""),
    ],
)
def test_an_unknown_voice_is_an_error_with_near_misses(voice: str, hint: str) -> None:
    with pytest.raises(StarlingError) as caught:
        espeak.resolve(voice, VOICES, VARIANTS)
    assert caught.value.code == "tts.unknown_voice"
    assert hint in caught.value.fix
    assert repr(voice) in caught.value.message


@pytest.mark.parametrize(("speed", "rate"), [(1.0, 175), (0.5, 88), (2.0, 350), (0.01, 80), (9.0, 450), (1.2, 210)])
def test_speed_is_a_factor_on_175_words_a_minute(speed: float, rate: int) -> None:
    assert espeak.words_per_minute(speed) == rate


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    with pytest.raises(StarlingError) as caught:
        espeak.words_per_minute(speed)
    assert caught.value.code == "tts.bad_speed"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("hello", "hello"),
        ("\x00hi", "hi"),
        ("a\x01+10pb", "a +10pb"),
        ("two\nlines\tand", "two\nlines\tand"),
        ("  \n ", ""),
        ("half \ud83d emoji", "half   emoji"),
    ],
)
def test_control_characters_never_reach_espeak(text: str, plain: str) -> None:
    assert espeak.speakable(text) == plain


def test_a_short_data_path_is_used_as_it_is(tmp_path: Path) -> None:
    with short_data_path("/short/espeak-ng-data") as path:
        assert path == "/short/espeak-ng-data"


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_long_data_path_gets_a_short_link_for_a_while(tmp_path: Path) -> None:
    data = tmp_path / ("d" * 120) / ("e" * 120)
    data.mkdir(parents=True)
    (data / "phontab").write_bytes(b"x")
    with short_data_path(str(data)) as path:
        assert len(os.fsencode(path)) <= LONGEST_DATA_PATH
        assert Path(path, "phontab").read_bytes() == b"x"
    assert not Path(path).exists()
    assert (data / "phontab").exists()


def test_it_speaks_at_its_own_rate_and_says_where_it_ran(engine: EngineProcess) -> None:
    audio, totals = engine.say(SENTENCE)
    assert engine.described["tier"] == "demo"
    assert totals["rate"] == engine.described["rate"] == 22050
    assert audio.dtype == np.float32
    assert 2.0 < audio.size / 22050 < 4.0
    assert totals["audio_s"] == pytest.approx(audio.size / 22050)
    assert 0 < totals["synthesis_s"] < totals["audio_s"]
    assert 0.1 < np.abs(audio).max() <= 1.0
    assert totals["placement"]["device"] == "cpu"
    assert "1.52" in totals["placement"]["evidence"][0]


def test_sound_comes_in_chunks(engine: EngineProcess) -> None:
    replies = engine.call("synthesize", text=SENTENCE)
    assert len(replies) > 10
    assert max(reply.arrays["audio"].size for reply in replies) <= 22050 // 5 + 1
    assert all(reply.data["rate"] == 22050 for reply in replies)
    assert all("audio_s" not in reply.data for reply in replies[:-1])


def test_a_fresh_engine_says_the_same_samples(engine: EngineProcess) -> None:
    spoken = []
    for _ in range(2):
        process = EngineProcess(FACTORY, {})
        spoken.append(process.say(SENTENCE, "en-us+f5")[0])
        process.close()
    np.testing.assert_array_equal(*spoken)


def test_a_voice_leaves_no_trace_in_the_next(engine: EngineProcess) -> None:
    before = engine.say(SENTENCE)[0]
    other = engine.say(SENTENCE, "fr+whisper", 1.5)[0]
    after = engine.say(SENTENCE)[0]
    assert after.size == pytest.approx(before.size, rel=0.02)
    assert spectrum(after) == pytest.approx(spectrum(before), rel=0.1)
    assert spectrum(other) != pytest.approx(spectrum(before), rel=0.1)


def spectrum(audio: Samples) -> list[float]:
    """Share of the energy below 500 Hz, 500 to 2000 Hz and above."""
    power = np.abs(np.fft.rfft(audio)) ** 2
    frequency = np.fft.rfftfreq(audio.size, 1 / 22050)
    bands = (frequency < 500, (frequency >= 500) & (frequency < 2000), frequency >= 2000)
    return [float(power[band].sum() / power.sum()) for band in bands]


def test_speed_changes_the_length(engine: EngineProcess) -> None:
    slow, normal, fast = (engine.say(SENTENCE, speed=speed)[0].size for speed in (0.6, 1.0, 1.8))
    assert slow > 1.3 * normal > 1.3 * 1.3 * fast


@pytest.mark.parametrize("text", ["", "   \n\t", "\x00", "\x01\x02"])
def test_nothing_to_say_is_one_empty_reply(engine: EngineProcess, text: str) -> None:
    (reply,) = engine.call("synthesize", text=text)
    assert reply.arrays["audio"].shape == (0,)
    assert reply.data["audio_s"] == 0.0


@pytest.mark.parametrize("text", ["😀 🎉", "こんにちは", "Привет, мир", "שלום", "a" * 3000, "…—"])
def test_any_script_is_survived(engine: EngineProcess, text: str) -> None:
    audio, totals = engine.say(text)
    assert totals["audio_s"] == pytest.approx(audio.size / 22050)
    assert np.isfinite(audio).all()


def test_markup_is_read_out_not_obeyed(engine: EngineProcess) -> None:
    plain = engine.say("hello there")[1]["audio_s"]
    ssml = engine.say('<speak>hello <break time="30s"/> there</speak>')[1]["audio_s"]
    assert plain + 1.0 < ssml < 15.0
    assert engine.say("[[h@l'oU]]")[1]["audio_s"] > engine.say("hello")[1]["audio_s"]


def test_a_book_can_be_stopped_after_its_first_chunks(engine: EngineProcess) -> None:
    assert len(engine.call("synthesize", stop_after=2, text="word " * 20_000)) == 2
    again = engine.say(SENTENCE)[0]
    assert 2.0 < again.size / 22050 < 4.0


@pytest.mark.slow
def test_a_hundred_thousand_characters(engine: EngineProcess) -> None:
    replies = engine.call("synthesize", text="word " * 20_000)
    assert replies[-1].data["audio_s"] > 3600
    assert engine.first_reply_s < 0.5


def test_an_unknown_voice_leaves_the_engine_well(engine: EngineProcess) -> None:
    with pytest.raises(StarlingError) as caught:
        engine.say("hello", "en-us+nope")
    assert caught.value.code == "tts.unknown_voice"
    assert engine.say("hello")[0].size > 0


def test_an_unknown_default_voice_fails_at_the_start() -> None:
    with pytest.raises(StarlingError) as caught:
        EngineProcess(FACTORY, {"voice": "klingonese"})
    assert caught.value.code == "tts.unknown_voice"
    assert "klingon" in caught.value.fix


def test_every_listed_voice_and_variant_can_be_used(engine: EngineProcess) -> None:
    (reply,) = engine.call("voices")
    voices = reply.data["voices"]
    ids = [voice["id"] for voice in voices]
    assert len(ids) == len(set(ids)) == engine.described["voices"] > 100
    assert {"id": "en-us", "language": "en-us", "gender": "", "name": "English (America)"} in voices
    assert {voice["gender"] for voice in voices} == {""}  # no language file declares one; espeak says male of all
    variants = {voice["id"]: voice for voice in reply.data["variants"]}
    assert variants["f5"] == {"id": "f5", "language": "", "gender": "female", "name": "female5"}
    assert variants["m3"]["gender"] == "male"
    assert variants["Mario"]["gender"] == ""
    for name in [*ids, *(f"en-us+{variant['id']}" for variant in reply.data["variants"])]:
        engine.call("synthesize", stop_after=1, text="one", voice=name)


def test_a_stand_in_speaks_for_voices_it_has_not_and_says_so() -> None:
    process = EngineProcess(FACTORY, {"stand_in": True, "voice": "en-gb"})
    assert process.say("hello", "af_heart")[1]["voice"] == "en-gb"
    assert process.say("hello", "en-us+f5")[1]["voice"] == "en-us+f5"
    process.close()


def test_an_unknown_operation_is_refused(engine: EngineProcess) -> None:
    with pytest.raises(StarlingError) as caught:
        engine.call("sing")
    assert caught.value.code == "engine.unknown_op"
