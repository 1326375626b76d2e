"""The arrows of the house point down, and nothing heavy loads in the main process."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "app" / "starling"

# From the ground up: a part imports from itself and from the rows above it in this table.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"core"}),
    frozenset({"child", "dbus"}),
    frozenset({"audio"}),
    frozenset({"models"}),
    frozenset({"npu"}),
    frozenset({"speech"}),
    frozenset({"engine", "assistant", "dictation", "remote"}),
    frozenset({"pipeline"}),
    frozenset({"commands"}),
    frozenset({"ui"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
LEAVES = frozenset({"settings", "history", "locate"})
# The pipeline and what stands on it; everything below gets its numbers handed in.
USERS_OF_LEAVES = frozenset({"pipeline", "commands", "cli", "ui"})

AT_HOME_ONLY = {"PySide6": "ui", "sounddevice": "audio", "av": "audio", "pyxrt": "npu"}
NEVER_AT_TOP = frozenset(
    {"ctranslate2", "onnxruntime", "kokoro_onnx", "pocketsphinx", "espeakng_loader", "faster_whisper", "tokenizers"}
)
# core is arithmetic on values that come in: no files, threads, processes, sockets or clocks.
PURE = frozenset(
    "asyncio concurrent fcntl glob io logging multiprocessing os pathlib platform platformdirs queue random resource "
    "select selectors shutil signal socket sqlite3 ssl subprocess sys tempfile termios threading time urllib".split()
)

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
LONG_MODULES: dict[str, str] = {}
"""Module -> why it may be longer."""
LONG_FUNCTIONS: dict[str, str] = {}
"""``module:function`` -> why it may be longer."""


@dataclass(frozen=True)
class Import:
    module: str
    name: str
    line: int
    at_top: bool

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]


def module_name(path: Path, root: Path = PACKAGE) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part(name: str) -> str:
    """The part of the house a name belongs to: ``starling.audio.ring`` to ``audio``, a name of the package to none."""
    second = name.split(".")[1] if "." in name else ""
    return second if second in LEAVES.union(*LAYERS) else ""


def type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imported_names(node: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            owner = module.split(".")
            keep = len(owner) - node.level + is_package
            base = ".".join([*owner[:keep], *([base] if base else [])])
        # "from starling import cli" and "from starling.speech.stt import mel" name modules too.
        yield from (f"{base}.{alias.name}" if base.startswith("starling") else base for alias in node.names)


def imports_of(path: Path, root: Path = PACKAGE) -> list[Import]:
    module = module_name(path, root)
    found: list[Import] = []

    def walk(node: ast.AST, at_top: bool) -> None:
        for name in imported_names(node, module, path.name == "__init__.py"):
            found.append(Import(module, name, getattr(node, "lineno", 0), at_top))
        inner_top = at_top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not type_checking(node)
        for child in ast.iter_child_nodes(node):
            walk(child, inner_top)

    walk(ast.parse(path.read_text("utf-8")), True)
    return found


def allowed(importer: str, imported: str) -> bool:
    """Whether one part of the house may import another."""
    if importer == imported or imported in {"", "locate"}:
        return True
    if importer in LEAVES:
        return imported == "core"
    if imported in LEAVES:
        return importer in USERS_OF_LEAVES
    rows = {name: row for row, names in enumerate(LAYERS) for name in names}
    return rows[imported] < rows[importer]


def broken_rules(found: Import) -> Iterator[str]:
    mine = part(found.module)
    if found.package == "starling":
        if mine == "core" and part(found.name) == "locate":
            yield "core imports locate, which reads the environment"
        elif mine and not allowed(mine, part(found.name)):
            yield f"{mine} must not import {part(found.name)}"
        return
    if AT_HOME_ONLY.get(found.package, mine) != mine:
        yield f"{found.package} belongs to {AT_HOME_ONLY[found.package]}/"
    if found.package in NEVER_AT_TOP and found.at_top:
        yield f"{found.package} is imported at the top; import it inside the function that needs it"
    if mine == "core" and found.package in PURE:
        yield f"core is pure: no {found.package}"


def violations(root: Path) -> list[str]:
    return [
        f"{found.module}:{found.line}: {text}"
        for path in sorted(root.rglob("*.py"))
        if "_data" not in path.parts
        for found in imports_of(path, root)
        for text in broken_rules(found)
    ]


def long_parts(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*.py")):
        source = path.read_text("utf-8")
        module = module_name(path, root)
        lines = len(source.splitlines())
        if lines > MAX_MODULE_LINES and module not in LONG_MODULES:
            yield f"{module} has {lines} lines, {MAX_MODULE_LINES} are allowed"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MAX_FUNCTION_LINES and f"{module}:{node.name}" not in LONG_FUNCTIONS:
                    yield f"{module}:{node.name} has {length} lines, {MAX_FUNCTION_LINES} are allowed"


def test_every_part_has_a_place() -> None:
    known = LEAVES.union(*LAYERS) | {"__init__", "_data"}
    parts = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if path.suffix in {"", ".py"}}
    assert parts - {"__pycache__"} <= known


def test_no_import_breaks_a_rule() -> None:
    assert violations(PACKAGE) == []


def test_modules_and_functions_are_short() -> None:
    assert list(long_parts(PACKAGE)) == []


def test_allow_lists_name_what_exists() -> None:
    modules = {module_name(path) for path in PACKAGE.rglob("*.py")}
    assert {entry.partition(":")[0] for entry in {**LONG_MODULES, **LONG_FUNCTIONS}} <= modules


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("audio/x.py", "from starling.speech import base", "audio must not import speech"),
        ("audio/x.py", "from ..speech import base", "audio must not import speech"),
        ("audio/x.py", "from starling import speech", "audio must not import speech"),
        ("audio/x.py", "from starling import child", ""),
        ("audio/x.py", "def f():\n    import starling.pipeline.ears", "audio must not import pipeline"),
        ("assistant/x.py", "import starling.engine.host", "assistant must not import engine"),
        ("speech/stt/x.py", "from starling.models import store", ""),
        ("speech/stt/x.py", "from ..vad import base", ""),
        ("speech/stt/x.py", "from starling.settings import schema", "speech must not import settings"),
        ("models/x.py", "from starling import locate", ""),
        ("core/x.py", "from starling import locate", "core imports locate, which reads the environment"),
        ("history/x.py", "from starling.settings import store", "history must not import settings"),
        ("history/x.py", "from starling.core.errors import StarlingError", ""),
        ("pipeline/x.py", "from starling.history import store", ""),
        ("cli.py", "from starling.commands import doctor", ""),
        ("cli.py", "from starling import __version__", ""),
        ("commands/x.py", "from starling import cli", "commands must not import cli"),
        ("core/x.py", "import time", "core is pure: no time"),
        ("core/x.py", "from os.path import join", "core is pure: no os"),
        ("core/x.py", "import numpy as np", ""),
        ("speech/x.py", "import sounddevice", "sounddevice belongs to audio/"),
        ("speech/x.py", "from av.audio import frame", "av belongs to audio/"),
        ("ui/x.py", "from PySide6 import QtCore", ""),
        ("pipeline/x.py", "def f():\n    from PySide6 import QtCore", "PySide6 belongs to ui/"),
        ("engine/x.py", "import pyxrt", "pyxrt belongs to npu/"),
        ("speech/x.py", "import onnxruntime as ort", "onnxruntime is imported at the top"),
        ("speech/x.py", "try:\n    import ctranslate2\nexcept ImportError: pass", "ctranslate2 is imported at the top"),
        ("speech/x.py", "class A:\n    import tokenizers", "tokenizers is imported at the top"),
        ("speech/x.py", "def f():\n    import onnxruntime", ""),
        ("speech/x.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import onnxruntime", ""),
    ],
)
def test_rules_catch(tmp_path: Path, module: str, source: str, expected: str) -> None:
    path = tmp_path / "starling" / module
    path.parent.mkdir(parents=True)
    path.write_text(source)
    found = violations(tmp_path / "starling")
    assert len(found) == bool(expected)
    assert expected in "".join(found)


def test_length_is_caught(tmp_path: Path) -> None:
    path = tmp_path / "starling" / "core" / "x.py"
    path.parent.mkdir(parents=True)
    path.write_text("def f():\n" + "    x = 1\n" * 400)
    assert [text.split(",")[0] for text in long_parts(tmp_path / "starling")] == [
        "starling.core.x has 401 lines",
        "starling.core.x:f has 401 lines",
    ]


def in_fresh_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_command_line_loads_nothing_heavy() -> None:
    heavy = sorted(NEVER_AT_TOP | {"sounddevice", "av", "PySide6", "onnx"})
    code = f"import sys, starling.cli; print([name for name in {heavy!r} if name in sys.modules])"
    assert in_fresh_python(code) == "[]"


LACKING_ON_WINDOWS = (
    ("os", "getuid geteuid getgid getgroups getgrouplist killpg fork setsid getpgid sched_getaffinity O_NONBLOCK "
           "O_CLOEXEC O_NOFOLLOW O_DIRECTORY nice sysconf memfd_create openpty mkfifo getloadavg WNOHANG"),
    ("signal", "SIGKILL SIGHUP SIGUSR1 SIGUSR2 SIGCHLD SIGSTOP SIGCONT SIGPIPE SIGALRM SIGQUIT pthread_sigmask"),
    ("socket", "AF_UNIX SO_PEERCRED SCM_RIGHTS"),
)  # fmt: skip


def test_every_module_imports_without_unix_modules() -> None:
    """As on Windows: no fcntl, resource, termios ... at import, nor what os, signal and socket lack there."""
    names = sorted(module_name(path) for path in PACKAGE.rglob("*.py") if path.stem != "__main__")
    names = [name for name in names if part(name) != "ui" and not name.startswith("starling._data")]
    code = f"""
import importlib, os, signal, socket, sys
# The standard library uses some of them itself, guarded; they may be loaded before and are hidden from then on.
import subprocess, multiprocessing, asyncio, platformdirs, filelock, numpy
for name in ("fcntl", "resource", "termios", "pwd", "grp", "tty", "pty"):
    sys.modules[name] = None
for place, lacking in {LACKING_ON_WINDOWS!r}:
    for name in lacking.split():
        if hasattr(locals()[place], name):
            delattr(locals()[place], name)
for name in {names!r}:
    importlib.import_module(name)
print(len({names!r}))
"""
    assert int(in_fresh_python(code)) == len(names) > 10
