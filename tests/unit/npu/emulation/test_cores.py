import ctypes
import dataclasses
import multiprocessing
import os
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from kernels.objects import CoreObject
from starling.core.errors import StarlingError
from starling.npu.emulation import cores
from starling.npu.emulation.iron.rings import Memory
from starling.npu.emulation.machine import EmulationFault
from starling.npu.tools import ToolResult

pytestmark = pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")

SOURCE = """
#include <aie_api/aie.hpp>
#ifndef WIDE
#define WIDE 16
#endif
extern "C" void twice(const float *in, float *out, int n, float factor) {
  for (int i = 0; i < n; i += 16) {
    aie::accum<accfloat, 16> wide(aie::load_v<16>(in + i));
    auto product = aie::mul(wide.to_vector<bfloat16>(), bfloat16(factor * FACTOR));
    aie::store_v(out + i, product.to_vector<float>());
  }
}
extern "C" void narrow(const float *in, bfloat16 *out) {
  aie::accum<accfloat, 16> wide(aie::load_v<16>(in));
  aie::store_v(out, wide.to_vector<bfloat16>());
}
extern "C" void often(const float *in, bfloat16 *out, int n) {
  for (int i = 0; i < n; ++i) {
    asm volatile("" ::: "memory");
    aie::accum<accfloat, 16> wide(aie::load_v<16>(in));
    aie::store_v(out + 16 * i, wide.to_vector<bfloat16>());
  }
}
extern "C" void shifted(const bfloat16 *in, bfloat16 *out, int by) {
  aie::store_v(out, aie::load_v<WIDE>(in + by));
  aie::store_unaligned_v(out + 1, aie::load_unaligned_v<WIDE>(in + 1));
}
extern "C" void even() { aie::set_rounding(aie::rounding_mode::conv_even); }
"""


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("STARLING_CORES")
    cores._loaded.cache_clear()
    yield
    cores._loaded.cache_clear()


@pytest.fixture
def source(tmp_path) -> CoreObject:
    path = tmp_path / "op" / "op.cc"
    path.parent.mkdir()
    path.write_text(SOURCE)
    return CoreObject("op_16.o", path, (("FACTOR", "2.0f"),))


def cached(tmp_path) -> list[Path]:
    return sorted((tmp_path / "home" / "cache" / "cores").iterdir())


def narrowed(library, registers=None):
    # 1 + 3/512 lies three quarters of the way from one bfloat16 to the next.
    out = np.zeros(16, np.uint16)
    library.call("narrow", [np.full(16, 1 + 3 / 512, np.float32), out], registers)
    return set(out.tolist())


def test_a_function_gets_arrays_ints_and_floats(source):
    values, out = np.arange(32, dtype=np.float32), np.zeros(32, np.float32)
    cores.library(source, "npu1").call("twice", [values, out, 32, 1.5])
    np.testing.assert_array_equal(out, values * 3)
    pointer = ctypes.c_void_p(out.ctypes.data)
    cores.library(source, "npu1").call("twice", [values, pointer, np.int32(16), np.float32(1)])
    np.testing.assert_array_equal(out[:16], values[:16] * 2)
    np.testing.assert_array_equal(out[16:], values[16:] * 3)


def test_rounding_truncates_until_it_is_set_and_then_stays(source):
    library = cores.library(source, "npu1")
    assert narrowed(library) == {0x3F80}
    library.call("even", [])
    assert narrowed(library) == {0x3F81}
    assert narrowed(library) == {0x3F81}


def test_each_core_has_its_own_registers(source):
    library = cores.library(source, "npu1")
    one, other = cores.Registers(), cores.Registers()
    library.call("even", [], one)
    assert narrowed(library, other) == {0x3F80}
    assert narrowed(library, one) == {0x3F81}
    assert other.rounding == 0 != one.rounding


