"""Archives that are damaged, lie or want too much: a sentence, and nothing left behind."""

import bz2
import gzip
import io
import lzma
import os
import shutil
import tarfile
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models.archive import LARGEST_HEADER, MOST_MEMBERS, unpacked

NOISE = os.urandom(300_000)
Usage = namedtuple("Usage", "total used free")


def tape(path: Path, mode: str, members: dict[str, bytes] | None = None) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in (members or {"m/model.bin": NOISE}).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def zipped(path: Path, packing: int, members: dict[str, bytes] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in (members or {"m/model.bin": NOISE}).items():
            archive.writestr(name, data)
    return path


def make(folder: Path, kind: str) -> Path:
    if kind.startswith("zip"):
        return zipped(folder / "m.zip", getattr(zipfile, f"ZIP_{kind.removeprefix('zip ').upper()}"))
    return tape(folder / f"m.tar.{kind}", f"w:{kind}")


def names(path: Path, folder: Path) -> list[str]:
    with unpacked(path, folder) as inner:
        return [file.name for file in inner.iterdir()]


def code(path: Path, folder: Path) -> str:
    with pytest.raises(StarlingError) as caught:
        names(path, folder)
    assert not folder.exists()
    return caught.value.code


def damaged(path: Path, at: int, size: int = 40) -> Path:
    data = bytearray(path.read_bytes())
    at %= len(data)
    data[at : at + size] = bytes(byte ^ 0x55 for byte in data[at : at + size])
    path.write_bytes(data)
    return path


KINDS = ("gz", "bz2", "xz", "zip stored", "zip deflated", "zip bzip2", "zip lzma")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [5000, 150_000, -40])
def test_a_damaged_archive_is_told(tmp_path, kind, at):
    good = make(tmp_path, kind)
    assert names(good, tmp_path / "out") == ["model.bin"]
    assert code(damaged(good, at, 8), tmp_path / "out") == "model.truncated"


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_breaks_off(tmp_path, kind):
    path = make(tmp_path, kind)
    data = path.read_bytes()
    for size in (0, 1, 100, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:size])
        assert code(path, tmp_path / "out") == "model.truncated", size


def test_one_that_is_not_there_or_no_file(tmp_path):
    assert code(tmp_path / "none.zip", tmp_path / "out") == "model.unreadable"
    assert code(tmp_path / "none.tar.gz", tmp_path / "out") == "model.unreadable"
    (tmp_path / "folder.zip").mkdir()
    assert code(tmp_path / "folder.zip", tmp_path / "out") == "model.unreadable"


def test_a_name_that_is_a_file_and_a_folder(tmp_path):
    members = {"m": b"x", "m/a": b"y"}
    assert code(zipped(tmp_path / "m.zip", zipfile.ZIP_STORED, members), tmp_path / "out") == "model.bad_archive"
    assert code(tape(tmp_path / "m.tar", "w", members), tmp_path / "out") == "model.bad_archive"


def test_names_that_no_disk_takes(tmp_path):
    path = zipped(tmp_path / "m.zip", zipfile.ZIP_STORED, {"m/" + "a" * 300: b"x"})
    assert code(path, tmp_path / "out") == "model.write_failed"


def test_a_disk_that_is_full_meanwhile(tmp_path, monkeypatch):
    path = zipped(tmp_path / "m.zip", zipfile.ZIP_STORED)
    opened = Path.open

    def full(self, *args, **kwargs):
        if self.name == "model.bin":
            raise OSError(28, "No space left on device")
        return opened(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", full)
    assert code(path, tmp_path / "out") == "model.disk_full"


def test_too_much_for_the_disk_is_told_before_all_of_it_is_read(tmp_path, monkeypatch):
    """A bomb has no index: whoever adds up all sizes first has unpacked all of it to do so."""
    path = tape(tmp_path / "m.tar.gz", "w:gz", {"m/a": bytes(1 << 20), "m/b": bytes(1 << 20)})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 1 << 19))
    read = []
    inflate = gzip.GzipFile.read
    monkeypatch.setattr(gzip.GzipFile, "read", lambda self, size=-1: read.append(size) or inflate(self, size))
    assert code(path, tmp_path / "out") == "model.disk_full"
    assert sum(read) < 1 << 18


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_a_header_that_would_fill_the_memory(tmp_path, pack):
    header = tarfile.TarInfo("m/a")
    header.type, header.size = tarfile.XHDTYPE, LARGEST_HEADER + 512
    path = tmp_path / "m.tar.gz"
    path.write_bytes(pack(header.tobuf() + bytes(LARGEST_HEADER + 512)))
    assert code(path, tmp_path / "out") == "model.truncated"


def test_what_follows_the_end(tmp_path):
    path = tape(tmp_path / "m.tar", "w")
    path.write_bytes(gzip.compress(path.read_bytes() + bytes(LARGEST_HEADER + 1)))
    assert code(path, tmp_path / "out") == "model.bad_archive"


def test_folders_count_as_members(tmp_path):
    path = tmp_path / "m.tar"
    with tarfile.open(path, "w") as archive:
        for number in range(MOST_MEMBERS + 1):
            info = tarfile.TarInfo(f"m{number}")
            info.type = tarfile.DIRTYPE
            archive.addfile(info)
    assert code(path, tmp_path / "out") == "model.bad_archive"


def test_what_goes_wrong_with_the_model_is_not_the_archives_fault(tmp_path):
    path = make(tmp_path, "gz")
    with pytest.raises(RuntimeError, match="a bug"), unpacked(path, tmp_path / "out"):
        raise RuntimeError("a bug")
    assert not (tmp_path / "out").exists()
