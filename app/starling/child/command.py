"""The command line and environment that start one of our modules under any Python."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

WORKER = "starling.child.worker"
_PACKAGE = Path(__file__).resolve().parent.parent

# A foreign interpreter gets this package and nothing that lies beside it: in an installed Starling that would be
# our site-packages, whose compiled modules belong to another Python. Nor the working directory: a Python before 3.11
# does not know PYTHONSAFEPATH.
_BOOTSTRAP = """\
import sys
sys.path[:] = filter(None, sys.path)
import importlib, importlib.util
spec = importlib.util.spec_from_file_location(
    "starling", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
sys.modules["starling"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
importlib.import_module(sys.argv[2]).main()
"""


def is_foreign(interpreter: str) -> bool:
    """Whether it is another Python than the one that runs this; empty stands for this one."""
    return bool(interpreter) and interpreter != sys.executable


def python_argv(interpreter: str, module: str = WORKER) -> list[str]:
    """The command that runs ``main()`` of a module of this package."""
    if not is_foreign(interpreter):
        return [sys.executable, "-m", module]
    return [interpreter, "-c", _BOOTSTRAP, str(_PACKAGE), module]


def python_env(interpreter: str, env: Mapping[str, str]) -> dict[str, str]:
    """Variables set on top of the parent's; ``env`` wins.

    The working directory stays out of the import path: a stray ``numpy.py`` there would break every engine.
    A foreign interpreter must not inherit the paths of ours; an empty value counts as unset for both variables.
    """
    ours = {"PYTHONSAFEPATH": "1"}
    if is_foreign(interpreter):
        ours |= {"PYTHONPATH": "", "PYTHONHOME": ""}
    return ours | dict(env)
