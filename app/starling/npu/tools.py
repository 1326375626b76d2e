"""Runs other programs' command lines: no shell, a time limit, bounded output, nothing left running."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

OUTPUT_LIMIT = 4 << 20


@dataclass(frozen=True)
class ToolResult:
    """How a run ended.

    Attributes:
        argv: what was run.
        returncode: None when it could not be started or did not end in time.
        stdout: at most 4 MiB of it, undecodable bytes replaced.
        stderr: alike.
        problem: one clause about why there is no result: ``not found``, ``not executable``, ``no answer in 2 s``.
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
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        # Files, not pipes: a grandchild that keeps a pipe open would make the reader wait for it.
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=None if env is None else dict(env),
                start_new_session=True,
            )
        except FileNotFoundError:
            return ToolResult(command, None, problem="not found")
        except (OSError, ValueError) as error:
            return ToolResult(command, None, problem=getattr(error, "strerror", None) or str(error))
        problem = ""
        try:
            returncode: int | None = process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            returncode, problem = None, f"no answer in {timeout_s:g} s"
        finally:
            _end(process)
        return ToolResult(command, returncode, _text(out), _text(err), problem)


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
