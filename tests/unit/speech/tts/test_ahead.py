"""Two clauses at a time: the next one is made beside the one that was asked for, and sounds as if it were not."""

import threading

import numpy as np
import onnxruntime
import pytest

from starling.core.errors import StarlingError
from starling.speech.tts.ahead import Ahead
from starling.speech.tts.graph import store
from tests.helpers.kokoro_model import build
from tests.unit.speech.tts.engine_process import EngineProcess

CLAUSES = ("One is the first clause.", "Two comes after it.", "Three is the last one.")
SOUND = np.zeros(3, np.float32)


def failing():
    raise StarlingError("model.synthesis_failed", "No.")


def test_what_was_begun_is_given_once_and_to_who_asks_for_it():
    ahead = Ahead()
    assert ahead.take("a") is None
    ahead.make("a", lambda: SOUND)
    assert ahead.take("b") is None
    made = ahead.take("a")
    assert made is not None
    assert made() is SOUND
    assert ahead.take("a") is None


def test_a_piece_that_nobody_asked_for_gives_way_when_it_is_done():
    ahead, go = Ahead(), threading.Event()
    ahead.make("a", lambda: (go.wait(10), SOUND)[1])
    ahead.make("b", lambda: SOUND)
    assert ahead.take("b") is None  # the other one is still being made
    go.set()
    ahead._future.result()
    ahead.make("b", lambda: SOUND)
    assert ahead.take("b")() is SOUND


def test_an_error_is_told_to_who_asks_for_the_piece():
    ahead = Ahead()
    ahead.make("a", failing)
    with pytest.raises(StarlingError):
        ahead.take("a")()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build(tmp_path_factory.mktemp("kokoro") / "deep", deep=True)


def spoken(folder, following, **config):
    process = EngineProcess("starling.speech.tts.kokoro:create", {"model": str(folder), "threads": 1, **config})
    try:
        sounds = []
        for place, clause in enumerate(CLAUSES):
            after = CLAUSES[place + 1 : place + 2] if following else ()
            replies = process.call("synthesize", text=clause, following="".join(after))
            assert replies[-1].data["synthesis_s"] > 0
            sounds.append(np.concatenate([reply.arrays["audio"] for reply in replies]))
        return process.described["at_once"], sounds
    finally:
        process.close()


def test_clauses_made_ahead_sound_the_same_and_a_seed_keeps_them_in_order(folder):
    at_once, reference = spoken(folder, following=False)
    assert at_once == 1
    place = store.place(folder, onnxruntime=onnxruntime.__version__)
    store.keep(place, {"at_once": {"number": 2}})
    at_once, sounds = spoken(folder, following=True)
    assert at_once == 2
    for sound, expected in zip(sounds, reference, strict=True):
        np.testing.assert_array_equal(sound, expected)
    assert spoken(folder, following=True, seed=7)[0] == 1
    store.keep(place, {"at_once": {"number": 9}})
    assert store.at_once(place) == 1
