import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import filelock
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from starling import locate
from starling.core.errors import StarlingError
from starling.settings import file
from starling.settings.migrations import Document
from starling.settings.schema import SETTINGS, Setting
from starling.settings.store import Settings, load

DECLARED = (
    Setting("sound.device", "", "Device", "Which one."),
    Setting("sound.rate", 48000, "Rate", "How fast.", 8000, 192000),
    Setting("sound.gain", 1.0, "Gain", "How loud.", 0.0, 4.0),
    Setting("look.theme", "auto", "Theme", "Which colours.", choices=("auto", "dark", "light")),
    Setting("look.tray", True, "Tray", "An icon."),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def opened(path: Path, **options: Any) -> Settings:
    return Settings(path, DECLARED, **options)


def codes(settings: Settings) -> list[str]:
    return [warning.code for warning in settings.warnings]


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n", "[sound]\n", "version = 1\n"])
def test_empty_means_defaults(path: Path, text: str | None) -> None:
    if text is not None:
        written(path, text)
    settings = opened(path)
    assert {setting.key: settings.get(setting.key) for setting in DECLARED} == {s.key: s.default for s in DECLARED}
    assert settings.warnings == []


def test_reading_creates_nothing(path: Path) -> None:
    opened(path)
    assert not path.parent.exists()


def test_the_file_lies_in_the_users_folder() -> None:
    load().set("vad.hangover", 700)
    assert "hangover = 700" in (locate.config_dir() / "settings.toml").read_text()
    assert load().get("vad.hangover") == 700


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sound.device", 'USB "Mic" | größer #1'),
        ("sound.rate", 8000),
        ("sound.rate", 192000),
        ("sound.gain", 0.5),
        ("look.theme", "dark"),
        ("look.tray", False),
    ],
)
def test_a_change_is_used_and_saved(path: Path, key: str, value: Any) -> None:
    settings = opened(path)
    settings.set(key, value)
    again = opened(path)
    assert settings.get(key) == again.get(key) == value
    assert type(again.get(key)) is type(value)
    assert again.warnings == []


def test_only_what_was_changed_is_in_the_file(path: Path) -> None:
    opened(path).set("sound.rate", 44100)
    assert path.read_text() == "version = 1\n\n[sound]\nrate = 44100\n"
    assert [entry.name for entry in path.parent.iterdir() if entry.suffix != ".lock"] == ["settings.toml"]


@pytest.mark.parametrize(
    ("line", "takes"),
    [
        ("rate = 7999", "a whole number from 8000 to 192000"),
        ("rate = 192001", "a whole number from 8000 to 192000"),
        ("rate = 48000.0", "a whole number from 8000 to 192000"),
        ("rate = true", "a whole number from 8000 to 192000"),
        ('rate = "48000"', "a whole number from 8000 to 192000"),
        ("gain = 4.1", "a number from 0 to 4"),
        ("gain = nan", "a number from 0 to 4"),
        ("gain = -inf", "a number from 0 to 4"),
        ("gain = false", "a number from 0 to 4"),
        ("device = 1", "text in quotes"),
        ("device = 2026-01-01", "text in quotes"),
        ("device = ['a']", "text in quotes"),
    ],
)
def test_a_bad_value_is_named_and_not_used(path: Path, line: str, takes: str) -> None:
    settings = opened(written(path, f"[sound]\n{line}\n[look]\ntray = false\n"))
    (warning,) = settings.warnings
    key, _, value = line.partition(" = ")
    assert warning.code == "settings.bad_value"
    assert warning.message.startswith(f"The setting sound.{key} is ")
    assert value.strip('"') in warning.message
    assert f"it takes {takes}" in warning.message
    assert settings.get(f"sound.{key}") == {s.key: s.default for s in DECLARED}[f"sound.{key}"]
    assert settings.get("look.tray") is False
    assert line in path.read_text()


