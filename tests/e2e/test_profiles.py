"""``starling profiles`` as a person or a script uses it."""

import pytest

from tests.e2e.test_dictation_lists import report, starling


def test_a_profile_is_kept_changed_and_removed(tmp_path):
    assert starling("profiles", "list", home=tmp_path).out == "No application has a profile yet.\n"
    done = starling("profiles", "set", "xterm", "--chord", "shift+insert", "--capitals", "off", home=tmp_path)
    assert (done.code, done.out) == (0, "xterm\tchord shift+insert, capitals off\n")
    made = report(tmp_path, "profiles", "set", "XTerm", "--way", "paste", "--capitals", "default", "--space", "on")
    assert {name: value for name, value in made["profile"].items() if value} == {
        "application": "xterm",
        "way": "paste",
        "chord": "shift+insert",
        "trailing_space": True,
    }
    starling("profiles", "set", "*pass*", "--never", "on", home=tmp_path)
    found = report(tmp_path, "profiles", "list")
    assert [one["application"] for one in found["profiles"]] == ["xterm", "*pass*"]
    assert found["file"].endswith("profiles.toml")
    assert report(tmp_path, "profiles", "show", "org.KeePassXC")["profile"]["never"] is True
    assert starling("profiles", "remove", "xterm", home=tmp_path).out == "Removed 1 profile.\n"
    assert starling("profiles", "list", home=tmp_path).out == "*pass*\tnever typed into\n"


def test_what_the_file_holds_besides_stays(tmp_path):
    place = tmp_path / "config" / "dictation"
    place.mkdir(parents=True)
    (place / "profiles.toml").write_text(
        '[[profile]]\napplication = "a"\nnewline = "enter"\nreplacements = [["dash", "-"], ["two", "x\\ny"]]\n'
    )
    made = report(tmp_path, "profiles", "set", "a", "--numbers", "off")["profile"]
    assert (made["newline"], len(made["replacements"])) == ("enter", 2)
    again = report(tmp_path, "profiles", "show", "a")["profile"]
    assert again == made
    assert "2 replacements" in starling("profiles", "list", home=tmp_path).out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("set", "   ", "--never", "on"), "dictation.bad_application"),
        (("set", "x" * 300, "--never", "on"), "dictation.bad_application"),
        (("set", "xterm"), "dictation.nothing_given"),
        (("show", "xtrem"), "dictation.not_there"),
        (("remove", "xterm", "none"), "dictation.not_there"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, words, code):
    starling("profiles", "set", "xterm", "--never", "on", home=tmp_path)
    done = starling("profiles", *words, home=tmp_path)
    assert done.code == 1
    assert f"[{code}]" in done.err
    if words[0] == "show":
        assert "Did you mean “xterm”?" in done.err
    assert starling("profiles", "list", home=tmp_path).out == "xterm\tnever typed into\n"
