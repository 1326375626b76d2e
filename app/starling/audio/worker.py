"""The child process that holds PortAudio: ``python -m starling.audio.worker capture|play|list``.

A frozen sound server hangs PortAudio for ever, and PortAudio never sees devices that come later. A process can be
killed, and a fresh one sees the world as it is. The configuration is the first message on stdin.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import asdict
from typing import Any, BinaryIO

from starling.audio import portaudio
from starling.audio.inbox import Inbox
from starling.child import framing
from starling.child.process import leave_signals_to_the_parent, take_pipes
from starling.core.errors import StarlingError


def _list(outgoing: BinaryIO) -> None:
    found = portaudio.devices(portaudio.load())
    framing.write(outgoing, {"devices": [asdict(device) for device in found]})


def _run(mode: str, inbox: Inbox, outgoing: BinaryIO, wake: threading.Event) -> None:
    if mode == "list":
        _list(outgoing)
        return
    config: dict[str, Any] = inbox.wait().data
    wake.clear()
    if mode == "capture":
        from starling.audio import capture_worker

        capture_worker.run(config, outgoing)
    else:
        from starling.audio import play_worker

        play_worker.run(config, inbox, wake, outgoing)


def main() -> None:
    """Serve until stdin ends or the device does. Leaves by ``os._exit``: PortAudio's own clean-up can hang."""
    leave_signals_to_the_parent()
    incoming, outgoing = take_pipes()
    wake = threading.Event()
    inbox = Inbox(incoming, wake)
    status = 0
    try:
        _run(sys.argv[1], inbox, outgoing, wake)
    except StarlingError as error:
        status = 1
        try:
            framing.write(outgoing, {"event": "error", **error.to_json()})
        except OSError:
            pass  # the parent is gone, nobody asks any more
    except BrokenPipeError:
        pass
    os._exit(status)


if __name__ == "__main__":
    main()