def test_a_bad_choice_lists_the_good_ones(path: Path) -> None:
    with pytest.raises(StarlingError, match=r'look.theme is "drak"; it takes one of auto, dark, light.') as caught:
        opened(path).set("look.theme", "drak")
    assert caught.value.code == "settings.bad_value"
    assert not path.exists()


def test_whole_numbers_are_numbers(path: Path) -> None:
    settings = opened(written(path, "[sound]\ngain = 2\n"))
    assert settings.read("sound.gain", float) == 2.0
    assert settings.warnings == []


def test_reading_in_another_type_is_a_mistake_in_the_code(path: Path) -> None:
    with pytest.raises(TypeError, match="declared as bool"):
        opened(path).read("look.tray", int)


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("[sound]\nrat = 1\n", "There is no setting sound.rat.", "Did you mean sound.rate?"),
        ("[sounds]\nrate = 1\n", "There is no setting sounds.", ""),
        ("[zzz]\nqqq = 1\n", "There is no setting zzz.", "docs/settings.md lists every setting."),
        ("rate = 1\n", "There is no setting rate.", ""),
        ("sound = 3\n", "There is no setting sound.", ""),
        ("[sound.extra]\na = 1\n", "There is no setting sound.extra.", ""),
    ],
)
def test_unknown_keys_are_told_and_kept(path: Path, text: str, message: str, fix: str) -> None:
    settings = opened(written(path, text))
    assert [(w.code, w.message) for w in settings.warnings] == [("settings.unknown", message)]
    assert fix in settings.warnings[0].fix
    settings.set("look.tray", False)
    assert text.strip() in path.read_text()
    assert opened(path).get("look.tray") is False


@pytest.mark.parametrize("ask", [lambda s: s.get("sound.rat"), lambda s: s.set("sound.rat", 1), lambda s: s.reset("x")])
def test_unknown_keys_are_refused(path: Path, ask: Any) -> None:
    with pytest.raises(StarlingError) as caught:
        ask(opened(path))
    assert caught.value.code == "settings.unknown"


def test_a_section_that_is_a_value_is_not_overwritten(path: Path) -> None:
    settings = opened(written(path, "sound = 3\n"))
    with pytest.raises(StarlingError, match="where a section \\[sound\\] belongs"):
        settings.set("sound.rate", 44100)
    assert settings.get("sound.rate") == 44100
    assert path.read_text() == "sound = 3\n"


def test_comments_and_order_survive(path: Path) -> None:
    text = '# mine\n[look] # colours\ntheme = "dark" # at night\n\n[sound]\n# slow\nrate = 8000\n'
    settings = opened(written(path, text))
    settings.set("sound.rate", 16000)
    settings.set("look.theme", "light")
    changed = path.read_text().replace("version = 1\n\n", "")
    assert changed == text.replace("8000", "16000").replace('"dark"', '"light"')


def test_reset_takes_the_key_out(path: Path) -> None:
    settings = opened(written(path, "[sound]\nrate = 8000 # slow\ngain = 2.0\n"))
    settings.reset("sound.rate")
    assert settings.get("sound.rate") == 48000
    assert opened(path).get("sound.rate") == 48000
    assert opened(path).get("sound.gain") == 2.0
    settings.reset("look.tray")  # was never there


@pytest.mark.parametrize(
    "content", [b"[sound\n", b"\xff\xfe\x00", b"a = 1\na = 2\n", b"x = " + b"[" * 9000, b"\0" * 64]
)
def test_a_damaged_file_is_set_aside(path: Path, content: bytes) -> None:
    written(path, "").write_bytes(content)
    settings = opened(path)
    assert codes(settings) == ["settings.damaged"]
    assert "settings.damaged-1.toml" in settings.warnings[0].fix
    assert (path.parent / "settings.damaged-1.toml").read_bytes() == content
    assert settings.get("sound.rate") == 48000
    settings.set("sound.rate", 8000)
    assert opened(path).warnings == []


def test_every_damaged_file_is_kept(path: Path) -> None:
    for text in ("= 1", "= 2"):
        opened(written(path, text))
    assert [(path.parent / f"settings.damaged-{n}.toml").read_text() for n in (1, 2)] == ["= 1", "= 2"]


