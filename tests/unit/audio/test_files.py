import os
import time
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from starling.audio.events import FileTruncated
from starling.audio.files import FileSource, WavWriter, decode, probe, write_wav
from starling.audio.wav_sink import WavSink
from starling.core.errors import StarlingError

RATE = 16_000


def tone(seconds: float, rate: int = RATE, hz: float = 440.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def write_pcm(path: Path, samples: np.ndarray, rate: int, channels: int = 1, width: int = 2) -> Path:
    wide = np.repeat(samples[:, None], channels, axis=1)
    data = (wide * 127 + 128).astype(np.uint8) if width == 1 else (wide * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(data.tobytes())
    return path


def encode(path: Path, samples: np.ndarray, codec: str, rate: int = 44_100) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path


def hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    return float(spectrum.argmax() * RATE / samples.size)


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(8_000, 1, 1), (16_000, 1, 2), (44_100, 2, 2), (96_000, 2, 2), (48_000, 6, 2)]
)
def test_any_wav_becomes_16_khz_mono(tmp_path: Path, rate: int, channels: int, width: int) -> None:
    path = write_pcm(tmp_path / "a.wav", tone(1.0, rate), rate, channels, width)
    samples = np.concatenate(list(decode(path)))
    assert samples.dtype == np.float32
    assert samples.size == pytest.approx(RATE, abs=32)
    assert hertz(samples) == pytest.approx(440, abs=2)
    assert np.abs(samples).max() > 0.2


