"""``starling bench dictation``: the real key over the real capture, and what is told where there is none."""

import json

import pytest

from tests.helpers.commands import starling
from tests.helpers.display import need
from tests.helpers.talk_window import server

__all__ = ["server"]


def figures(done) -> dict[str, dict]:
    assert done.code == 0, done.err
    (both,) = json.loads(done.out)["figures"]
    return {figure["name"]: figure for figure in both["figures"]}


@pytest.mark.slow
@pytest.mark.pulse
@pytest.mark.alone
def test_the_key_is_measured_from_its_grab_to_the_sound_of_the_capture(server, tmp_path):
    need("Xvfb")
    found = figures(starling("bench", "dictation", "--runs", "3", "--json", home=tmp_path, env=server.variables))
    key, typed = found["dictation_key"], found["dictation_typed"]
    assert len(key["runs"]) == len(typed["runs"]) == 3
    assert "its grab to the next block of sound of the running microphone" in key["how"]
    assert key["extra"]["key_to_command_ms"] > 0
    assert not list((tmp_path / "data" / "history").glob("*/*.wav"))


def test_without_a_screen_and_without_sound_it_says_what_was_not_measured(tmp_path):
    (tmp_path / "bin").mkdir()
    found = figures(starling("bench", "dictation", "--runs", "2", "--json", home=tmp_path,
                             env={"PATH": str(tmp_path / "bin")}))  # fmt: skip
    key, typed = found["dictation_key"], found["dictation_typed"]
    assert len(key["runs"]) == 2
    assert "no X server: the key itself not measured" in key["how"]
    assert "a paced file (no microphone: " in key["how"]
    assert (typed["runs"], typed["median"]) == ([], None)
    assert "Xvfb is not installed" in typed["how"]