def test_a_file_damaged_while_running_is_set_aside_too(path: Path) -> None:
    settings = opened(path)
    written(path, "= damaged")
    settings.set("sound.rate", 8000)
    assert codes(settings) == ["settings.damaged"]
    assert (path.parent / "settings.damaged-1.toml").read_text() == "= damaged"
    assert opened(path).get("sound.rate") == 8000


def test_a_byte_order_mark_is_no_damage(path: Path) -> None:
    written(path, "").write_bytes(b"\xef\xbb\xbf[sound]\r\nrate = 8000\r\n")
    assert opened(path).get("sound.rate") == 8000


def renamed(document: Document) -> None:
    sound = document["sound"]
    if "speed" in sound:
        sound["rate"] = sound.pop("speed") * 1000


def doubled(document: Document) -> None:
    document["sound"]["gain"] = document["sound"]["gain"] * 2


@pytest.mark.parametrize("first_line", ["", "version = 1\n", "version = true\n", 'version = "x"\n', "version = -3\n"])
def test_an_older_file_is_migrated(path: Path, first_line: str) -> None:
    text = f"{first_line}[sound]\nspeed = 16 # kHz\ngain = 1.5 # loud\n"
    settings = opened(written(path, text), changes=(renamed, doubled))
    assert (settings.get("sound.rate"), settings.get("sound.gain"), settings.warnings) == (16000, 3.0, [])
    assert path.read_text() == text
    settings.set("look.tray", False)
    saved = path.read_text()
    assert "version = 3" in saved
    assert "# loud" in saved
    assert "speed" not in saved
    again = opened(path, changes=(renamed, doubled))
    assert (again.get("sound.rate"), again.get("sound.gain"), again.warnings) == (16000, 3.0, [])


def test_migration_starts_where_the_file_is(path: Path) -> None:
    settings = opened(written(path, "version = 2\n[sound]\ngain = 1.5\n"), changes=(renamed, doubled))
    assert settings.get("sound.gain") == 3.0


def test_a_newer_file_is_read_and_never_written(path: Path) -> None:
    text = '[sound]\nrate = 16000\n[future]\nx = 1\n[look]\ntheme = "purple"\n'
    settings = opened(written(path, "version = 9\n" + text))
    assert codes(settings) == ["settings.newer", "settings.unknown", "settings.bad_value"]
    assert settings.get("sound.rate") == 16000
    for change in (lambda: settings.set("sound.rate", 8000), lambda: settings.reset("look.theme")):
        with pytest.raises(StarlingError, match="newer Starling") as caught:
            change()
        assert caught.value.code == "settings.newer"
    assert settings.get("sound.rate") == 8000
    assert path.read_text() == "version = 9\n" + text


def test_a_file_that_became_newer_is_not_overwritten(path: Path) -> None:
    settings = opened(path)
    written(path, "version = 9\n")
    with pytest.raises(StarlingError, match="newer Starling"):
        settings.set("sound.rate", 8000)
    assert path.read_text() == "version = 9\n"


def test_two_sessions_keep_each_others_changes(path: Path) -> None:
    first, second = opened(path), opened(path)
    first.set("sound.rate", 8000)
    second.set("sound.gain", 2.0)
    assert (opened(path).get("sound.rate"), opened(path).get("sound.gain")) == (8000, 2.0)


WRITER = """
import sys
from pathlib import Path
from starling.settings.store import Settings
settings = Settings(Path(sys.argv[1]))
for value in range(200, 240):
    settings.set(sys.argv[2], value)
"""


def test_two_processes_lose_nothing(path: Path) -> None:
    keys = ("vad.hangover", "vad.pre_roll")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), key]) for key in keys]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    settings = Settings(path)
    assert [settings.get(key) for key in keys] == [239, 239]
    assert settings.warnings == []