@pytest.mark.parametrize(
    ("name", "codec"), [("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.m4a", "aac")]
)
def test_compressed_formats(tmp_path: Path, name: str, codec: str) -> None:
    path = encode(tmp_path / name, tone(2.0, 48_000), codec, 48_000)
    samples = np.concatenate(list(decode(path)))
    assert samples.size / RATE == pytest.approx(2.0, abs=0.1)
    assert probe(path) == pytest.approx(2.0, abs=0.1)
    assert hertz(samples[RATE // 2 : -RATE // 2]) == pytest.approx(440, abs=2)


def _bad_files(folder: Path) -> dict[str, Path]:
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("this is no sound at all\n" * 100)
    write_pcm(folder / "silent.wav", np.zeros(0, np.float32), RATE)
    whole = write_pcm(folder / "whole.wav", tone(1.0), RATE).read_bytes()
    (folder / "header.wav").write_bytes(whole[:20])
    (folder / "folder.wav").mkdir()
    return {
        "audio.file_missing": folder / "missing.wav",
        "audio.file_empty": folder / "empty.wav",
        "audio.not_audio": folder / "text.wav",
        "audio.file_no_samples": folder / "silent.wav",
        "audio.file_is_folder": folder / "folder.wav",
    }


@pytest.mark.parametrize(
    "code",
    [
        "audio.file_missing",
        "audio.file_empty",
        "audio.not_audio",
        "audio.file_no_samples",
        "audio.file_is_folder",
    ],
)
def test_bad_files_are_refused_with_a_fix(tmp_path: Path, code: str) -> None:
    path = _bad_files(tmp_path)[code]
    with pytest.raises(StarlingError) as refused:
        list(decode(path))
    assert refused.value.code == code
    assert refused.value.fix
    assert str(path) in refused.value.message


def test_a_header_without_sound_is_refused(tmp_path: Path) -> None:
    _bad_files(tmp_path)
    with pytest.raises(StarlingError) as refused:
        list(decode(tmp_path / "header.wav"))
    assert refused.value.code in ("audio.not_audio", "audio.file_no_samples")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write_pcm(tmp_path / "a.wav", tone(0.1), RATE)
    path.chmod(0)
    with pytest.raises(StarlingError) as refused:
        list(decode(path))
    assert refused.value.code == "audio.file_unreadable"


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_a_truncated_file_gives_what_is_there_and_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("wav"):
        write_pcm(path, tone(4.0), RATE)
    else:
        encode(path, np.random.default_rng(1).normal(0, 0.1, 4 * 44_100).astype(np.float32), "flac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    told: list[FileTruncated] = []
    decoded_s = sum(block.size for block in decode(path, told.append)) / RATE
    assert 1.5 < decoded_s < 2.5
    assert len(told) == 1
    assert told[0].decoded_s == pytest.approx(decoded_s)
    assert told[0].expected_s == pytest.approx(4.0, abs=0.1)


def test_a_whole_file_is_not_called_truncated(tmp_path: Path) -> None:
    told: list[FileTruncated] = []
    for path in (write_pcm(tmp_path / "a.wav", tone(1.0), RATE), encode(tmp_path / "a.mp3", tone(1.0), "libmp3lame")):
        list(decode(path, told.append))
    assert told == []


def test_a_file_source_reads_all_and_then_none(tmp_path: Path) -> None:
    source = FileSource(write_pcm(tmp_path / "a.wav", tone(3.0), RATE))
    parts = []
    while (samples := source.read(1.0)) is not None:
        parts.append(samples)
    assert source.read(0.0) is None
    assert np.concatenate(parts).size == pytest.approx(3 * RATE, abs=32)
    assert source.stats().captured_s == pytest.approx(3.0, abs=0.01)


@pytest.mark.alone
def test_a_paced_source_is_never_ahead_of_the_clock(tmp_path: Path) -> None:
    source = FileSource(write_pcm(tmp_path / "a.wav", tone(0.8), RATE), paced=True)
    start, total = time.monotonic(), 0
    while (samples := source.read(0.1)) is not None:
        total += samples.size
        assert total / RATE <= time.monotonic() - start
    assert total == pytest.approx(0.8 * RATE, abs=32)
    assert 0.75 < time.monotonic() - start < 1.5


def test_a_paced_source_says_when_nothing_is_due(tmp_path: Path) -> None:
    source = FileSource(write_pcm(tmp_path / "a.wav", tone(0.5), RATE), paced=True)
    empty = source.read(0.001)
    assert empty is not None
    assert empty.size == 0


def test_a_written_wav_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    write_wav(path, np.array([0.0, 0.5, -1.0, 3.0], np.float32), 24_000)
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert np.frombuffer(file.readframes(4), "<i2").tolist() == [0, 16384, -32767, 32767]


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StarlingError) as refused:
        write_wav(tmp_path / "file" / "out.wav", tone(0.1), RATE)
    assert refused.value.code == "audio.file_unwritable"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_no_partial_file(tmp_path: Path) -> None:
    writer = WavWriter(tmp_path / "out.wav", RATE)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._file.fileno())
    os.close(full)
    with pytest.raises(StarlingError) as refused:
        writer.write(tone(10.0))
    assert refused.value.code == "audio.disk_full"
    assert list(tmp_path.iterdir()) == []


def test_a_wav_sink_joins_rates_and_tells_first_sounds(tmp_path: Path) -> None:
    sink = WavSink(tmp_path / "out.wav")
    sink.play(tone(0.5, 24_000), 24_000, "a")
    sink.play(tone(0.5, 24_000), 24_000, "a")
    sink.play(tone(1.0, 16_000), 16_000, "b")
    assert [event.tag for event in sink.events()] == ["a", "b"]
    sink.close()
    with wave.open(str(tmp_path / "out.wav")) as file:
        assert file.getframerate() == 24_000
        assert file.getnframes() == pytest.approx(48_000, abs=4)


def test_a_wav_sink_that_played_nothing_makes_no_file(tmp_path: Path) -> None:
    WavSink(tmp_path / "out.wav").close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_five_hours_decode_in_constant_memory(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        hour = (tone(60.0) * 32767).astype("<i2").tobytes()
        for _ in range(300):
            file.writeframesraw(hour)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = sum(block.size for block in decode(path)) / RATE
    assert seconds == pytest.approx(5 * 3600, abs=0.1)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB
