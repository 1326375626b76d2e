import csv
import errno
import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.history import export as exporting
from starling.history.export import export, file_name, format_of, harmless
from starling.history.records import SpokenReply, Utterance

AT = datetime(2026, 8, 31, 12, 0, 0).timestamp()


def entry(text, at=AT, audio_s=2.0, replies=(), **more):
    spoken = tuple(SpokenReply(reply, "cpu", "af") for reply in replies)
    return Utterance(f"id{at}", at, "dictation", audio_s, more.pop("state", "done"), True, text, replies=spoken, **more)


ENTRIES = [
    entry("Größe 東京 😀", replies=["An answer.", "=2+3"]),
    entry("=cmd|' /C calc'!A0", AT + 1.5, way="xtest", application="gedit"),
    entry("two\n\nlines", AT + 90_000, 1.25),
    entry("", AT + 90_010, state="failed", reason="No model."),
]


def test_text_is_for_people(tmp_path):
    assert export(ENTRIES, tmp_path / "a.txt", "txt") == 4
    lines = (tmp_path / "a.txt").read_text("utf-8").splitlines()
    assert lines[0] == "2026-08-31"
    assert lines[1].endswith("Größe 東京 😀")
    assert "→ An answer." in lines[2]
    assert any(line.endswith("(failed)") for line in lines)


def test_json_is_whole(tmp_path):
    export(ENTRIES, tmp_path / "a.json", "json")
    told = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert [one["text"] for one in told["entries"]] == [one.text for one in ENTRIES]
    assert told["entries"][0]["replies"][1]["text"] == "=2+3"
    assert datetime.fromisoformat(told["entries"][0]["time"]).timestamp() == AT


def test_subtitles_have_the_times_of_the_turns(tmp_path):
    export([*ENTRIES, entry("typed", AT + 90_020, 0.0)], tmp_path / "a.srt", "srt")
    assert (tmp_path / "a.srt").read_text("utf-8").split("\n\n") == [
        "1\n00:00:00,000 --> 00:00:01,500\nGröße 東京 😀",  # the next one begins
        "2\n00:00:01,500 --> 00:00:03,500\n=cmd|' /C calc'!A0",
        "3\n25:00:00,000 --> 25:00:01,250\ntwo\nlines",
        "4\n25:00:20,000 --> 25:00:22,000\ntyped",
        "",
    ]


def test_a_table_has_no_formulas(tmp_path):
    export(ENTRIES, tmp_path / "a.csv", "csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbftime,")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["reply"] == "An answer.\n=2+3"
    assert (rows[1]["text"], rows[1]["way"], rows[1]["application"]) == ("'=cmd|' /C calc'!A0", "xtest", "gedit")
    assert rows[2]["text"] == "two\n\nlines"
    assert (rows[3]["state"], rows[3]["reason"]) == ("failed", "No model.")


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r=1", "＝1", "-5 degrees"])  # noqa: RUF001
def test_what_looks_like_a_formula_is_made_harmless(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "5-3", "'x", "hello"])
def test_other_cells_stay(cell):
    assert harmless(cell) == cell


@pytest.mark.parametrize(
    ("found", "name"),
    [
        ("", "starling-2026-08-31.csv"),
        ("../../etc/passwd", "starling-etc-passwd-2026-08-31.csv"),
        ("con", "starling-con--2026-08-31.csv"),
        ("a\0b:c*?", "starling-a-b-c-2026-08-31.csv"),
        ("Größe 東京", "starling-Größe-東京-2026-08-31.csv"),
        ("x" * 500, f"starling-{'x' * 40}-2026-08-31.csv"),
        ("...", "starling-2026-08-31.csv"),
    ],
)
def test_names_are_safe(found, name):
    assert file_name(found, datetime(2026, 8, 31), "csv") == name


def test_nothing_is_overwritten_unless_so_wished(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("mine")
    with pytest.raises(StarlingError) as error:
        export(ENTRIES, path, "txt")
    assert (error.value.code, path.read_text()) == ("history.exists", "mine")
    assert export(ENTRIES, path, "txt", overwrite=True) == 4
    with pytest.raises(StarlingError, match="folder"):
        export(ENTRIES, tmp_path, "txt", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "history.disk_full"), (errno.EIO, "history.unwritable")])
def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch, number, code):
    path = tmp_path / "a.json"
    path.write_text("old")

    def full(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(exporting.os, "fsync", full)
    with pytest.raises(StarlingError) as error:
        export(ENTRIES, path, "json", overwrite=True)
    assert (error.value.code, path.read_text()) == (code, "old")
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_it_is_for_its_owner(tmp_path):
    export(ENTRIES, tmp_path / "a.txt", "txt")
    if os.name == "posix":
        assert (tmp_path / "a.txt").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "wanted", "kind"), [("a.CSV", "", "csv"), ("a", "srt", "srt"), ("a.txt", "json", "json")]
)
def test_the_ending_names_the_format(name, wanted, kind):
    assert format_of(Path(name), wanted) == kind


@pytest.mark.parametrize("name", ["a", "a.exe", "csv"])
def test_an_unknown_format_is_told(name):
    with pytest.raises(StarlingError) as error:
        format_of(Path(name))
    assert error.value.code == "history.format"
