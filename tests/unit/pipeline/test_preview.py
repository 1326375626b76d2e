"""Previews over real engines: eSpeak and a Kokoro-shaped model, each in its own process."""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from starling import locate
from starling.core.results import Samples
from starling.pipeline import events, preview_engines, voice_lookup
from starling.pipeline.events import Preview
from starling.pipeline.making import SENTENCE_PAUSE_S
from starling.pipeline.preview import check
from tests.helpers.kokoro_model import VOICES, build
from tests.unit.pipeline.previewing import SENTENCE, TEXT, Bench, wait_until


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def kokoro(home: Path) -> Path:
    return build(locate.data_dir() / "models" / "tones", noise=True)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


def test_a_preview_is_spoken_in_clauses_and_measured(bench: Bench) -> None:
    ended = bench.speak(text=TEXT, voice="en-gb+f5", speed=1.25)
    assert ended.error is None
    assert (ended.tier, ended.voice, ended.placement.device) == ("demo", "en-gb+f5", "cpu")
    assert ended.audio_s is not None
    assert 2.0 < ended.audio_s < 5.0
    assert ended.rtf is not None
    assert 0.0 < ended.rtf < 1.0
    assert ended.time_to_first_audio_ms is not None
    assert 0.0 < ended.time_to_first_audio_ms < 2000.0
    assert ended.waited_ms is not None
    (loading,), (began,) = bench.told.of(events.PreviewLoading), bench.told.of(events.PreviewBegan)
    assert loading.preview == began.preview == ended.preview
    assert began.notes == ended.notes == ()
    assert bench.told.said == [TEXT]  # what the microphone hears of it is known


def test_the_waveform_of_all_that_was_made_is_told(bench: Bench) -> None:
    bench.speak(text=TEXT, voice="en-us")
    progress = bench.told.of(events.PreviewProgress)
    assert len(progress) > 2
    played = np.concatenate(bench.sink.played)
    late_s = sum(each.seconds for each in progress) - played.size / 22_050
    assert -1e-6 < late_s < SENTENCE_PAUSE_S  # a pause that the engine's delay stood for is kept too
    assert max(high for each in progress for _, high in each.peaks) == pytest.approx(played.max())
    assert all(-1.0 <= low <= high <= 1.0 for each in progress for low, high in each.peaks)


def test_the_voice_in_use_keeps_its_settings_and_its_engine_is_shared(bench: Bench) -> None:
    bench.speaking.voice, bench.speaking.volume = "en-us", 0.5
    bench.speak(voice="fr-fr", volume=2.0, speed=2.0)
    assert bench.own == {}  # no second process for the tier in use
    bench.line.submit("Hello there.", 1)
    bench.told.wait(tuple)  # type: ignore[arg-type]
    wait_until(lambda: bench.told.replies)
    assert bench.told.replies[0].voice == "en-us"
    assert (bench.speaking.voice, bench.speaking.speed, bench.speaking.volume) == ("en-us", 1.0, 0.5)


def test_another_tier_gets_an_engine_of_its_own_that_leaves_when_idle(
    kokoro: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.lender.tier_in_use == "cpu"
    monkeypatch.setattr(preview_engines, "IDLE_UNLOAD_S", 0.2)
    ended = bench.speak(tier="demo", voice="de", text="Guten Tag.")
    assert (ended.tier, ended.voice, ended.error) == ("demo", "de", None)
    (own,) = bench.own.values()
    assert own.client.supervisor.state().status == "ready"
    assert bench.live.tts.supervisor.state().status == "unloaded"
    wait_until(lambda: bench.previews.tidy() or own.client.supervisor.state().status == "unloaded")
    assert bench.speak(tier="demo", voice="de", text="Guten Tag.").error is None
    assert [each.client for each in bench.own.values()] == [own.client]


def test_both_tiers_are_measured_each_by_itself(kokoro: Path, bench: Bench) -> None:
    ends = [bench.speak(tier=tier, voice=voice) for tier, voice in (("cpu", "af_sky"), ("demo", "en-us"))]
    assert [(end.tier, end.voice, end.error) for end in ends] == [("cpu", "af_sky", None), ("demo", "en-us", None)]
    assert all(end.rtf and end.time_to_first_audio_ms for end in ends)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"text": " "}, "say.nothing"),
        ({"text": "🎉"}, "say.nothing"),
        ({"text": "a" * 2001}, "preview.too_long"),
        ({"voice": "en-usa"}, "tts.unknown_voice"),
        ({"speed": 2.1}, "tts.bad_speed"),
        ({"speed": float("nan")}, "tts.bad_speed"),
        ({"volume": -1.0}, "tts.bad_volume"),
        ({"seed": -1}, "tts.bad_seed"),
        ({"tier": "cpu"}, "tts.no_model"),
        ({"tier": "npu"}, "tts.no_tier"),
        ({"tier": "mlir-aie"}, "tts.no_tier"),
        ({"tier": "x"}, "tts.no_tier"),
    ],
)
def test_what_cannot_be_spoken_ends_with_its_reason(bench: Bench, wanted: dict[str, Any], code: str) -> None:
    ended = bench.speak(**wanted)
    assert ended.error is not None
    assert ended.error["code"] == code
    assert ended.rtf is None
    assert bench.speak().error is None