def test_a_hanging_program_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "LOCK_TIMEOUT_S", 0.05)
    settings = opened(path)
    release, held = threading.Event(), threading.Event()

    def hold() -> None:
        path.parent.mkdir(parents=True)
        with filelock.FileLock(path.with_suffix(".lock")):
            held.set()
            release.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    with pytest.raises(StarlingError) as caught:
        settings.set("sound.rate", 8000)
    release.set()
    holder.join()
    assert caught.value.code == "settings.busy"
    assert settings.get("sound.rate") == 8000


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file where the folder belongs")
    settings = opened(tmp_path / "config" / "settings.toml")
    assert codes(settings) == ["settings.unreadable"]
    assert settings.get("sound.rate") == 48000


def test_an_unwritable_folder(path: Path) -> None:
    """By a folder in the way of the file: permissions do not stop root."""
    settings = opened(path)
    path.mkdir(parents=True)
    with pytest.raises(StarlingError) as caught:
        settings.set("sound.rate", 8000)
    assert caught.value.code == "settings.unwritable"
    assert str(path) in caught.value.message
    assert settings.get("sound.rate") == 8000


def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = opened(written(path, "[sound]\nrate = 16000\n"))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StarlingError, match="No space left on device") as caught:
        settings.set("sound.rate", 8000)
    assert caught.value.code == "settings.unwritable"
    assert settings.get("sound.rate") == 8000
    assert path.read_text() == "[sound]\nrate = 16000\n"
    assert list(path.parent.glob("*.tmp")) == []
    assert list(path.parent.glob(".*.tmp")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes of Unix")
def test_a_link_stays_a_link_and_the_mode_stays(path: Path, tmp_path: Path) -> None:
    target = written(tmp_path / "dotfiles" / "starling.toml", "[sound]\nrate = 8000\n")
    target.chmod(0o640)
    path.parent.mkdir()
    path.symlink_to(target)
    opened(path).set("sound.rate", 16000)
    assert path.is_symlink()
    assert "16000" in target.read_text()
    assert target.stat().st_mode & 0o777 == 0o640


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "version",
                    "sound",
                    "rate",
                    "look",
                    ".",
                    "=",
                    "[",
                    "]",
                    "\n",
                    " ",
                    '"',
                    "1",
                    "9",
                    "true",
                    "{",
                    "}",
                    "#",
                    ",",
                ]
            ),
            max_size=25,
        ).map(lambda parts: "".join(parts).encode()),
    )
)
def test_no_file_whatever_raises_anything_else(path: Path, content: bytes) -> None:
    written(path, "").write_bytes(content)
    settings = opened(path)
    try:
        settings.set("sound.rate", 8000)
    except StarlingError as error:
        assert error.code in {"settings.newer", "settings.bad_value"}  # noqa: PT017 - any other exception must escape
    else:
        assert opened(path).get("sound.rate") == 8000


def test_declarations_are_sound() -> None:
    keys = [setting.key for setting in SETTINGS]
    assert len(set(keys)) == len(keys)
    for setting in SETTINGS:
        assert setting.key.count(".") == 1
        assert setting.title
        assert setting.description.endswith(".")
        if type(setting.default) in (int, float):
            assert setting.minimum is not None
            assert setting.maximum is not None


def test_a_value_is_used_at_once_and_saved_when_asked(path: Path) -> None:
    settings = opened(path)
    settings.use("sound.rate", 8000)
    assert settings.get("sound.rate") == 8000
    assert not path.exists()
    settings.save("sound.rate")
    assert opened(path).get("sound.rate") == 8000
    settings.forget("sound.rate")
    assert (settings.get("sound.rate"), opened(path).get("sound.rate")) == (settings.default("sound.rate"), 8000)
    settings.save("sound.rate")
    assert "rate" not in path.read_text()


def test_a_value_that_does_not_fit_is_not_used(path: Path) -> None:
    settings = opened(path)
    with pytest.raises(StarlingError, match=r"look\.theme"):
        settings.use("look.theme", "drak")
    assert settings.get("look.theme") == "auto"
