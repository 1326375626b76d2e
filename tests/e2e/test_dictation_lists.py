"""``starling vocabulary``, ``replacements`` and ``blocklist`` as a person or a script uses them."""

import contextlib
import io
import json
import os
import sys
from unittest import mock

import pytest

from starling.cli import main
from tests.helpers import commands
from tests.helpers.commands import Done


def starling(*words, home, stdin=b"", cwd=None):
    """As :func:`commands.starling`, in this process: there are many."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"STARLING_HOME": str(home)}),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(cwd or "."),
    ):
        code = main(words)
    return Done(code, out.getvalue(), err.getvalue())


def report(home, *words, stdin=b"", code=0):
    done = starling(*words, "--json", home=home, stdin=stdin)
    assert done.code == code, done.err
    return json.loads(done.out)


def test_the_commands_are_there(tmp_path):
    done = commands.starling("replacements", "try", "hello comma world", home=tmp_path)
    assert (done.code, done.out) == (0, "Hello, world\n")


def test_a_vocabulary_is_kept(tmp_path):
    assert starling("vocabulary", "list", home=tmp_path).out == "The vocabulary has no word yet.\n"
    done = starling("vocabulary", "add", "Kubernetes", "Git  Hub", "kubernetes", home=tmp_path)
    assert (done.code, done.out) == (0, "Added 3 words.\n")  # the last one corrects the first one's case
    assert report(tmp_path, "vocabulary", "list")["vocabulary"] == ["kubernetes", "Git Hub"]
    assert report(tmp_path, "vocabulary", "add", "kubernetes")["already_there"] == ["kubernetes"]
    assert report(tmp_path, "vocabulary", "remove", "GIT HUB")["removed"] == ["Git Hub"]
    done = starling("vocabulary", "remove", "kubernetis", home=tmp_path)
    assert done.code == 1
    assert "Did you mean “kubernetes”? [dictation.not_there]" in done.err
    assert report(tmp_path, "vocabulary", "list")["vocabulary"] == ["kubernetes"]


def test_a_text_is_tried_with_the_lists(tmp_path):
    starling("replacements", "add", "my address", "1 Main St.", home=tmp_path)
    starling("vocabulary", "add", "Kubernetes", home=tmp_path)
    starling("blocklist", "add", "Never this", home=tmp_path)
    tried = report(tmp_path, "replacements", "try", "cubernetes comma my address period. Never this!")
    acted = tried.pop("acted")
    assert tried == {"text": "Kubernetes, 1 Main St.", "commands": [], "dropped": ""}
    assert [(rule["kind"], rule["name"]) for rule in acted] == [
        ("blocked", "never this"),
        ("replacement", "my address"),
        ("vocabulary", "Kubernetes"),
        ("formatting", ""),
    ]
    assert report(tmp_path, "replacements", "try", "scratch that")["commands"] == ["undo"]
    assert report(tmp_path, "replacements", "try", "never this")["dropped"] == "blocklist"
    assert starling("replacements", "try", "--language", "de", "gut Punkt", home=tmp_path).out == "Gut.\n"


def test_the_blocklist_begins_with_what_recognisers_make_up(tmp_path):
    before = report(tmp_path, "blocklist", "list")["blocklist"]
    assert "thanks for watching" in before
    assert report(tmp_path, "blocklist", "remove", "Thanks for watching")["removed"] == ["thanks for watching"]
    assert report(tmp_path, "blocklist", "list")["blocklist"] == [one for one in before if one != "thanks for watching"]


@pytest.mark.parametrize("kind", ["txt", "csv", "json"])
def test_lists_go_out_and_come_in(tmp_path, kind):
    one, other = tmp_path / "one", tmp_path / "other"
    starling("replacements", "add", "btw", "by the way", home=one)
    starling("replacements", "add", "sign", "Yours,\nAnna", home=one)
    file = tmp_path / f"list.{kind}"
    assert report(one, "replacements", "export", str(file))["exported"] == 2
    again = starling("replacements", "export", str(file), home=one)
    assert (again.code, "[dictation.file_exists]" in again.err) == (1, True)
    assert starling("replacements", "export", "--force", str(file), home=one).code == 0
    assert len(report(other, "replacements", "import", str(file))["added"]) == 2
    assert report(other, "replacements", "import", str(file))["added"] == []
    found = [report(home, "replacements", "list")["replacements"] for home in (one, other)]
    assert found[0] == found[1] == [
        {"heard": "btw", "written": "by the way"},
        {"heard": "sign", "written": "Yours,\nAnna"},
    ]  # fmt: skip


def test_streams_and_repairs(tmp_path):
    data = "Müller\nMüller\n...\n".encode("cp1252")
    told = report(tmp_path, "vocabulary", "import", "-", "--format", "txt", stdin=data)
    assert (told["added"], told["left_out"]) == (["Müller"], 1)
    assert "Windows-1252" in told["notes"][0]
    assert report(tmp_path, "vocabulary", "import", "--replace", "-", "--format", "json", stdin=b'["A1"]')["added"]
    assert starling("vocabulary", "export", home=tmp_path).out == "A1\n"
    assert starling("vocabulary", "export", "--format", "csv", home=tmp_path).out == "word\nA1\n"


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (("vocabulary", "add", "..."), b"", "dictation.bad_word"),
        (("replacements", "add", "*", "x"), b"", "dictation.bad_replacement"),
        (("vocabulary", "import", "none.txt"), b"", "system.error"),
        (("vocabulary", "import", "none.docx"), b"", "dictation.unknown_format"),
        (("vocabulary", "import", "-"), b"x", "dictation.unknown_format"),
        (("vocabulary", "import", "-", "--format", "txt"), b"\x00\x01", "dictation.not_a_list"),
        (("vocabulary", "import", "-", "--format", "txt"), b"\n", "dictation.nothing_found"),
        (("vocabulary", "import", "-", "--format", "json"), b"{", "dictation.not_a_list"),
        (("replacements", "import", "-", "--format", "txt"), b"one column", "dictation.nothing_found"),
    ],
)
def test_what_is_refused_is_told(tmp_path, words, stdin, code):
    done = starling(*words, home=tmp_path, stdin=stdin, cwd=tmp_path)
    assert done.code == 1
    assert f"[{code}]" in done.err
    assert done.out == ""
    assert not list((tmp_path / "config" / "dictation").glob("*.toml"))


def test_a_damaged_list_is_told_and_kept(tmp_path):
    place = tmp_path / "config" / "dictation"
    place.mkdir(parents=True)
    (place / "vocabulary.toml").write_text("words = [")
    done = starling("vocabulary", "add", "New", home=tmp_path)
    assert done.code == 0
    assert "vocabulary.damaged-1.toml" in done.err
    assert (place / "vocabulary.damaged-1.toml").read_text() == "words = ["
    assert report(tmp_path, "vocabulary", "list")["vocabulary"] == ["New"]
