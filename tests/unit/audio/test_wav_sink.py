from pathlib import Path

import numpy as np
import pytest

from starling.audio.files import decode, replaceable
from starling.audio.wav_sink import WavSink
from starling.core.errors import StarlingError

SOUND = np.full(16_000, 0.1, np.float32)


def test_a_refusal_is_told_again_and_closing_is_quiet(tmp_path):
    sink = WavSink("/dev/full")
    for _ in range(2):
        with pytest.raises(StarlingError) as told:
            sink.play(SOUND, 16_000)
        assert told.value.code == "audio.disk_full"
    sink.close()


def test_a_link_stays_one(tmp_path):
    link, target = tmp_path / "link.wav", tmp_path / "target.wav"
    link.symlink_to(target)
    sink = WavSink(link)
    sink.play(SOUND, 16_000)
    sink.close()
    assert link.is_symlink()
    assert sum(block.size for block in decode(target)) == SOUND.size


@pytest.mark.parametrize(("path", "expected"), [("/dev/null", False), ("/", False), ("/nosuch/file", True)])
def test_only_files_are_replaced(path, expected):
    assert replaceable(Path(path)) is expected
