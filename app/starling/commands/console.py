"""The standard streams and signals of a command, made fit whatever the shell, cron or systemd left of them."""

from __future__ import annotations

import codecs
import io
import json
import os
import signal
import sys
import threading
from typing import Any

_STREAMS = (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY))
_ESCAPES = "starling.escapes"


def prepare() -> None:
    """Let every text be printed, and give closed streams an end that swallows all.

    A character that the terminal's encoding lacks is escaped as in JSON, so ``--json`` stays JSON.
    """
    codecs.register_error(_ESCAPES, _escaped)
    for number, (name, flags) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            _reopen(number, name, flags)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPES)


def _reopen(number: int, name: str, flags: int) -> None:
    """The null device under the stream's own number too: the next file opened, or a child, would get that number."""
    null = os.open(os.devnull, flags)
    if null != number:
        os.dup2(null, number)
        os.close(null)
    setattr(sys, name, os.fdopen(number, "r" if flags == os.O_RDONLY else "w", encoding="utf-8"))


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


class Interruptions:
    """While entered, SIGTERM ends the command as Ctrl-C does: temporary files go, engines end.

    Attributes:
        came: one did; what was being imported may have turned it into another exception.
    """

    def __init__(self) -> None:
        self.came = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interruptions:
        if threading.current_thread() is threading.main_thread():  # only that one may set handlers
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup and background jobs want it
                    self._before[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _interrupt(self, *_: object) -> None:
        self.came = True
        raise KeyboardInterrupt


def read_stdin() -> str:
    """Standard input as text; bytes that are no UTF-8 become replacement characters."""
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def printable(argument: str) -> str:
    """A command line's words without the half characters that Python makes of bytes that are no text."""
    return argument.encode("utf-8", "replace").decode("utf-8")