def test_threads_keep_their_cores_registers(source):
    library = cores.library(source, "npu1")
    count, results = 1 << 18, {}

    def run(rounding):
        out = np.zeros(16 * count, np.uint16)
        library.call("often", [np.full(16, 1 + 3 / 512, np.float32), out, count], cores.Registers(rounding))
        results[rounding] = set(out.tolist())

    threads = [threading.Thread(target=run, args=(rounding,)) for rounding in (0, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {0: {0x3F80}, 12: {0x3F81}}


@pytest.mark.parametrize(
    ("device", "wide", "by", "alignment"),
    [("npu1", 8, 4, 16), ("npu1", 16, 8, 32), ("npu1", 32, 8, 32), ("npu2", 16, 8, 32), ("npu2", 32, 16, 64)],
)
def test_vectors_lie_where_hardware_finds_them(source, device, wide, by, alignment):
    source = dataclasses.replace(source, defines=(("FACTOR", "2.0f"), ("WIDE", str(wide))))
    library = cores.library(source, device)
    given, out = (Memory(512, "data").bytes.view(np.uint16) for _ in range(2))
    library.call("shifted", [given, out, alignment // 2], cores.Registers())
    with pytest.raises(EmulationFault, match=f"no multiple of {alignment} bytes"):
        library.call("shifted", [given, out, by], cores.Registers())
    library.call("shifted", [given, out, alignment], cores.Registers())


def test_libraries_do_not_share_registers(source):
    first = cores.library(source, "npu1")
    second = cores.library(dataclasses.replace(source, defines=(("FACTOR", "3.0f"),)), "npu1")
    assert first is not second
    first.call("even", [])
    assert narrowed(second) == {0x3F80}


def test_compiled_once(source, tmp_path, monkeypatch):
    cores.library(source, "npu1")
    (path,) = cached(tmp_path)
    cores._loaded.cache_clear()
    monkeypatch.setattr(cores, "_run", lambda *_: pytest.fail("compiled again"))
    assert cores.library(source, "npu1").path == path


@pytest.mark.parametrize(
    "what", ["source", "header beside", "common header", "define", "device", "compiler", "machine"]
)
def test_anything_that_matters_compiles_anew(source, tmp_path, monkeypatch, what):
    first = cores.library(source, "npu1").path
    device = "npu1"
    if what == "source":
        source.source.write_text(SOURCE + "// changed\n")
    elif what == "header beside":
        (source.source.parent / "part.h").write_text("")
    elif what == "common header":
        (tmp_path / "common").mkdir()
        (tmp_path / "common" / "shared.h").write_text("")
    elif what == "define":
        source = dataclasses.replace(source, defines=(("FACTOR", "4.0f"),))
    elif what == "device":
        device = "npu2"
    elif what == "compiler":
        monkeypatch.setattr(cores, "_version", lambda _: "g++ 99")
    else:
        monkeypatch.setattr(cores, "_processor", lambda: "another")
    assert cores.library(source, device).path != first
    assert len(cached(tmp_path)) == 2


@pytest.mark.parametrize("damage", ["empty", "shortened", "one byte", "text"])
def test_a_damaged_file_is_compiled_again(source, tmp_path, damage):
    cores.library(source, "npu1")
    (path,) = cached(tmp_path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    contents = {
        "empty": b"",
        "shortened": whole[:middle],
        "one byte": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "text": b"not a library",
    }[damage]
    cores._loaded.cache_clear()
    path.unlink()  # the loaded one is mapped
    path.write_bytes(contents)
    assert narrowed(cores.library(source, "npu1")) == {0x3F80}
    assert len(cached(tmp_path)) == 1
    assert path.read_bytes()[-32:] == whole[-32:] or path.stat().st_size > 1000


def test_a_whole_file_that_does_not_load_is_compiled_again(source, tmp_path):
    cores.library(source, "npu1")
    (path,) = cached(tmp_path)
    cores._loaded.cache_clear()
    path.unlink()
    path.write_bytes(b"ELF of another machine" + cores.hashlib.sha256(b"ELF of another machine").digest())
    assert narrowed(cores.library(source, "npu1")) == {0x3F80}


def test_without_a_compiler_it_says_what_to_install(source, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StarlingError, match=r"sudo apt install g\+\+") as caught:
        cores.library(source, "npu1")
    assert caught.value.code == "npu.no_compiler"


def test_the_compilers_errors_are_shown(source, tmp_path):
    source.source.write_text(SOURCE.replace("wide.to_vector<bfloat16>()", "wide.to_vectors<bfloat16>()"))
    with pytest.raises(StarlingError, match="error:") as caught:
        cores.library(source, "npu1")
    assert caught.value.code == "npu.core_compile_failed"
    assert "op_16.o" in caught.value.message
    assert "op.cc" in caught.value.message
    assert len(caught.value.message.splitlines()) < 50
    assert cached(tmp_path) == []


def test_a_register_that_the_hardware_has_not_does_not_compile(source):
    source.source.write_text('#include <aie_api/aie.hpp>\nextern "C" void f() { aie::vector<float, 24> v; }')
    with pytest.raises(StarlingError, match="no register"):
        cores.library(source, "npu1")


def test_a_compiler_that_hangs_is_ended(source, tmp_path, monkeypatch):
    result = ToolResult(("g++",), None, problem="no answer in 120 s")
    run = cores.run_tool
    monkeypatch.setattr(cores, "run_tool", lambda argv, *rest: run(argv, *rest) if "--version" in argv else result)
    with pytest.raises(StarlingError, match="no answer in 120 s") as caught:
        cores.library(source, "npu1")
    assert caught.value.code == "npu.core_compile_timeout"
    assert cached(tmp_path) == []


def test_an_unknown_function_is_named(source):
    with pytest.raises(StarlingError, match=r"op_16\.o has no function missing") as caught:
        cores.library(source, "npu1").call("missing", [])
    assert caught.value.code == "npu.no_symbol"


def test_a_missing_source_is_named(source):
    source.source.unlink()
    with pytest.raises(StarlingError, match=r"op\.cc cannot be read") as caught:
        cores.library(source, "npu1")
    assert caught.value.code == "npu.core_source"


def test_a_cache_that_cannot_be_written(source, tmp_path):
    (tmp_path / "home").write_text("a file in the way")
    with pytest.raises(StarlingError, match="could not be stored") as caught:
        cores.library(source, "npu1")
    assert caught.value.code == "npu.core_cache"


def test_the_cache_does_not_grow_for_ever(source, tmp_path, monkeypatch):
    folder = tmp_path / "home" / "cache" / "cores"
    folder.mkdir(parents=True)
    for number in range(6):
        for name in (f"old-{number}.so", f".compiling-{number}.so"):
            (folder / name).touch()
            # Half of those being compiled are a minute old, the others two hours.
            age = 7200 + number if number % 2 or name[0] == "o" else 60
            os.utime(folder / name, (time.time() - age,) * 2)
    monkeypatch.setattr(cores, "KEPT", 4)
    path = cores.library(source, "npu1").path
    young = {f".compiling-{number}.so" for number in (0, 2, 4)}
    assert {entry.name for entry in cached(tmp_path)} == {path.name, "old-0.so", "old-1.so", "old-2.so"} | young


def _compile(source: CoreObject) -> set[int]:
    return narrowed(cores.library(source, "npu1"))


def test_processes_that_compile_at_once(source, tmp_path):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert pool.map(_compile, [source] * 6) == [{0x3F80}] * 6
        pool.close()
        pool.join()
    assert len(cached(tmp_path)) == 1
    assert os.environ["STARLING_HOME"]
