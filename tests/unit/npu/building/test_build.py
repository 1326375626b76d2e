import itertools
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.npu import building
from starling.npu.building import cache, toolchain
from starling.npu.building.build import build, program_bytes
from starling.npu.building.jobs import images, plans
from starling.npu.building.running import important
from starling.npu.planning.limits import NPU1, NPU2
from starling.npu.planning.shapes import KNOWN
from tests.helpers.toolchain import FakeToolchain

STARTER = replace(KNOWN["starter"], heads=4, positions=128)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))


@pytest.fixture
def fake(tmp_path, monkeypatch):
    return FakeToolchain(tmp_path / "tools").use(monkeypatch)


def made(device=NPU1, told=lambda *_: None, positions=()):
    return build(device, STARTER, toolchain.find(), told, positions)


def names(fake):
    return [call[0] for call in fake.calls]


def option(call, name):
    return next((word.partition("=")[2] for word in call if word.startswith(f"{name}=")), None)


@pytest.mark.parametrize(("device", "target"), [(NPU1, "aie2"), (NPU2, "aie2p")])
def test_right_commands_in_the_right_order(fake, device, target):
    told = []
    result = made(device, lambda *step: told.append(step))
    wanted = images(plans(device, STARTER))
    calls = fake.calls
    compiles = [call for call in calls if call[0] == "clang"]
    assert names(fake)[: len(compiles)] == ["clang"] * len(compiles)
    assert all(f"--target={target}-none-unknown-elf" in call and "-std=c++20" in call for call in compiles)
    assert {call[call.index("-o") + 1].rpartition("/")[2] for call in compiles} > {"softmax_128.o", "add_1024.o"}
    links = [call for call in calls if "--get-xclbin" in call]
    assert [option(call, "--xclbin-kernel-name") for call in links] == [image.kernel for image in wanted]
    assert [option(call, "--xclbin-kernel-id") for call in links] == [f"{0x901 + at:#x}" for at in range(len(wanted))]
    assert option(links[0], "--xclbin-input") is None
    for before, after in itertools.pairwise(links):
        assert option(after, "--xclbin-input") == option(before, "--xclbin-name")
    streams = sum(len(image.streams) for image in wanted)
    assert names(fake).count("python") == names(fake).count("aiecc") == streams
    assert result.built.xclbin.read_text() == "xclbin" + "".join(image.kernel for image in wanted)
    assert told[-1][:2] == (len(compiles) + 2 * streams,) * 2
    assert [step[0] for step in told] == list(range(1, len(told) + 1))


def test_second_time_comes_from_the_cache(fake):
    first = made()
    fake.forget()
    again = made(told=lambda *_: pytest.fail("a step ran"))
    assert (again.ran, again.kept, again.built) == (0, 0, first.built)
    assert fake.calls == []


def test_manifest_says_what_the_runtime_needs(fake):
    built = made().built
    assert built.unit == "bytes"
    for file, told in built.instructions.items():
        assert json.loads(built.stream(file).read_text().removeprefix("module "))["parameters"] == told["parameters"]
        assert built.kernels[told["symbol"]]["core"]["device"] == "npu1" or "device" not in told["parameters"]
    scores = [told for told in built.instructions.values() if told["parameters"].get("b") == "transposed"]
    assert {told["parameters"]["a_offset"] for told in scores} == {0, 64, 128, 192}


def test_found_only_for_its_device_and_whole(fake):
    assert building.find("npu1", STARTER) is None
    assert "starling kernels build" in building.why_not("npu1", STARTER)
    built = made().built
    assert building.find("npu1", STARTER) == built
    assert building.find("npu2", STARTER) is None
    assert building.find("npu1", KNOWN["tiny"]) is None
    other = built.folder.parent.parent / "npu2"
    shutil.copytree(built.folder.parent, other)
    assert "zeros" in building.why_not("npu2", STARTER)


def test_half_an_xclbin_is_seen(fake):
    built = made().built
    built.xclbin.write_bytes(built.xclbin.read_bytes()[:-3])
    with pytest.raises(StarlingError, match="not what was built"):
        cache.read(built.folder)
    assert "not what was built" in building.why_not("npu1", STARTER)
    made()
    assert building.find("npu1", STARTER)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda told: told | {"format": 99}, "npu.build_version"),
        (lambda told: told | {"hashes": {}}, "npu.build_damaged"),
        (lambda told: [], "npu.build_damaged"),
        (lambda told: told | {"unit": "miles"}, "npu.build_damaged"),
        (lambda told: told | {"hashes": told["hashes"] | {"../../x": "0"}}, "npu.build_damaged"),
    ],
)
def test_other_manifests_are_told(fake, change, code):
    built = made().built
    path = built.folder / cache.MANIFEST
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(StarlingError) as caught:
        cache.read(built.folder)
    assert caught.value.code == code


