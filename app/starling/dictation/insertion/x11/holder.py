"""``python -m starling.dictation.insertion.x11.holder DISPLAY``: serves what was put back into selections.

Starling had to take the clipboard from the program that held it, and put everything in it back; somebody has to serve
that when Starling has ended. This process reads it from its stdin, owns it, and ends as soon as another program takes
the clipboard. It outlives whoever started it, as xclip does.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping
from typing import BinaryIO

from starling.core.errors import StarlingError
from starling.dictation.insertion.x11.link import failures
from starling.dictation.insertion.x11.owner import Contents, Datum, Owner

START_S = 5.0
MODULE = "starling.dictation.insertion.x11.holder"


def hand_over(display: str, held: Mapping[str, Contents]) -> bool:
    """Let a process of its own serve this from now on; whether it does."""
    argv = [sys.executable, "-P", "-m", MODULE, display]  # no module is taken from the folder that we are in
    nowhere = subprocess.DEVNULL
    try:
        with subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
        ) as process:
            try:
                process.communicate(packed(held), START_S)
            except subprocess.TimeoutExpired:
                process.kill()
    except OSError:
        return False
    return process.returncode == 0


def packed(held: Mapping[str, Contents]) -> bytes:
    """One line of JSON that says what follows, and the bytes."""
    listed = [
        [selection, target, datum.kind, datum.bits, len(datum.data)]
        for selection, contents in held.items()
        for target, datum in contents.items()
    ]
    data = b"".join(datum.data for contents in held.values() for datum in contents.values())
    return json.dumps(listed).encode() + b"\n" + data


def unpacked(stream: BinaryIO) -> dict[str, Contents]:
    """The inverse of :func:`packed`."""
    held: dict[str, Contents] = {}
    for selection, target, kind, bits, size in json.loads(stream.readline()):
        held.setdefault(selection, {})[target] = Datum(kind, bits, stream.read(size))
    return held


def main() -> int:
    """Own it, tell by the exit code of this process, and serve it in one that nobody waits for."""
    held = unpacked(sys.stdin.buffer)
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        return 0 if os.read(reader, 1) else 1
    os.close(reader)
    os.chdir("/")
    with contextlib.suppress(StarlingError, *failures()):
        _serve(sys.argv[1], held, writer)
    return 0


def _serve(display: str, held: Mapping[str, Contents], writer: int) -> None:
    owner = Owner(display)
    for selection, contents in held.items():
        owner.hold(selection, contents)
    os.write(writer, b"x")
    os.close(writer)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    owner.dispatch()
    while owner.owns():
        select.select([owner.fileno()], [], [])
        owner.dispatch()
    owner.close()


if __name__ == "__main__":
    sys.exit(main())
