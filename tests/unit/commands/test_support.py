import zipfile
from pathlib import Path

import pytest

from starling.commands import support_bundle, support_private
from starling.commands.support_scrub import Scrubber, named
from starling.core.errors import StarlingError
from starling.settings.schema import SETTINGS
from starling.settings.store import Settings

HOME = str(Path.home())


@pytest.fixture
def scrub():
    secrets = {"Alex": "<user>", "my laptop": "<host>", "ab": "<short>", "root": "<root>", "Großmutter": "<text>"}
    return Scrubber(secrets, {"/srv/data/starling": "<data>", "/srv/data": "<far>", "/": "<all>"})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ""),
        ("usermod -aG render alex; then", "usermod -aG render <user>; then"),
        ("ALEX and alexandria", "<user> and alexandria"),
        ("My Laptop hears", "<host> hears"),
        ("ab root:render", "ab root:render"),
        ("die großmutter sagt", "die <text> sagt"),
        ("/srv/data/starling/models", "<data>/models"),
        ("/srv/data/other", "<far>/other"),
        ("/home/sam/models/x.bin", "~/models/x.bin"),
        (r"C:\Users\Sam Smith\x", r"~\x"),
        ("see https://github.com/amd/xdna-driver.", "see https://github.com/amd/xdna-driver."),
        ("at http://127.0.0.1:13305/v1", "at http://127.0.0.1:13305/v1"),
        ("at http://me:pass@127.0.0.1:13305/v1", "at <address>"),
        ("at http://127.0.0.1:13305/v1?key=1", "at <address>"),
        ("at https://llm.example.org/v1/", "at <address>"),
        ("wss://github.com.evil.org/x", "<address>"),
        ("mail sam@example.org now", "mail <address> now"),
        ("/etc/systemd/system/user@.service.d/99.conf", "/etc/systemd/system/user@.service.d/99.conf"),
    ],
)
def test_texts(scrub, text, left):
    assert scrub.text(text) == left


def test_values_and_keys(scrub):
    value = {"alex": ["Alex", {"n": 1, "x": None, "y": True}], "t": ("my laptop",)}
    assert scrub.json(value) == {"<user>": ["<user>", {"n": 1, "x": None, "y": True}], "t": ["<host>"]}


def test_without_secrets_nothing_is_replaced():
    assert Scrubber({}, {}).text("ab alex") == "ab alex"
    assert named(["b", "", "a", "b"], "model") == {"b": "<model 1>", "a": "<model 2>"}


@pytest.mark.parametrize("setting", [each for each in SETTINGS if isinstance(each.default, str) and not each.choices])
def test_every_setting_that_is_a_text_is_held_back(setting):
    assert not support_private.plain(setting, "Call me Ishmael, or /home/ishmael")
    assert support_private.plain(setting, setting.default)


def test_settings_are_shown_without_texts(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('[stt]\ntier = "legacy"\nlanguage = "de"\nmodel = "/home/x/y"\n[vad]\nthreshold = 0.4\n')
    shown = support_private.settings_shown(Settings(file))
    assert (shown["stt.tier"], shown["stt.language"], shown["vad.threshold"]) == ("legacy", "de", 0.4)
    assert shown["stt.model"] == support_private.CHOSEN
    assert set(shown) == {setting.key for setting in SETTINGS}
    file.write_text('[stt]\nmodel = "starter"\n')
    assert support_private.settings_shown(Settings(file))["stt.model"] == "starter"


def test_devices_keep_only_what_names_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    device = {"name": "Sam's AirPods", "kind": "input", "is_default": True, "rate": 48000, "server": "Sam's"}
    report = {"audio": {"devices": [device], "reasons": ["Sam's AirPods is gone."]}}
    members = support_bundle.contents(Settings(tmp_path / "none"), report, dict)
    assert "AirPods" not in "".join(members.values())
    assert '"rate": 48000' in members["doctor.json"]


def test_a_profile_that_fails_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))

    def fails():
        raise StarlingError("engine.gave_up", f"It ended in {HOME}/x.")

    members = support_bundle.contents(Settings(tmp_path / "none"), {}, fails)
    assert "engine.gave_up" in members["profile.json"]
    assert members["about.txt"].startswith("Starling")
    assert "last-error.txt" not in members


def test_only_an_archive_is_written_over(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    settings, place = Settings(tmp_path / "none"), tmp_path / "b.zip"
    place.write_text("a letter")
    with pytest.raises(StarlingError, match="no zip archive"):
        support_bundle.write(place, settings, {}, dict)
    assert place.read_text() == "a letter"
    place.unlink()
    for _ in range(2):
        support_bundle.write(place, settings, {}, dict)
    assert "about.txt" in zipfile.ZipFile(place).namelist()
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_place_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    with pytest.raises(StarlingError) as failed:
        support_bundle.write(tmp_path / "no folder" / "b.zip", Settings(tmp_path / "none"), {}, dict)
    assert failed.value.code == "support.unwritable"
