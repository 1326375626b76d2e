"""Ten commands in three voices through mel, encoder, decoder and filters: the list stood before the code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from starling.core.results import SttOptions, Transcript
from starling.dictation.text.hints import hint
from starling.dictation.text.rules import TextRules
from starling.locate import shipped
from starling.speech.stt import whisper
from starling.speech.stt.filters import normalised
from tests.helpers.espeak import speak
from tests.helpers.listening import speech_wav

_LIST = json.loads((Path(__file__).parents[1] / "data" / "thirty_sentences.json").read_text())
VOICES: list[str] = _LIST["voices"]
SENTENCES: list[str] = _LIST["sentences"]
ENOUGH = 28


@pytest.fixture(scope="module")
def engine() -> whisper.WhisperEngine:
    return whisper.create({"model": str(shipped("resources", "starter")), "name": "starter", "short_context": True})


def heard(engine: whisper.WhisperEngine, sentence: str, voice: str, prompt: str = "") -> str:
    (reply,) = engine.call("transcribe", SttOptions(prompt=prompt).to_json(), {"0": speak(sentence, voice)})
    return normalised(Transcript.from_json(reply.data["transcripts"][0]).text)


def test_the_list_has_thirty_different_utterances() -> None:
    assert len({(sentence, voice) for sentence in SENTENCES for voice in VOICES}) == 30


@pytest.mark.parametrize(("sentence", "voice"), list(zip(SENTENCES, VOICES, strict=False)))
def test_one_sentence_of_each_voice(engine: whisper.WhisperEngine, sentence: str, voice: str) -> None:
    assert heard(engine, sentence, voice) == sentence


@pytest.mark.slow
def test_thirty_sentences(engine: whisper.WhisperEngine) -> None:
    pairs = [(sentence, voice) for voice in VOICES for sentence in SENTENCES]
    wrong = {pair: text for pair in pairs if (text := heard(engine, *pair)) != pair[0]}
    assert len(pairs) - len(wrong) >= ENOUGH, wrong


@pytest.mark.slow
def test_a_vocabulary_that_is_told_beforehand_breaks_nothing(engine: whisper.WhisperEngine) -> None:
    own = ("Kubernetes", "GitHub", "Okonkwo", "PostgreSQL", "Siobhan", "Nguyen", "Visual Studio Code", "Zywicki")
    for words in (own[:2], tuple(f"{word}{number}" for number in range(9) for word in own)):
        prompt = hint(TextRules(vocabulary=words)).prompt
        right = sum(heard(engine, sentence, voice, prompt) == sentence for voice in VOICES for sentence in SENTENCES)
        assert right >= ENOUGH, prompt


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_thirty_sentences_through_the_product(tmp_path: Path) -> None:
    """The same through ``starling try``: decoding of the file, VAD, segmenter, engine process and all."""
    right = 0
    for voice in VOICES:
        recording = speech_wav(tmp_path / f"{voice}.wav", SENTENCES, voice)
        command = [sys.executable, "-m", "starling", "try", "--json", "--stt", "legacy", "--model", "starter"]
        done = subprocess.run([*command, "--audio", str(recording)], capture_output=True, text=True, check=True)
        texts = [normalised(utterance["text"]) for utterance in json.loads(done.stdout)["utterances"]]
        assert len(texts) == len(SENTENCES), texts
        right += sum(text == sentence for text, sentence in zip(texts, SENTENCES, strict=True))
    assert right >= ENOUGH
