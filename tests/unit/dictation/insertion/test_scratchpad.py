import os
import stat
import threading

import pytest

from starling.core.errors import StarlingError
from starling.dictation.insertion.scratchpad import Page, Scratchpad, added, edited


@pytest.fixture
def path(tmp_path):
    return tmp_path / "insertion" / "scratchpad.json"


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [("", "a", "a\n"), ("a\n", "b\n", "a\nb\n"), ("edited", "b", "edited\nb\n")],
)
def test_a_text_gets_lines_of_its_own(before, text, after) -> None:
    assert added(Page(before), text, "why", 5.0) == Page(after, "why", 5.0)


@pytest.mark.parametrize(
    ("now", "base", "text", "after"),
    [
        ("a\n", "a\n", "A\n", "A\n"),
        ("a\nb\n", "a\n", "A\n", "A\nb\n"),  # b came while a was edited
        ("a\nb\n", "a\n", "", "b\n"),
        ("a\n", "a\n", "", ""),
        ("other\n", "a\n", "A", "A\nother\n"),  # somebody else edited too
        ("A\n", "a\n", "A\n", "A\n"),
    ],
)
def test_an_edit_loses_nothing_that_came_meanwhile(now, base, text, after) -> None:
    assert edited(Page(now, "why", 1.0), base, text).text == after


def test_it_is_on_disk_for_the_user_alone(path) -> None:
    Scratchpad(path, lambda: 7.0).add("Grüße 😀", "No way.")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(path.parent).st_mode) == 0o700
    assert Scratchpad(path).read() == Page("Grüße 😀\n", "No way.", 7.0)


def test_two_of_them_lose_nothing(path) -> None:
    """As two processes."""
    pads = [Scratchpad(path), Scratchpad(path)]
    threads = [
        threading.Thread(target=lambda pad=pad, n=n: [pad.add(f"{n}.{i}", "r") for i in range(20)])
        for n, pad in enumerate(pads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Scratchpad(path).read().text.split()) == sorted(f"{n}.{i}" for n in range(2) for i in range(20))


@pytest.mark.parametrize("content", ["", "{", '{"text"', "plain words", "[1]", '{"text": "a", "at": "x"}'])
def test_a_damaged_file_is_text_all_the_same(path, content) -> None:
    path.parent.mkdir()
    path.write_text(content)
    assert Scratchpad(path).read().text == content


def test_what_cannot_be_saved_stays_until_the_end(tmp_path) -> None:
    (tmp_path / "file").touch()
    pad = Scratchpad(tmp_path / "file" / "scratchpad.json")
    with pytest.raises(StarlingError) as caught:
        pad.add("kept", "why")
    assert caught.value.code == "insert.scratchpad"
    assert pad.read().text == "kept\n"


def test_private_texts_stay_off_the_disk(path) -> None:
    pad = Scratchpad(path, lambda: 0.0)
    pad.add("open", "r")
    pad.add("secret", "r", keep=False)
    pad.add("later", "r")
    assert pad.read().text == "open\nsecret\nlater\n"
    assert Scratchpad(path).read().text == "open\nlater\n"
    pad.edit("open\nsecret\nlater\n", "open\nsecret, edited\n")
    assert "secret" not in path.read_text()
    pad.edit("open\nsecret, edited\n", "")
    pad.add("new", "r")
    assert pad.read() == Scratchpad(path).read() == Page("new\n", "r", 0.0)


def test_listeners_hear_of_changes(path) -> None:
    pad, heard = Scratchpad(path), []
    pad.on_change(heard.append)
    pad.add("a", "r")
    pad.edit("a\n", "b\n")
    pad.off_change(heard.append)
    assert [page.text for page in heard] == ["a\n", "b\n"]
