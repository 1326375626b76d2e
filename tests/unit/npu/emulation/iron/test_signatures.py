"""The table of IRON's names is the emulation's, and no design uses anything outside it."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from starling import locate
from starling.npu.emulation.iron import cores, dataflow, device, package
from starling.npu.emulation.iron.table import methods, modules, table

KERNELS = locate.shipped("kernels")
DESIGNS = sorted(path for path in KERNELS.rglob("*.py") if not path.name.startswith(("test", "conftest")))
ALLOWED_ROOTS = {"numpy", "ml_dtypes", "kernels", "aie"}
# Methods of IRON's classes, at any version, that the table leaves out: a name that only IRON has.
REFUSED = frozenset(
    "set_iter_count set_repeat_count allocate_on enable_trace inline_ops task_group finish_task_group set_barrier "
    "release_with_value await_ ExternalFunction sync_parameters resolve_tile add_flow add_lock add_buffer".split()
)
STAND_INS = {
    "ObjectFifoHandle.acquire": cores.Port.acquire,
    "ObjectFifoHandle.release": cores.Port.release,
    "WorkerRuntimeBarrier.wait_for_value": cores.CoreBarrier.wait_for_value,
    "Buffer.__getitem__": cores.CoreBuffer.__getitem__,
    "Buffer.__setitem__": cores.CoreBuffer.__setitem__,
}


def violations(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] not in sys.stdlib_module_names | ALLOWED_ROOTS - {"aie"}:
                    yield f"{node.lineno}: import {alias.name}"
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield from _import_from(node, imported)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in REFUSED:
            yield f"{node.lineno}: .{node.attr}"
        if isinstance(node, ast.Call):
            yield from _call(node, imported)


def _import_from(node: ast.ImportFrom, imported: dict[str, str]) -> Iterator[str]:
    module = node.module or ""
    root = module.partition(".")[0]
    if root not in sys.stdlib_module_names | ALLOWED_ROOTS:
        yield f"{node.lineno}: from {module}"
    if root != "aie":
        return
    for alias in node.names:
        if alias.name not in modules().get(module, {}):
            yield f"{node.lineno}: from {module} import {alias.name}"
        else:
            imported[alias.asname or alias.name] = f"{module}.{alias.name}"


def _call(node: ast.Call, imported: dict[str, str]) -> Iterator[str]:
    keywords = {keyword.arg for keyword in node.keywords if keyword.arg}
    positional = sum(not isinstance(argument, ast.Starred) for argument in node.args)
    if isinstance(node.func, ast.Name) and node.func.id in imported:
        signatures = [table()[imported[node.func.id]]]
    elif isinstance(node.func, ast.Attribute) and node.func.attr in methods():
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy"):
            return
        signatures = methods()[node.func.attr]
    else:
        return
    if not any(keywords <= set(one.names) and positional <= len(one.names) for one in signatures):
        yield f"{node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("design", DESIGNS, ids=lambda path: str(path.relative_to(KERNELS)))
def test_designs_use_nothing_outside_the_table(design: Path):
    assert list(violations(design.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import aie.iron as iron",
        "import starling",
        "from starling.npu import xrt",
        "from aie.iron import ExternalFunction",
        "from aie.iron.placers import SequentialPlacer",
        "from aie.dialects.arith import index_cast",
        "from aie.helpers.taplib import TensorTiler2D",
        "from aie.iron import ObjectFifo\nObjectFifo(kind, plio=True)",
        "from aie.iron import ObjectFifo\nObjectFifo(kind, 2, 'a', None, None, False)",
        "from aie.iron import Worker as W\nW(core, [], placement=None)",
        "from aie.iron import Program\nProgram(a, b, workers=[]).resolve_program(placer=None)",
        "fifo.cons().split([0], repeat_counts=[2])",
        "fifo.prod().fill(a, sizes=[1])",
        "runtime.enable_trace(8192)",
        "fifo.set_repeat_count(3)",
        "end.acquire(1, 2)",
    ],
)
def test_the_check_finds(source):
    assert len(list(violations(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nfrom ml_dtypes import bfloat16\nfrom pathlib import Path\nfrom ..objects import Argument",
        "from aie.iron import ObjectFifo\nObjectFifo(kind, depth=1, name='a', dims_to_stream=[(1, 1)])",
        "fifo.cons(dims_from_stream=[(2, 1)]).forward(obj_type=kind, name='b')",
        "np.split(a, 3, axis=0)",
    ],
)
def test_the_check_lets_pass(source):
    assert list(violations(source)) == []


def test_the_package_offers_what_the_table_lists():
    offered = {
        name: {key for key, value in vars(module).items() if not key.startswith("_") and not inspect.ismodule(value)}
        for name, module in package.modules().items()
    }
    assert {name: names for name, names in offered.items() if names} == {
        name: set(names) for name, names in modules().items()
    }


def objects() -> Iterator[tuple[str, object]]:
    """Every entry of the table, and what the emulation has for it."""
    found = package.modules()
    for name in table():
        parts = name.split(".")
        split = next((place for place, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
        if parts[split] == "ObjectFifoHandle":
            entry: object = dataflow.Handle
        else:
            entry = getattr(found[".".join(parts[:split])], parts[split])
        for part in parts[split + 1 :]:
            entry = getattr(entry, part)
        yield name, entry


def written(function: object) -> list[str]:
    """As the table writes a signature."""
    made = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        name = f"*{parameter.name}" if parameter.kind is parameter.VAR_POSITIONAL else parameter.name
        defaults = {id(device.AnyMemTile): "AnyMemTile", id(device.AnyComputeTile): "AnyComputeTile"}
        shown = defaults.get(id(parameter.default), repr(parameter.default))
        made.append(name if parameter.default is parameter.empty else f"{name}={shown}")
    return made


@pytest.mark.parametrize(
    ("name", "function"), list(objects()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_emulation_takes_what_the_table_says(name, function):
    if isinstance(function, device.Tile):
        assert table()[name].arguments == ()
        return
    assert written(function) == list(table()[name].arguments)


@pytest.mark.parametrize(("name", "function"), STAND_INS.items())
def test_cores_take_what_the_table_says(name, function):
    assert written(function) == list(table()[f"aie.iron.{name}"].arguments)


def test_every_entry_names_its_source():
    for signature in table().values():
        assert signature.file.endswith((".py", ".md"))
        assert len(signature.commit) == 40
        assert int(signature.commit, 16)
