"""Foreign programs with a limit; a text goes in over stdin, never over the command line that everybody can read."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence

from starling.core.errors import StarlingError

LIMIT_S = 3.0


def find(name: str) -> str:
    """The path of a program; empty where it is not installed."""
    return shutil.which(name) or ""


def run(
    argv: Sequence[str], data: bytes = b"", limit_s: float = LIMIT_S, env: Mapping[str, str] | None = None
) -> bytes:
    """Run a program to its end; what it wrote.

    Raises:
        StarlingError: ``insert.tool``: it is not there, did not end in time, or ended with an error.
    """
    name = argv[0].rpartition("/")[2]
    try:
        done = subprocess.run(argv, input=data, capture_output=True, timeout=limit_s, check=False, env=env)
    except subprocess.TimeoutExpired:
        raise StarlingError("insert.tool_silent", f"{name} did not end within {limit_s:g} s.", "Try again.") from None
    except OSError as error:
        raise StarlingError("insert.tool", f"{name} cannot be run ({error.strerror}).", f"Install {name}.") from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        reason = told[-1].strip()[:200] if told else f"exit code {done.returncode}"
        raise StarlingError("insert.tool", f"{name} failed: {reason.rstrip('.')}.")
    return done.stdout