def test_a_voice_without_phonemiser_and_text_it_does_not_read(kokoro: Path, bench: Bench) -> None:
    ended = bench.speak(voice="jf_alpha", text="こんにちは")
    assert ended.error is not None
    assert ended.error["code"] == "tts.no_phonemizer"
    ended = bench.speak(voice="af_heart", text="Привет, мир")
    assert ended.error is None
    assert "Cyrillic" in ended.notes[0]
    assert bench.told.of(events.PreviewBegan)[-1].notes == ended.notes  # said before it sounds


@pytest.mark.alone
def test_a_stop_silences_it_at_once_and_nothing_else(bench: Bench) -> None:
    bench.sink.slow = True
    bench.previews.start(Preview(SENTENCE * 20))
    bench.told.wait(events.PreviewProgress)
    began = time.monotonic()
    bench.previews.stop()
    assert time.monotonic() - began < 0.1
    (ended,) = bench.told.of(events.PreviewEnded)
    assert ended.stopped
    assert ended.rtf is None
    bench.previews.stop()
    bench.line.submit("Hello there.", 1)
    bench.told.wait(events.PreviewEnded)
    bench.previews.stop()  # a reply is not a preview
    wait_until(lambda: bench.told.replies)
    assert not bench.told.replies[0].stopped
    assert len(bench.told.of(events.PreviewEnded)) == 1


def test_the_newest_preview_wins_and_each_has_one_end(bench: Bench) -> None:
    bench.sink.slow = True
    for number in range(5):
        bench.previews.start(Preview(f"This is number {number}."))
    ends = bench.told.wait(events.PreviewEnded, 5)
    assert [end.stopped for end in ends] == [True] * 4 + [False]
    assert [end.preview.text[-2] for end in ends] == list("01234")
    assert ends[-1].error is None


def test_a_stop_of_everything_ends_a_preview_that_waits_or_sounds(bench: Bench) -> None:
    bench.sink.slow = True
    bench.line.submit(SENTENCE * 5, 1)
    wait_until(lambda: bench.sink.played)
    bench.previews.start(Preview("Just a word."))
    bench.told.wait(events.PreviewLoading)
    wait_until(lambda: bench.line._inbox.qsize())
    bench.line.stop()
    assert bench.told.wait(events.PreviewEnded)[0].stopped
    bench.previews.start(Preview(SENTENCE * 5))
    bench.told.wait(events.PreviewProgress)
    bench.line.stop()
    assert bench.told.wait(events.PreviewEnded, 2)[1].stopped


@pytest.mark.parametrize(("tier", "voice"), [("cpu", "af_heart"), ("demo", "en-gb+f5")])
def test_a_seed_makes_previews_repeatable(kokoro: Path, bench: Bench, tier: str, voice: str) -> None:
    sounds = []
    for seed in (7, 7, 8):
        bench.sink.played.clear()
        ended = bench.speak(tier=tier, voice=voice, seed=seed, text=TEXT)
        assert ended.error is None
        sounds.append(np.concatenate([piece for piece in bench.sink.played if piece.any()]))
    np.testing.assert_array_equal(sounds[0], sounds[1])
    if tier == "cpu":
        assert not np.array_equal(sounds[0], sounds[2])
        assert bench.live.tts.supervisor.state().status == "unloaded"  # its noise was not touched
    wait_until(lambda: [own.used for own in bench.own.values()] == [False])  # a spare for the next one


def test_without_a_seed_the_noise_is_new_each_time(kokoro: Path, bench: Bench) -> None:
    sounds = []
    for _ in range(2):
        bench.sink.played.clear()
        bench.speak(voice="af_heart")
        sounds.append(np.concatenate(bench.sink.played))
    assert not np.array_equal(*sounds)
    assert bench.own == {}


def test_a_voice_in_use_with_a_seed_is_not_lent(kokoro: Path) -> None:
    bench = Bench(seed=5)
    try:
        assert bench.speak(voice="af_heart").error is None
        assert bench.live.tts.supervisor.state().status == "unloaded"
    finally:
        bench.close()


def read(path: Path) -> tuple[tuple[int, int, int], Samples]:
    with wave.open(str(path)) as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        return shape, np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32767


