"""``starling`` run as a person would, with a folder of its own, and a look at what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.pulse import wait_until

TIMEOUT_S = 30.0
NO_SOUND = {"PULSE_SERVER": "unix:/nonexistent"}
NO_FIRST_RUN = {"STARLING_FIRST_RUN": "skip"}
GRACE_S = 3.0
END_S = 15.0
MARK = "STARLING_TEST_MARK"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def starling(
    *words: str | bytes,
    home: Path,
    env: dict[str, str] | None = None,
    stdin: bytes = b"",
    cwd: Path | None = None,
    shell_suffix: str = "",
) -> Done:
    """Run to the end; no traceback, and no process that lives on. ``shell_suffix`` redirects (``>&-``)."""
    argv: list[str | bytes] = [sys.executable, "-m", "starling", *words]
    if shell_suffix:
        argv = ["sh", "-c", f'"$@" {shell_suffix}', "sh", *argv]
    mark = uuid.uuid4().hex  # others may use the same home meanwhile
    done = subprocess.run(
        argv,
        env={**surroundings(home, env), MARK: mark},
        input=stdin,
        capture_output=True,
        timeout=TIMEOUT_S,
        cwd=cwd,
        check=False,
    )
    out, err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    assert_clean(err, mark)
    return Done(done.returncode, out, err)


def surroundings(home: Path, env: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a command whose folders are below ``home`` and that finds no sound server."""
    return {**os.environ, **NO_SOUND, **NO_FIRST_RUN, "STARLING_HOME": str(home), MARK: str(home), **(env or {})}


def assert_clean(err: str, mark: str | Path) -> None:
    """No traceback was printed and every process with this mark (a command's home) has ended."""
    assert "Traceback" not in err, err
    assert "Exception" not in err, err
    assert wait_until(lambda: not processes(mark), GRACE_S), processes(mark)


def processes(mark: str | Path) -> list[str]:
    """Command lines of the processes that were started with this mark, Linux only."""
    entry = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if entry in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # ended while we looked
    return [line for line in found if line]


def finish(process: subprocess.Popen[str], readers: list[threading.Thread], ending: signal.Signals) -> None:
    """End a process with a signal and its readers with it; one that does not end is killed, and the test fails."""
    if process.poll() is None:
        process.send_signal(ending)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    finally:
        for reader in readers:
            reader.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()
