"""The command line and environment that start a worker."""

from __future__ import annotations

from starling.child.command import python_argv, python_env
from starling.core.engine_api import EngineSpec

_WORKER = "starling.engine.worker"


def worker_argv(spec: EngineSpec) -> list[str]:
    """The command that starts the worker for ``spec``."""
    return python_argv(spec.interpreter, _WORKER)


def worker_env(spec: EngineSpec) -> dict[str, str]:
    """Variables set on top of the parent's, see :func:`starling.child.command.python_env`."""
    return python_env(spec.interpreter, spec.env)
