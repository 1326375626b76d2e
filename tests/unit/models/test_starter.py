"""The model that ships: what it is, that it is what it was made from, and that its converted form hears the same."""

from __future__ import annotations

import json
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from tokenizers import Tokenizer

from starling.locate import shipped
from starling.models.card import ModelCard
from starling.models.convert import convert
from starling.models.library import find
from starling.models.make_starter import main, make_starter
from starling.models.verify import verified_files
from starling.speech.stt.mel import log_mel
from tests.helpers.espeak import speak
from tests.helpers.numpy_whisper import NumpyEncoder
from tests.helpers.shared import shared

STARTER = shipped("resources", "starter")
FRAMES = 500
SAID = {
    "What time is it?": "en-us",
    "Turn on the kitchen lights.": "en-gb+f5",
    "Set a timer for five minutes.": "en-us+edward2",
}


@pytest.fixture(scope="module")
def model() -> ctranslate2.models.Whisper:
    return ctranslate2.models.Whisper(str(STARTER), compute_type="int8_float32", intra_threads=2)


@pytest.fixture(scope="module")
def reference() -> NumpyEncoder:
    return NumpyEncoder(STARTER / "encoder.safetensors")


def tokens(model: ctranslate2.models.Whisper, encoded: ctranslate2.StorageView) -> list[int]:
    prompt = ["<|startoftranscript|>", "<|notimestamps|>"]
    return list(model.generate(encoded, [prompt], beam_size=1)[0].sequences_ids[0])


@pytest.mark.parametrize("text", SAID)
def test_converted_starter_equals_the_numpy_reference(
    model: ctranslate2.models.Whisper, reference: NumpyEncoder, text: str
) -> None:
    mel = log_mel(speak(text, SAID[text]), FRAMES)
    encoded = model.encode(ctranslate2.StorageView.from_array(mel[np.newaxis]))
    ours, theirs = np.array(encoded)[0].astype(np.float64), reference(mel)
    assert float((ours * theirs).sum() / np.linalg.norm(ours) / np.linalg.norm(theirs)) >= 0.999
    heard = tokens(model, encoded)
    assert heard == tokens(model, ctranslate2.StorageView.from_array(theirs[np.newaxis]))
    assert Tokenizer.from_file(str(STARTER / "tokenizer.json")).decode(heard).strip() == text


def test_unquantised_conversion_is_the_reference(tmp_path: Path, reference: NumpyEncoder) -> None:
    convert(shared("models", "starter-whisper"), tmp_path / "full", quantization="float32", short_context=True)
    full = ctranslate2.models.Whisper(str(tmp_path / "full"), compute_type="float32", intra_threads=2)
    mel = log_mel(speak("What time is it?"), FRAMES)
    encoded = np.array(full.encode(ctranslate2.StorageView.from_array(mel[np.newaxis])))[0]
    assert np.abs(encoded - reference(mel)).max() < 1e-4


def test_shipped_files_are_those_of_the_card() -> None:
    contents = verified_files(STARTER)
    assert set(contents) == {"model.bin", "config.json", "vocabulary.json", "tokenizer.json", "encoder.safetensors"}
    assert 9e6 < len(contents["model.bin"]) < 11e6
    assert 10e6 < len(contents["encoder.safetensors"]) < 12e6


def test_card_says_what_it_is() -> None:
    card = ModelCard.read(STARTER)
    assert (card.name, card.starter, card.short_context, card.licence) == ("starter", True, True, "Apache-2.0")
    assert (card.multilingual, card.languages, card.n_mels) == (False, ("en",), 80)
    assert find("starter", "whisper-ct2").path == STARTER


def test_encoder_file_states_its_sizes(reference: NumpyEncoder) -> None:
    assert reference.metadata == {
        "d_model": "256",
        "encoder_attention_heads": "4",
        "encoder_ffn_dim": "1024",
        "encoder_layers": "6",
        "format": "np",
        "max_source_positions": "1500",
        "num_mel_bins": "80",
    }


def test_made_again_it_has_the_same_bytes(tmp_path: Path) -> None:
    make_starter(shared("models", "starter-whisper"), tmp_path / "again")
    made = {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}
    assert made == {name: (STARTER / name).read_bytes() for name in made}
    assert len(made) == 6


def test_command_line_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main([str(tmp_path / "absent"), str(tmp_path / "target")]) == 1
    assert "model.not_a_folder" in capsys.readouterr().err


def test_vocabulary_is_the_tokenizers() -> None:
    tokenizer = Tokenizer.from_file(str(STARTER / "tokenizer.json"))
    vocabulary = json.loads((STARTER / "vocabulary.json").read_bytes())
    assert vocabulary == [tokenizer.id_to_token(number) for number in range(3046)]