def test_other_sources_are_another_entry(fake, monkeypatch):
    first = made().built
    monkeypatch.setattr(cache, "sources_hash", lambda folder=None: "other")
    assert "other sources" in building.why_not("npu1", STARTER)
    assert made().built.folder != first.folder


@pytest.mark.parametrize("tool", ["clang", "python", "aiecc"])
def test_errors_are_shown_and_finished_steps_kept(fake, tool):
    fake.break_(tool, 'print("note: x"); print("gemm.cc:3: error: no such thing"); sys.exit(3)')
    with pytest.raises(StarlingError) as caught:
        made()
    assert caught.value.code == "npu.build_tool"
    assert "gemm.cc:3: error: no such thing" in caught.value.message
    assert "note: x" not in caught.value.message
    log = caught.value.fix.split(": ")[1].rstrip(".")
    assert "note: x" in Path(log).read_text()
    assert list(cache.entries()) == []
    done = sum(1 for name in names(fake)) - 1
    fake.break_(tool, "")
    fake.forget()
    result = made()
    assert result.kept == done
    assert len(fake.calls) == result.ran


def test_a_tool_killed_or_silent(fake):
    fake.break_("aiecc", "os.kill(os.getpid(), 9)")
    with pytest.raises(StarlingError, match="killed by signal 9"):
        made()
    fake.break_("aiecc", "sys.exit(0)")
    with pytest.raises(StarlingError, match="was not made"):
        made()
    fake.break_("aiecc", 'sys.stdout.buffer.write(bytes(range(256)) * 2000 + b"\\nerror: " + b"x" * 9999); sys.exit(1)')
    with pytest.raises(StarlingError) as caught:
        made()
    assert caught.value.message.isprintable() or "\x1b" not in caught.value.message
    assert len(caught.value.message) < 5000


def test_a_hanging_tool_is_ended(fake, monkeypatch, tmp_path):
    fake.break_("clang", f'open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid())); time.sleep(600)')
    monkeypatch.setattr("starling.npu.building.running.run.__defaults__", ("", 1.0))
    with pytest.raises(StarlingError) as caught:
        made()
    assert caught.value.code == "npu.build_hangs"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_tool_that_ignores_its_end_is_killed(fake, monkeypatch, tmp_path):
    ignoring = f'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({str(tmp_path / "pid")!r}, "w")'
    fake.break_("clang", f"{ignoring}.write(str(os.getpid())); time.sleep(600)")
    monkeypatch.setattr("starling.npu.building.running.run.__defaults__", ("", 1.0))
    monkeypatch.setattr("starling.npu.building.running.END_S", 0.3)
    with pytest.raises(StarlingError):
        made()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_full_disk(fake):
    fake.break_("aiecc", 'print("LLVM ERROR: IO failure: No space left on device"); sys.exit(1)')
    with pytest.raises(StarlingError) as caught:
        made()
    assert caught.value.code == "disk.full"


def test_a_changed_step_runs_again(fake):
    fake.break_("aiecc", "sys.exit(1)")
    with pytest.raises(StarlingError):
        made()
    (work,) = (path for path in (cache.root() / ".work").iterdir() if path.is_dir())
    damaged = work / "objects" / "add_1024.o"
    damaged.write_text("half")
    fake.break_("aiecc", "")
    fake.forget()
    made()
    assert [call[-1] for call in fake.calls if call[0] == "clang"] == ["-DRUN=1024"]


def test_older_aiecc_is_asked_in_its_words(tmp_path, monkeypatch):
    fake = FakeToolchain(tmp_path / "tools", asks="generate").use(monkeypatch)
    made()
    first = next(call for call in fake.calls if call[0] == "aiecc")
    assert {"--aie-generate-xclbin", "--aie-generate-npu-insts", "--no-xchesscc"} <= set(first)
    assert any("--no-compile" in call for call in fake.calls)


def test_program_size_of_what_is_no_object(tmp_path):
    path = tmp_path / "x.o"
    for content in (b"", b"object", b"\x7fELF\x01\x01", b"\x7fELF\x01\x01" + b"\xff" * 100):
        path.write_bytes(content)
        assert program_bytes(path) == 0
    assert program_bytes(tmp_path / "absent") == 0


def test_important_lines():
    assert important("a\nb\n") == ["b"]
    assert important("cmd\nx.cc:1: error: y\n\x1b[31mfatal error: z\x1b[0m\n") == ["x.cc:1: error: y", "fatal error: z"]


def test_clean(fake):
    made()
    made(NPU2)
    assert cache.clean("npu1")[0] == 1
    assert [place.parent.name for place in cache.entries()] == ["npu2"]
    assert cache.clean()[0] == 1
    assert list(cache.entries()) == list((cache.root() / cache.WORK).iterdir()) == []


def test_one_shape_is_not_the_whole_model(fake):
    whole = replace(STARTER, positions=192)
    build(NPU1, whole, toolchain.find(), lambda *_: None, (128,))
    assert building.find("npu1", whole) is None
    assert building.find("npu1", replace(whole, positions=128))
