"""A preview's file: whole, 16 bit mono, and never in the place of another unasked."""

from __future__ import annotations

import errno
import os
import wave
from pathlib import Path

import numpy as np
import pytest

from starling.audio import files
from starling.audio.collector import Collector
from starling.audio.export import export_wav
from starling.core.errors import StarlingError
from tests.helpers.tones import tone

RATE = 24_000
SOUND = (0.5 * np.sin(np.arange(RATE) * 0.1)).astype(np.float32)


def failing(path: Path, **options: bool) -> StarlingError:
    with pytest.raises(StarlingError) as caught:
        export_wav(path, SOUND, RATE, **options)
    return caught.value


def test_a_wav_of_16_bit_mono(tmp_path: Path) -> None:
    export_wav(tmp_path / "a.wav", SOUND, RATE)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, RATE, RATE)
        written = np.frombuffer(file.readframes(RATE), "<i2") / 32767
    np.testing.assert_allclose(written, SOUND, atol=1e-4)
    assert os.listdir(tmp_path) == ["a.wav"]


def test_an_existing_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"precious")
    assert failing(path).code == "audio.file_exists"
    assert path.read_bytes() == b"precious"
    export_wav(path, SOUND, RATE, overwrite=True)
    assert path.stat().st_size > 2 * RATE
    assert os.listdir(tmp_path) == ["a.wav"]


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.wav"
    write = files.write_wav

    def slow(*arguments: object) -> None:
        write(*arguments)  # type: ignore[arg-type]
        path.write_bytes(b"precious")

    monkeypatch.setattr(files, "write_wav", slow)
    assert failing(path).code == "audio.file_exists"
    assert path.read_bytes() == b"precious"
    assert os.listdir(tmp_path) == ["a.wav"]


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    export_wav(tmp_path / "a.wav", SOUND, RATE)
    assert os.listdir(tmp_path) == ["a.wav"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_place_that_cannot_be_written(tmp_path: Path, overwrite: bool) -> None:
    error = failing(tmp_path / "absent" / "a.wav", overwrite=overwrite)
    assert error.code == "audio.file_unwritable"
    assert f"{tmp_path}/absent/a.wav cannot" in error.message
    (tmp_path / "folder.wav").mkdir()
    assert failing(tmp_path / "folder.wav", overwrite=True).code == "audio.file_unwritable"
    (tmp_path / "file").write_bytes(b"")
    assert failing(tmp_path / "file" / "a.wav", overwrite=overwrite).code == "audio.file_unwritable"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_full_disk_leaves_things_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overwrite: bool
) -> None:
    path = tmp_path / "a.wav"
    if overwrite:
        path.write_bytes(b"precious")

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("wave.Wave_write.writeframesraw", full)
    error = failing(path, overwrite=overwrite)
    assert error.code == "audio.disk_full"
    assert str(path) in error.message
    assert os.listdir(tmp_path) == (["a.wav"] if overwrite else [])


def test_a_collector_keeps_all_sound_at_one_rate() -> None:
    sink = Collector(RATE)
    for rate in (22_050, 24_000, 22_050):
        for piece in np.array_split(tone(1.0, rate, 440.0), 7):
            sink.play(piece, rate, "x")
    assert sink.samples.size == pytest.approx(3 * RATE, abs=3)
    assert sink.samples.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(sink.samples))
    assert np.argmax(spectrum) / (sink.samples.size / RATE) == pytest.approx(440.0, abs=1.0)
    assert sink.drained
    assert Collector(RATE).samples.size == 0
