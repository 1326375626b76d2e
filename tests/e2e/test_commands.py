"""The contract of the command line: what ``--json`` holds, what exits how. Scripts and other tests stand on it."""

import itertools
import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from starling import cli
from starling.audio.files import write_wav
from starling.core.results import SAMPLE_RATE
from tests.helpers.commands import starling
from tests.helpers.espeak import speak
from tests.helpers.kokoro_model import build
from tests.helpers.listening import speech_wav
from tests.helpers.shared import shared

UTTERANCE = {
    "start_s", "end_s", "text", "tier", "model", "placement", "audio_s", "processing_s", "rtf", "endpoint_to_text_ms",
    "speech_end_to_text_ms", "confidence",
}  # fmt: skip
REPLY = {
    "text", "tier", "voice", "placement", "audio_s", "synthesis_s", "rtf", "time_to_first_audio_ms", "wav",
}  # fmt: skip
NPU = {"present", "usable", "product", "generation", "firmware", "driver", "power_mode", "reasons", "fixes"}
STARTER = ("--stt", "legacy", "--model", "starter")


def report(done):
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_try_asks_itself_hears_and_answers(tmp_path):
    wav = tmp_path / "answer.wav"
    told = report(starling("try", "--json", "--out", str(wav), home=tmp_path))
    (utterance,), (reply,) = told["utterances"], told["replies"]
    assert utterance.keys() >= UTTERANCE
    assert reply.keys() >= REPLY
    assert (utterance["text"], utterance["tier"], utterance["model"]) == (
        "What is twenty three times seven?",
        "legacy",
        "starter",
    )
    assert utterance["placement"]["device"] == "cpu"
    assert utterance["placement"]["evidence"]
    assert utterance["rtf"] == pytest.approx(utterance["processing_s"] / utterance["audio_s"], rel=0.01)
    assert utterance["speech_end_to_text_ms"] >= 600  # the hangover is in it
    assert (reply["text"], reply["tier"], reply["wav"]) == ("23 times 7 is 161.", "demo", str(wav))
    assert told["paced"] is False
    assert "starter" in told["notes"][0]
    with wave.open(str(wav)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(reply["audio_s"], rel=0.2)


def test_paced_it_takes_its_time_and_the_text_is_there_at_the_endpoint(tmp_path):
    said = speech_wav(tmp_path / "said.wav", ["set a timer for ten minutes"])
    told = report(starling("try", "--json", "--paced", *STARTER, "--audio", str(said), home=tmp_path))
    (utterance,) = told["utterances"]
    assert utterance["text"] == "Set a timer for ten minutes."
    assert told["paced"] is True
    assert utterance["endpoint_to_text_ms"] < utterance["speech_end_to_text_ms"] < 5000
    assert not (tmp_path / "data/assistant").exists()  # a trial's timer would ring for nobody


def test_demo_hears_a_person(tmp_path):
    recording = shared("audio", "go_forward_ten_meters.wav")
    told = report(starling("try", "--json", "--stt", "demo", "--audio", str(recording), home=tmp_path))
    assert [utterance["text"] for utterance in told["utterances"]] == ["go forward ten meters"]
    assert told["utterances"][0]["tier"] == "demo"


def test_a_speech_of_eleven_seconds_has_no_gap_and_no_repetition(tmp_path):
    told = report(starling("transcribe", "--json", str(shared("audio", "jfk.flac")), home=tmp_path))
    lines, words = told["lines"], told["text"].split()
    assert 15 <= len(words) <= 30  # 22 were said
    assert told["audio_s"] == pytest.approx(11.0, abs=0.1)
    assert lines[-1]["end_s"] > 9.5
    assert all(before["end_s"] <= after["start_s"] for before, after in itertools.pairwise(lines))
    fours = [tuple(words[i : i + 4]) for i in range(len(words) - 3)]
    assert len(set(fours)) == len(fours)


@pytest.mark.parametrize(
    ("form", "begins", "holds"),
    [("txt", "What time is it?", ""), ("srt", "1\n00:00:0", " --> "), ("vtt", "WEBVTT\n\n00:00:0", " --> ")],
)
def test_formats(tmp_path, form, begins, holds):
    wav = tmp_path / "said.wav"
    write_wav(wav, speak("what time is it"), SAMPLE_RATE)
    done = starling("transcribe", *STARTER, "--format", form, str(wav), home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(begins)
    assert holds in done.out


def test_an_imported_model_is_what_auto_uses(tmp_path):
    source = shared("models", "starter-whisper")
    assert starling("models", "import", str(source), "--name", "mine", "--short-context", home=tmp_path).code == 0
    models = report(starling("models", "list", "--json", home=tmp_path))["models"]
    assert [model["name"] for model in models] == ["mine", "starter"]
    wav = tmp_path / "said.wav"
    write_wav(wav, speak("what time is it"), SAMPLE_RATE)
    told = report(starling("transcribe", "--json", str(wav), home=tmp_path))
    assert (told["tier"], told["model"], told["text"]) == ("legacy", "mine", "What time is it?")


def test_an_imported_voice_is_what_auto_uses(tmp_path):
    (tmp_path / "source").mkdir()
    build(tmp_path / "source")
    assert starling("models", "import", str(tmp_path / "source"), "--name", "kokoro", home=tmp_path).code == 0
    told = report(starling("say", "Hello.", "--json", "--out", str(tmp_path / "a.wav"), home=tmp_path))
    assert (told["replies"][0]["tier"], told["replies"][0]["voice"]) == ("cpu", "af_heart")


def test_doctor_has_every_section_and_says_why_nothing_better(tmp_path):
    told = report(starling("doctor", "--json", home=tmp_path, env={"STARLING_SYSROOT": str(tmp_path)}))
    assert told.keys() == {"npu", "audio", "models", "proofs", "engines", "history", "desktop", "versions"}
    assert told["npu"].keys() >= NPU
    assert told["npu"]["present"] is False
    assert told["engines"]["stt"][0]["tier"] == "demo"
    assert "no Whisper model is installed" in told["engines"]["stt"][0]["why_not_better"]
    assert all({"reasons", "fixes"} <= section.keys() for section in told.values())


@pytest.mark.parametrize(
    ("words", "code"), [(["--help"], 0), (["--version"], 0), (["nonsense"], 2), (["try", "--nonsense"], 2)]
)
def test_exit_codes(tmp_path, words, code):
    assert starling(*words, home=tmp_path).code == code


@pytest.mark.slow
def test_bench_measures_or_says_why_not(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "starling",
        "bench",
        "--json",
        "--runs",
        "1",
        "text",
        "whisper",
        "first-sound",
        "ready",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = {figure["name"]: figure for figure in json.loads(done.stdout)["figures"]}
    assert figures.keys() == {"endpoint_to_text", "whisper_speedup", "first_sound", "ready"}
    for name in ("endpoint_to_text", "whisper_speedup", "first_sound"):
        assert len(figures[name]["runs"]) == 1
        assert figures[name]["median"] >= 0
    assert figures["ready"]["median"] is None or figures["ready"]["median"] > 0
    assert all(figure["how"] for figure in figures.values())


def test_voices_are_listed_by_language_with_their_grades(tmp_path):
    build(tmp_path / "data/models/tones")
    (tmp_path / "config").mkdir()
    (tmp_path / "config/settings.toml").write_text('[tts]\nfavourites = "bf_emma"\n')
    voices = {voice["id"]: voice for voice in report(starling("say", "--voices", "--json", home=tmp_path))["voices"]}
    assert len(voices) == 54
    assert {key: voices["bf_emma"][key] for key in ("tier", "grade", "language_name", "favourite", "usable")} == {
        "tier": "cpu", "grade": "B-", "language_name": "British English", "favourite": True, "usable": True,
    }  # fmt: skip
    assert not voices["jf_alpha"]["usable"]
    assert "misaki" in voices["jf_alpha"]["note"]
    listed = starling("say", "--voices", home=tmp_path).out
    lines = [line.split() for line in listed.splitlines()]
    assert ["af_heart", "female", "A"] in lines
    assert ["bf_emma", "female", "B-", "*"] in lines
    assert ["pm_alex", "male", "no", "grade"] in lines
    assert listed.count("misaki[ja]") == 1
    demo = report(starling("say", "--voices", "--json", "--tts", "demo", home=tmp_path))
    assert {"id": "f5", "name": "female5", "gender": "female"} in demo["variants"]
    (voice,) = [voice for voice in demo["voices"] if voice["id"] == "en-us"]
    assert (voice["language_name"], voice["gender"], voice["tier"]) == ("English (America)", "", "demo")
    assert (
        "en-us                   English (America)" in starling("say", "--voices", "--tts", "demo", home=tmp_path).out
    )


def test_a_seed_and_a_volume_on_the_command_line(tmp_path):
    build(tmp_path / "data/models/tones", noise=True)

    def said(name, *options):
        wav = tmp_path / f"{name}.wav"
        told = report(starling("say", "--json", "--out", str(wav), *options, "Hello there.", home=tmp_path))
        assert told["replies"][0]["notes"] == []
        return wav.read_bytes()

    seven = said("a", "--seed", "7")
    assert said("b", "--seed", "7") == seven != said("c", "--seed", "8")
    assert said("d", "--seed", "7", "--volume", "0.5") != seven


@pytest.mark.parametrize("wrong", [("--volume", "3"), ("--seed", "-1"), ("--seed", "x")])
def test_a_seed_or_volume_that_is_none(wrong):
    with pytest.raises(SystemExit) as ended:
        cli.main(["say", *wrong, "hi"])
    assert ended.value.code == 2


def test_text_that_a_voice_does_not_read_is_told_on_stderr(tmp_path):
    done = starling("say", "--out", str(tmp_path / "a.wav"), "--voice", "en-us", "Привет", home=tmp_path)
    assert done.code == 0
    assert "Cyrillic" in done.err
