import os

import pytest

from starling.npu.servers import lemonade
from starling.npu.servers.http import place
from starling.npu.servers.processes import has_npu_open
from starling.npu.sysroot import Sysroot
from tests.helpers import asr_server


def process(root, pid, *targets, children=""):
    folder = root / f"proc/{pid}/fd"
    folder.mkdir(parents=True)
    for number, target in enumerate(targets):
        (folder / str(number)).symlink_to(target)
    task = root / f"proc/{pid}/task/{pid}"
    task.mkdir(parents=True)
    (task / "children").write_text(children)


def test_an_open_node_is_seen_also_in_a_child(tmp_path):
    root = Sysroot(tmp_path)
    process(tmp_path, 10, "/dev/null", "/dev/accel/accel2")
    process(tmp_path, 11, "/dev/null", children="12 x -3 ")
    process(tmp_path, 12, "/dev/accel/accel0")
    process(tmp_path, 13, "/dev/null", "socket:[5]", "/dev/acceleration")
    process(tmp_path, 14, children="99 ")
    assert [has_npu_open(pid, root) for pid in (10, 11, 12, 13, 14, 15)] == [True, True, True, False, None, None]


def test_this_process_has_none():
    assert has_npu_open(os.getpid()) in (False, None)


@pytest.mark.parametrize(("opened", "device"), [(True, "npu"), (False, "cpu"), (None, "npu")])
def test_lemonades_word_is_held_against_its_process(tmp_path, monkeypatch, opened, device):
    monkeypatch.setenv("STARLING_SYSROOT", str(tmp_path))
    if opened is not None:
        process(tmp_path, 4242, "/dev/accel/accel0" if opened else "/dev/null")
    with asr_server.asr_server("Lemonade") as server:
        where = place("Lemonade", server.url)
        lemonade.load(where, "Whisper-Small", "whispercpp", "npu")
        found = lemonade.report(where, "Whisper-Small", "whispercpp", "npu")
    assert found.device == device
    assert len(found.evidence) == (1 if opened is None else 2)


@pytest.mark.parametrize("pid", [None, "4242", -1, 0, True, 1.5])
def test_a_strange_number_is_no_process(monkeypatch, pid):
    with asr_server.asr_server("Lemonade") as server:
        server.loads_as = {"pid": pid}
        where = place("Lemonade", server.url)
        lemonade.load(where, "Whisper-Small", "whispercpp", "npu")
        assert lemonade.report(where, "Whisper-Small", "whispercpp", "npu").device == "npu"
