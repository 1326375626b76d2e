"""Runs the tools of a build: their output goes into files, an interruption ends them."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from starling.core.errors import StarlingError

TIMEOUT_S = 1800.0
"""Of one step; a core image takes one or two minutes."""
END_S = 3.0
IMPORTANT = 12
"""Lines of a compiler's output that are told; the rest is in the file."""
LINE = 300
_CREATION_FLAGS = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))


def run(
    argv: Sequence[str], folder: Path, log: Path, env: Mapping[str, str], stdin: str = "", timeout_s: float = TIMEOUT_S
) -> None:
    """Run one tool to its end.

    Args:
        argv: program and arguments.
        folder: where it runs.
        log: gets the command and everything it writes.
        env: the complete environment.
        stdin: what it reads.
        timeout_s: after which it is ended.

    Raises:
        StarlingError: ``npu.build_tool`` with the important lines; ``npu.build_hangs``.
    """
    given = log.with_suffix(".stdin")
    given.write_text(stdin, "utf-8")
    with log.open("ab") as out, given.open("rb") as source:
        out.write((" ".join(argv) + "\n").encode())
        out.flush()
        try:
            process = subprocess.Popen(
                argv, cwd=folder, stdin=source, stdout=out, stderr=subprocess.STDOUT, env=dict(env),
                start_new_session=True, creationflags=_CREATION_FLAGS,
            )  # fmt: skip
        except OSError as error:
            raise StarlingError(
                "npu.build_tool", f"{argv[0]} could not be started: {error.strerror}.", "Install the toolchain again."
            ) from None
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise StarlingError(
                "npu.build_hangs", f"{Path(argv[0]).name} did not end in {timeout_s:g} s.", f"Its output: {log}."
            ) from None
        finally:
            _end(process)
    given.unlink(missing_ok=True)
    if code:
        _failed(argv, code, log)


def _failed(argv: Sequence[str], code: int, log: Path) -> None:
    how = f"ended with {code}" if code > 0 else f"was killed by signal {-code}"
    lines = important(log.read_bytes().decode("utf-8", "replace"))
    if any("No space left on device" in line for line in lines):
        raise StarlingError("disk.full", f"The disk is full: {Path(argv[0]).name} {how}.", "Free some space and go on.")
    told = "".join(f"\n  {line}" for line in lines)
    raise StarlingError("npu.build_tool", f"{Path(argv[0]).name} {how}.{told}\n", f"All of its output: {log}.")


def important(text: str) -> list[str]:
    """The lines of a compiler's output that say what is wrong; the last ones when none does."""
    clean = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line).rstrip()[:LINE] for line in text.splitlines()]
    clean = [re.sub(r"[^\x20-\x7e\xa0-\uffff\t]", "?", line) for line in clean if line.strip()]
    wrong = r"(?i)\b(error|fatal|exception|undefined symbol|no space left)\b|Error:"
    wanted = [line for line in clean if re.search(wrong, line)]
    return (wanted or clean[1:])[-IMPORTANT:] if not wanted else wanted[:IMPORTANT]


def _end(process: subprocess.Popen[bytes]) -> None:
    """It and whatever it started."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_S)
    _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_S)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.kill()
