"""Every file of a machine, broken in every way: the probe never raises and never waits."""

import json
import os
import shutil
import time

import pytest

from starling.npu.probe import probe
from starling.npu.sysroot import READ_LIMIT, Sysroot
from tests.helpers.machines import machine


def empty(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(bytes(range(256)) * 8)


def huge(path):
    path.write_bytes(b"9" * (READ_LIMIT + 10))


def missing(path):
    path.unlink()


def folder(path):
    path.unlink()
    path.mkdir()


def loop(path):
    path.unlink()
    path.symlink_to(path.name)


def dangling(path):
    path.unlink()
    path.symlink_to("../nowhere/at/all")


def numbers(path):
    path.write_text("-1 99999999999999999999999999 0xffffffffffffffffff : : : |\n" * 20)


WAYS = (empty, garbage, huge, missing, folder, loop, dangling, numbers)


def files(root):
    return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file() and "usr/bin" not in str(path))


def restore(kept, path):
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    shutil.copy2(kept, path)


@pytest.mark.parametrize("break_it", WAYS)
def test_one_broken_file(tmp_path, break_it):
    whole = machine(tmp_path / "whole", "strix", "contexts_full", "memlock_set").root
    kept = tmp_path / "kept"
    for name in files(whole):
        shutil.copy2(whole / name, kept)
        break_it(whole / name)
        begun = time.monotonic()
        npu = probe(Sysroot(whole), tools=False)
        assert time.monotonic() - begun < 5, name
        json.dumps(npu.to_json())
        restore(kept, whole / name)
    assert probe(Sysroot(whole), tools=False).present


@pytest.mark.parametrize("break_it", WAYS)
def test_broken_tools(tmp_path, break_it):
    made = machine(tmp_path, "strix", "flm_garbage")
    for name in ("usr/bin/flm", "opt/xilinx/xrt/bin/xrt-smi", "usr/bin/dmesg"):
        break_it(made.root / name)
    npu = probe(Sysroot(made.root))
    assert npu.present
    json.dumps(npu.to_json())


def test_every_link_in_a_circle(tmp_path):
    made = machine(tmp_path, "strix")
    links = [path for path in made.root.rglob("*") if path.is_symlink()]
    assert links
    for path in links:
        path.unlink()
        path.symlink_to(path.name)
    assert not probe(Sysroot(made.root), tools=False).present


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_nothing_may_be_read(tmp_path):
    made = machine(tmp_path, "strix")
    for path in (made.root / "sys", made.root / "proc"):
        path.chmod(0)
    try:
        assert not probe(Sysroot(made.root), tools=False).present
    finally:
        for path in (made.root / "sys", made.root / "proc"):
            path.chmod(0o755)
