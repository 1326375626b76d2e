"""``starling bench kokoro``, ``bench voices`` and ``say --metrics`` as a person runs them, on a small model."""

import json

import pytest

from tests.helpers.commands import starling
from tests.helpers.kokoro_model import build


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    build(folder / "starling-home" / "data" / "models" / "tones", deep=True, noise=True)
    return folder


def report(*words, home):
    env = {"STARLING_HOME": str(home / "starling-home")}
    done = starling(*words, "--json", home=home, env=env)
    assert done.code == 0, done.err
    return json.loads(done.out), done.err


@pytest.mark.alone  # shares of one run
def test_the_installed_kokoro_is_profiled_and_its_edits_are_tried(home):
    told, progress = report("bench", "kokoro", "--runs", "1", home=home)
    (found,) = told["figures"]
    assert (found["name"], found["model"]) == ("kokoro", "tones")
    assert {"Conv", "Sin"} <= {one["operator"] for one in found["operators"]}
    assert sum(one["share"] for one in found["operators"]) == pytest.approx(1.0)
    assert 0 < found["fixed"]["share"] < 1
    assert len(found["tuned"]["trials"]) == 3
    assert all(trial["refused"] or trial["saved"] >= 0.05 for trial in found["tuned"]["trials"])
    assert "starling: measuring int8 products" in progress


def test_every_tier_that_can_speak_is_measured_and_kept(home):
    told, _ = report("bench", "voices", "--runs", "1", home=home)
    rows = {row["tier"]: row for row in told["figures"][0]["voices"]}
    assert set(rows) == {"cpu", "demo"}
    for row in rows.values():
        assert row["count"] == 1
        # The figures are rounded to four places.
        assert row["rtf"] == pytest.approx(row["synthesis_s"] / row["audio_s"], rel=0.05, abs=1e-4)
        assert row["speed_up_over_cpu"] is None
    kept, _ = report("say", "--metrics", home=home)
    assert {row["tier"] for row in kept["voices"]} == {"cpu", "demo"}


def test_without_a_model_it_says_so(tmp_path):
    done = starling("bench", "kokoro", home=tmp_path)
    assert done.code == 1
    assert "No Kokoro model is installed" in done.err
    assert starling("say", "--metrics", home=tmp_path).out.startswith("no voice has been measured yet")
