"""The command line and environment that start a worker."""

from __future__ import annotations

import sys
from pathlib import Path

from starling.core.engine_api import EngineSpec

_PACKAGE = Path(__file__).resolve().parent.parent

# A foreign interpreter gets this package and nothing that lies beside it: in an installed Starling that would be
# our site-packages, whose compiled modules belong to another Python.
_BOOTSTRAP = """\
import importlib.util, sys
spec = importlib.util.spec_from_file_location(
    "starling", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]])
sys.modules["starling"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
from starling.engine.worker import main
main()
"""


def worker_argv(spec: EngineSpec) -> list[str]:
    """The command that starts the worker for ``spec``."""
    if not spec.interpreter or spec.interpreter == sys.executable:
        return [sys.executable, "-m", "starling.engine.worker"]
    return [spec.interpreter, "-c", _BOOTSTRAP, str(_PACKAGE)]


def worker_env(spec: EngineSpec) -> dict[str, str]:
    """Variables set on top of the parent's.

    The working directory stays out of the import path: a stray ``numpy.py`` there would break every engine.
    A foreign interpreter must not inherit the paths of ours; an empty value counts as unset for both variables.
    """
    env = {"PYTHONSAFEPATH": "1"}
    if spec.interpreter and spec.interpreter != sys.executable:
        env |= {"PYTHONPATH": "", "PYTHONHOME": ""}
    return env | spec.env
