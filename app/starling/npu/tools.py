"""Runs other programs' command lines: no shell, a time limit, bounded output, nothing left running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

OUTPUT_LIMIT = 4 << 20
WRITTEN_LIMIT = 64 << 20
"""Bytes on the disk, which may be memory, until the program is killed; whatever it writes, it is soon seen."""
LOOK_S = 0.05
# On Windows a console program started by a windowed one would open a console.
_CREATION_FLAGS = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))


@dataclass(frozen=True)
class ToolResult:
    """How a run ended.

    Attributes:
        argv: what was run.
        returncode: None when it could not be started or did not end in time.
        stdout: at most 4 MiB of it, undecodable bytes replaced.
        stderr: alike.
        problem: one clause about why there is no result: ``not found``, ``Permission denied``, ``no answer in 2 s``.
    """

    argv: tuple[str, ...]
    returncode: int | None
    stdout: str = ""
    stderr: str = ""
    problem: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ran to its end and said success."""
        return self.returncode == 0


def run_tool(argv: Sequence[str], timeout_s: float, env: Mapping[str, str] | None = None) -> ToolResult:
    """Run a program and wait for it; the whole process group is killed when its time is over. Never raises.

    Args:
        argv: program and arguments; never a shell line.
        timeout_s: after which it is killed.
        env: the complete environment; None for ours.
    """
    command = tuple(argv)
    try:
        # Files, not pipes: a grandchild that keeps a pipe open would make the reader wait for it.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=None if env is None else dict(env),
                start_new_session=True,
                creationflags=_CREATION_FLAGS,
            )
            try:
                returncode, problem = _wait(process, timeout_s, (out, err))
            finally:
                _end(process)
            return ToolResult(command, returncode, _text(out), _text(err), problem)
    except FileNotFoundError:
        return ToolResult(command, None, problem="not found")
    except (OSError, ValueError) as error:
        return ToolResult(command, None, problem=getattr(error, "strerror", None) or str(error))


def _wait(process: subprocess.Popen[bytes], timeout_s: float, files: Sequence[IO[bytes]]) -> tuple[int | None, str]:
    """Its status, or None and why it is not waited for any longer."""
    until = time.monotonic() + timeout_s
    while True:
        left = until - time.monotonic()
        try:
            return process.wait(max(0.0, min(LOOK_S, left))), ""
        except subprocess.TimeoutExpired:
            if left <= 0:
                return None, f"no answer in {timeout_s:g} s"
        if any(os.fstat(file.fileno()).st_size > WRITTEN_LIMIT for file in files):
            return None, f"it wrote more than {WRITTEN_LIMIT >> 20} MiB"


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)  # one that is stuck inside a driver cannot be killed


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(OUTPUT_LIMIT).decode("utf-8", "replace")
