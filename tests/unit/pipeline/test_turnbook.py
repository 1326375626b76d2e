import numpy as np
import pytest

from starling.core.results import SAMPLE_RATE
from starling.pipeline.turnbook import KEPT_REPLIES, KEPT_S, TurnBook


def seconds(length, value=0.25):
    return np.full(int(length * SAMPLE_RATE), value, np.float32)


def test_a_recording_comes_back_within_its_sixteen_bits():
    book = TurnBook()
    book.heard("a", seconds(1), "text")
    assert book.audio("a").dtype == np.float32
    assert book.audio("a") == pytest.approx(seconds(1), abs=1 / 32767)
    assert book.said("a") == "text"


def test_the_oldest_recordings_make_room_but_texts_stay():
    book = TurnBook()
    assert [book.heard(name, seconds(KEPT_S / 2), name) for name in "abc"] == [(), (), ("a",)]
    assert book.audio("a") is None
    assert book.audio("c") is not None
    assert book.said("a") == "a"


def test_the_newest_is_kept_however_long():
    book = TurnBook()
    book.heard("a", seconds(KEPT_S + 1), "")
    assert book.audio("a") is not None


def test_replies_are_bounded():
    book = TurnBook()
    for number in range(KEPT_REPLIES + 1):
        book.replied(str(number), "reply")
    assert (book.reply("0"), book.reply("1")) == ("", "reply")


@pytest.mark.parametrize(("forgotten", "left"), [("a", ["b"]), ("", []), ("c", ["a", "b"])])
def test_forgetting(forgotten, left):
    book = TurnBook()
    for name in "ab":
        book.heard(name, seconds(0.1), name)
        book.replied(name, name)
    book.forget(forgotten)
    assert [name for name in "ab" if book.audio(name) is not None] == left
    assert [name for name in "ab" if book.reply(name) or book.said(name)] == left
