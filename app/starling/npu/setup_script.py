"""Runs XRT's setup.sh in a child shell that has nothing of ours, and reads what it set."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field

from starling.npu.sysroot import Sysroot
from starling.npu.tools import run_tool

TIMEOUT_S = 5.0
BASH = ("/bin/bash", "/usr/bin/bash")
NAMES = ("XILINX_XRT", "PATH", "LD_LIBRARY_PATH", "PYTHONPATH")
"""All that is ever taken."""
CLEAN = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C"}
# The report goes to a descriptor of its own, for the script prints; by built-ins only, for `env` cannot be started any
# more once a script has exported more than the kernel hands to a program; in a trap, for the script may exit.
_PROGRAM = """\
exec 9>&1
report() {
    local names
    builtin mapfile -t names < <(builtin compgen -e)
    builtin printf '%s\\0' "$MARK" "$1" "$((${#names[@]} - ${#BEFORE[@]}))"
    for name in XILINX_XRT PATH LD_LIBRARY_PATH PYTHONPATH; do
        [[ ${!name@a} != *x* ]] || builtin printf '%s\\0' "$name=${!name}"
    done
    builtin printf '%s\\0' "$MARK"
}
MARK=$2
mapfile -t BEFORE < <(compgen -e)
builtin trap 'report "$?" >&9' EXIT
source "$1" </dev/null >/dev/null 2>&1
"""


@dataclass(frozen=True)
class Setup:
    """What a script set.

    Attributes:
        values: the variables of :data:`NAMES` that it left exported.
        exported: how many variables it exported, those included.
        problem: one clause about why there is nothing to go by; empty when there is.
    """

    values: dict[str, str] = field(default_factory=dict)
    exported: int = 0
    problem: str = ""


def run(root: Sysroot, script: str) -> Setup:
    """Read what a setup.sh exports; never raises."""
    shell = next((path for path in map(root.path, BASH) if os.access(path, os.X_OK)), None)
    if shell is None:
        return Setup(problem="there is no bash to read it with")
    mark = secrets.token_hex(16)
    argv = [str(shell), "--noprofile", "--norc", "-c", _PROGRAM, "bash", str(root.path(script)), mark]
    result = run_tool(argv, TIMEOUT_S, CLEAN)
    if result.returncode is None:
        return Setup(problem=result.problem)
    return parse(result.stdout, mark)


def parse(output: str, mark: str) -> Setup:
    """The report between two marks."""
    fields = output.partition(f"{mark}\0")[2].split("\0")
    if mark not in fields or len(fields) < 3:
        return Setup(problem="it ended without a result")
    status, exported, *values = fields[: fields.index(mark)]
    if status != "0":
        return Setup(problem=f"it failed (status {status})")
    pairs = (value.partition("=") for value in values)
    count = int(exported) if exported.isascii() and exported.isdigit() else 0
    return Setup({name: value for name, _, value in pairs if name in NAMES}, count)
