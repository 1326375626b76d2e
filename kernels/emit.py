"""Turns one design into MLIR. Runs in mlir-aie's own Python: ``python kernels/emit.py OUT.mlir`` with a job on stdin.

The job is JSON: ``{"op": "gemm", "parameters": {…}}``. What went wrong is a line on stderr and exit code 1.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def emit(job: Any) -> str:
    """The MLIR text of a design.

    Raises:
        ValueError: the job is none, or the design refuses its parameters.
    """
    op, parameters = (job.get("op"), job.get("parameters")) if isinstance(job, dict) else (None, None)
    if not isinstance(op, str) or not op.isidentifier() or not isinstance(parameters, dict):
        raise ValueError('a job is {"op": NAME, "parameters": {...}}')
    folder = Path(__file__).resolve().parent
    if not (folder / op / "design.py").is_file():
        raise ValueError(f"there is no kernel '{op}'")
    sys.path.insert(0, str(folder.parent))
    return str(importlib.import_module(f"{folder.name}.{op}.design").design(**parameters))


def main(arguments: list[str]) -> int:
    """Write the file in one step, so that a killed run leaves none."""
    if len(arguments) != 1:
        print("usage: emit.py OUT.mlir < job.json", file=sys.stderr)  # noqa: T201
        return 2
    out = Path(arguments[0])
    try:
        text = emit(json.load(sys.stdin))
    except (ValueError, ImportError) as error:
        print(f"error: {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        return 1
    part = out.with_name(out.name + ".part")
    part.write_text(text + "\n", "utf-8")
    part.replace(out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
