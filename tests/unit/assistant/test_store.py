from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from starling.assistant.store import JsonStore
from starling.core.errors import StarlingError


def _text(item: object) -> str:
    if not isinstance(item, str):
        raise TypeError("a text")
    return item


def store(path: Path) -> JsonStore[str]:
    return JsonStore(path, 1, str, _text)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "things.json"
    store(path).save(["a", "b\nc", "\N{SNOWMAN}"])
    assert store(path).load() == ["a", "b\nc", "\N{SNOWMAN}"]
    assert [file.name for file in path.parent.iterdir()] == ["things.json"]


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_full_disk_keeps_the_old_content(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "things.json"
    store(path).save(["old"])

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, {"write": "fdopen"}.get(step, step), full)
        with pytest.raises(
            StarlingError, match=r"things\.json could not be written: No space left on device\."
        ) as raised:
            store(path).save(["new"])
    assert raised.value.code == "assistant.not_saved"
    assert str(tmp_path) in raised.value.fix
    assert store(path).load() == ["old"]
    assert [file.name for file in tmp_path.iterdir()] == ["things.json"]


def test_a_real_full_disk(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = tmp_path / "things.json"
    path.symlink_to("/dev/full")
    store(path).save(["new"])  # replaces the link, never writes through it
    assert not path.is_symlink()
    assert store(path).load() == ["new"]


def test_every_damaged_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    for content in (b"{", b"\xff\xfe", b"[" * 100_000):
        path.write_bytes(content)
        assert store(path).load() == []
    kept = sorted(file.name for file in tmp_path.iterdir())
    assert kept == ["things.damaged-1.json", "things.damaged-2.json", "things.damaged-3.json"]


def test_a_folder_in_the_files_place_is_left(tmp_path: Path) -> None:
    path = tmp_path / "things.json"
    path.mkdir()
    broken = store(path)
    assert broken.load() == []
    assert "cannot be read" in broken.notice
    with pytest.raises(StarlingError):
        broken.save(["new"])
    assert path.is_dir()