def test_what_was_heard_is_exported(kokoro: Path, bench: Bench, tmp_path: Path) -> None:
    ended = bench.speak(text=TEXT, voice="af_heart", volume=1.5)
    path = tmp_path / "a.wav"
    bench.previews.export(ended.preview, str(path))
    (exported,) = bench.told.wait(events.PreviewExported)
    assert (exported.path, exported.error) == (str(path), None)
    shape, samples = read(path)
    assert shape == (1, 2, 24_000)
    rest = samples
    for piece in (piece for piece in bench.sink.played if piece.any()):
        quiet = int(np.flatnonzero(np.abs(rest) > 1e-3)[0]) - int(np.flatnonzero(np.abs(piece) > 1e-3)[0])
        np.testing.assert_allclose(rest[quiet : quiet + piece.size], piece, atol=1e-3)
        rest = rest[quiet + piece.size :]
    assert rest.size == 0
    assert exported.audio_s == pytest.approx(samples.size / 24_000)
    bench.previews.export(ended.preview, str(path))
    assert bench.told.wait(events.PreviewExported, 2)[1].error["code"] == "audio.file_exists"  # type: ignore[index]
    bench.previews.export(ended.preview, str(path), overwrite=True)
    assert bench.told.wait(events.PreviewExported, 3)[2].error is None


def test_what_was_not_heard_is_made_for_export_in_silence(bench: Bench, tmp_path: Path) -> None:
    bench.previews.export(Preview(SENTENCE, "en-us", seed=3), str(tmp_path / "a.wav"))
    assert bench.told.wait(events.PreviewExported)[0].error is None
    shape, samples = read(tmp_path / "a.wav")
    assert shape == (1, 2, 24_000)  # eSpeak's own rate is 22 050
    assert 2.0 < samples.size / 24_000 < 4.0
    assert bench.sink.played == []
    assert bench.own == {}
    for wanted, place, code in (
        (Preview("🎉"), tmp_path / "b.wav", "say.nothing"),
        (Preview("x", "nobody"), tmp_path / "b.wav", "tts.unknown_voice"),
        (Preview("x"), tmp_path / "absent" / "b.wav", "audio.file_unwritable"),
    ):
        count = len(bench.told.of(events.PreviewExported)) + 1
        bench.previews.export(wanted, str(place))
        error = bench.told.wait(events.PreviewExported, count)[-1].error
        assert error is not None
        assert error["code"] == code
    assert [path.name for path in tmp_path.glob("*.wav")] == ["a.wav"]


def test_closing_ends_what_is_spoken_and_every_process(bench: Bench) -> None:
    bench.sink.slow = True
    bench.previews.start(Preview(SENTENCE * 20, seed=3))
    bench.told.wait(events.PreviewProgress)
    began = time.monotonic()
    bench.previews.close()
    assert time.monotonic() - began < 1.5
    assert bench.told.of(events.PreviewEnded)[0].stopped


def test_a_good_preview_is_not_refused() -> None:
    check(Preview("x" * 2000, speed=0.5, volume=2.0, seed=1))
    check(Preview("x", speed=2.0, volume=0.0))


def test_all_voices_without_a_model(bench: Bench) -> None:
    catalogue = voice_lookup.catalogue(lambda: bench.lender.borrow("demo"), "demo", ("af_heart",))
    assert catalogue.favourites == ("af_heart",)
    tiers = {tier.tier: tier for tier in catalogue.tiers}
    assert list(tiers) == ["mlir-aie", "npu", "cpu", "demo"]
    assert [tier.available for tier in tiers.values()] == [False, False, False, True]
    assert all(tier.reason for tier in tiers.values() if not tier.available)
    assert len(tiers["cpu"].voices) == 54  # what a model would bring
    assert tiers["demo"].in_use
    english = next(voice for voice in tiers["demo"].voices if voice.id == "en-us")
    assert (english.language_name, english.gender, english.grade) == ("English (America)", "", "")
    assert {"f5", "m3"} <= {variant.id for variant in tiers["demo"].variants}


def test_all_voices_with_a_model(kokoro: Path, bench: Bench) -> None:
    cpu = voice_lookup.cpu_tier(True)
    assert (cpu.available, cpu.in_use, cpu.model) == (True, True, "tones")
    assert {voice.id for voice in cpu.voices} == set(VOICES)
    assert cpu.voices[0].id == "af_heart"
    assert cpu.voices[0].grade == "A"
    assert [voice.id for voice in cpu.voices if not voice.usable and not voice.note] == []
    assert sum(voice.usable for voice in cpu.voices) == 41
    assert cpu.source.startswith("https://")
    assert bench.live.tts.supervisor.state().status == "unloaded"  # only the file's directory was read


def test_a_broken_voices_file_is_the_reason(kokoro: Path) -> None:
    (kokoro / "voices.bin").write_bytes(b"not an archive")
    cpu = voice_lookup.cpu_tier(False)
    assert not cpu.available
    assert "voices.bin" in cpu.reason
