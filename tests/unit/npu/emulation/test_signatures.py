"""What the emulation takes is what the table says, and the table says where each line comes from."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from starling.npu.emulation import pyxrt
from starling.npu.emulation.signatures import check, table
from starling.npu.xrt.whisper import XrtEncoder
from tests.helpers.emulated_npu import Small, Strict, fresh, open_session
from tests.unit.npu.xrt.tiny_encoder import FRAMES, random_mel, write_encoder

XRT = Path(__file__).resolve().parents[4] / "app" / "starling" / "npu" / "xrt"


def test_the_source_is_named() -> None:
    source = table().source
    assert source["repository"] == "Xilinx/XRT"
    assert source["file"].endswith("pyxrt.cpp")
    assert re.fullmatch(r"[0-9a-f]{40}", source["commit"])


def test_every_name_of_the_table_is_emulated() -> None:
    for name in (*table().signatures, *table().enums):
        found: object = pyxrt
        for part in name.split("."):
            found = getattr(found, part)


def test_the_emulation_offers_no_other_module_names() -> None:
    known = {name.split(".")[0] for name in (*table().signatures, *table().enums)}
    assert set(pyxrt.__all__) == known | {"uuid"}


def test_everything_that_is_used_is_in_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole encoder over a module that shows nothing else; a name or argument outside the table raises."""
    monkeypatch.setenv("STARLING_NPU", "emulated")
    fresh()
    strict = Strict(pyxrt)
    encoder = XrtEncoder(strict, write_encoder(tmp_path), "npu1", emulated=True)
    encoder.encode(random_mel(FRAMES))
    encoder.profiling = True
    encoder.encode(random_mel(FRAMES))
    assert {"run.set_arg", "run.wait", "bo.map", "runlist.execute", "kernel.group_id"} <= strict.used


def names_on_the_module(tree: ast.AST) -> Iterator[str]:
    """``pyxrt.a.b`` and ``self._pyxrt.a.b`` as ``a.b``."""
    for node in ast.walk(tree):
        chain: list[str] = []
        at: ast.AST = node
        while isinstance(at, ast.Attribute):
            if at.attr in {"pyxrt", "_pyxrt"}:
                break
            chain.insert(0, at.attr)
            at = at.value
        root = at.attr if isinstance(at, ast.Attribute) else getattr(at, "id", "")
        if chain and root in {"pyxrt", "_pyxrt"}:
            yield ".".join(chain)


def test_no_name_in_the_source_is_outside_the_table() -> None:
    known = {*table().signatures, *table().enums}
    for enum, values in table().enums.items():
        known |= {f"{enum}.{value}" for value in values}
    found = {name for path in XRT.glob("*.py") for name in names_on_the_module(ast.parse(path.read_text("utf-8")))}
    assert {"bo", "device", "hw_context", "bo.flags.host_only"} <= found
    assert found <= known


def test_a_name_outside_the_table_is_seen() -> None:
    tree = ast.parse("self._pyxrt.bo.flags.svm\npyxrt.module(elf)")
    assert {"bo.flags.svm", "module"} <= set(names_on_the_module(tree))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("device", ("0000:c6:00.1",)),
        ("device", (-1,)),
        ("device", (0.0,)),
        ("device", ()),
        ("xclbin", (Path("x"),)),
        ("run.wait", (-1,)),
        ("run.wait", (50.0,)),
        ("run.wait", (50, 50)),
        ("run.set_arg", (0, 1 << 31)),
        ("run.set_arg", (0, np.int64(1 << 40))),
        ("run.set_arg", (0, 2.0)),
        ("run.set_arg", (0, None)),
        ("run.set_arg", ("0", 1)),
        ("runlist.wait", (50,)),
        ("bo.write", (b"x",)),
        ("bo.write", (5, 0)),
        ("bo.sync", (0,)),
        ("bo", (None, 8, None, 0)),
    ],
)
def test_pybind_refuses(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError, match="incompatible function arguments"):
        check(name, arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("device", (np.uint8(0),)),
        ("run.set_arg", (0, -(1 << 31))),
        ("run.set_arg", (np.int64(2), True)),
        ("run.wait", (0,)),
        ("bo.write", (bytearray(3), 0)),
        ("bo.write", (np.zeros((2, 2), np.uint16), 1)),
    ],
)
def test_pybind_takes(name: str, arguments: tuple[object, ...]) -> None:
    check(name, arguments)


def test_no_keywords(tmp_path: Path) -> None:
    fresh()
    with pytest.raises(TypeError):
        pyxrt.device(index=0)
    Small(open_session(tmp_path))


@pytest.mark.npu
def test_the_real_module_has_every_name() -> None:
    real = pytest.importorskip("pyxrt")
    for name in (*table().signatures, *table().enums):
        found: object = real
        for part in name.split("."):
            if name.startswith("xclbin.xclbinkernel") and part == "xclbinkernel":
                continue  # an attribute of the class object only
            found = getattr(found, part, found)
    for enum, values in table().enums.items():
        found = real
        for part in enum.split("."):
            found = getattr(found, part)
        for value, number in values.items():
            assert int(getattr(found, value).value) == number, (enum, value)
