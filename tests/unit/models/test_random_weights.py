from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.models.random_weights import random_whisper_base
from starling.models.verify import verified_files


def test_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine").write_text("x")
    with pytest.raises(StarlingError) as caught:
        random_whisper_base(tmp_path / "x", 0)
    assert caught.value.code == "model.target_exists"


@pytest.mark.slow
def test_stock_faster_whisper_loads_it_offline(tmp_path: Path) -> None:
    from faster_whisper import WhisperModel

    folder = random_whisper_base(tmp_path / "base", 1)
    changed = (folder / "model.bin").stat().st_mtime_ns
    assert random_whisper_base(folder, 1) == folder
    assert (folder / "model.bin").stat().st_mtime_ns == changed
    assert verified_files(folder).keys() == {"model.bin", "config.json", "vocabulary.json", "tokenizer.json"}
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)
    assert (model.model.is_multilingual, model.model.n_mels) == (True, 80)
    clip = np.random.default_rng(0).standard_normal(4 * 16_000).astype(np.float32) / 10
    segments, info = model.transcribe(
        clip,
        language="en",
        beam_size=1,
        temperature=0.0,
        without_timestamps=True,
        max_new_tokens=28,
        compression_ratio_threshold=None,
        log_prob_threshold=None,
        no_speech_threshold=None,
    )
    assert info.language == "en"
    # CTranslate2 stops at half of the longest length, prompt included: random weights never end by themselves.
    assert [len(segment.tokens) for segment in segments] == [16]
