"""Lets XRT keep a log of its own, where the user wants it: for engines that use XRT, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starling import locate
from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.npu.monitor import xrt_ini

PROVIDER = "xrt"


def logged(rungs: Sequence[Rung]) -> list[Rung]:
    """The rungs with the variable that names the xrt.ini, which is written if one of them uses XRT.

    Where it cannot be written, nothing is logged, and the best rung says why.
    """
    if not any(rung.spec.provider == PROVIDER for rung in rungs):
        return list(rungs)
    try:
        variables = {xrt_ini.VARIABLE: str(xrt_ini.write(locate.cache_dir()))}
    except StarlingError as error:
        best, *others = rungs
        return [replace(best, why_not_better=" ".join(filter(None, (best.why_not_better, str(error))))), *others]
    return [
        replace(rung, spec=_with(rung.spec, variables)) if rung.spec.provider == PROVIDER else rung for rung in rungs
    ]


def _with(spec: EngineSpec, variables: dict[str, str]) -> EngineSpec:
    """Also for an encoder that runs under a Python of its own."""
    config: dict[str, Any] = spec.config
    python = config.get("python")
    if isinstance(python, dict):
        config = {**config, "python": {**python, "env": {**python.get("env", {}), **variables}}}
    return replace(spec, env={**spec.env, **variables}, config=config)
