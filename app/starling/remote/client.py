"""``starling ptt …`` and ``starling mode …``: a keystroke waits for them, so this imports next to nothing."""

from __future__ import annotations

import json
import os
import socket
import sys
import time

from starling.core.errors import StarlingError
from starling.remote import place

WAIT_S = 2.0
MAX_REPLY = 64 * 1024
ACTIONS = ("press", "release", "toggle", "cancel")
MODES = ("assistant", "dictation", "off")
_STARTED_S = time.monotonic()


def run(words: list[str]) -> int | None:
    """Do what the command line says. None: it says nothing that is understood here, usage is for another to tell."""
    request = request_of(words)
    if request is None:
        return None
    try:
        reply = ask(request)
        if words[0] == "mode":
            sys.stdout.write(f"{told(reply)}\n")
            sys.stdout.flush()
    except StarlingError as error:
        sys.stderr.write(f"starling: {error}\n")
        return 1
    except OSError:  # nobody reads what is printed
        return 1
    return 0


def request_of(words: list[str]) -> dict[str, object] | None:
    """What is asked of the one that runs."""
    match words:
        case ["ptt", action] if action in ACTIONS:
            return {"command": action}
        case ["mode"]:
            return {"command": "state"}
        case ["mode", mode] if mode in MODES:
            return {"command": "mode", "mode": mode}
        case ["mode", "private", ("on" | "off") as switch]:
            return {"command": "private", "on": switch == "on"}
        case ["mode", "private"]:
            return {"command": "private", "on": True}
    return None


def ask(request: dict[str, object], wait_s: float = WAIT_S) -> dict[str, object]:
    """Send one request to the Starling that runs; returns its reply.

    Raises:
        StarlingError: ``remote.not_running``, ``remote.foreign``, ``remote.not_answering``, ``remote.wrong_answer``, or
            what the other one says.
    """
    address = _address()
    if isinstance(token := address.get("token"), str):
        request = {**request, "token": token}
    line = json.dumps({**request, "at": _STARTED_S}).encode() + b"\n"
    try:
        with _connected(address, wait_s) as link:
            link.sendall(line)
            reply = _line(link, time.monotonic() + wait_s)
    except TimeoutError as error:
        raise _silent() from error
    except (ConnectionError, FileNotFoundError) as error:
        raise _nobody() from error
    except OSError as error:
        raise StarlingError(
            "remote.not_reachable",
            f"The Starling that runs cannot be reached: {error.strerror or error}.",
            "Quit it and start it again.",
        ) from error
    return _checked(reply)


def _address() -> dict[str, object]:
    try:
        with open(place.address_file(), "rb") as file:
            address = json.loads(file.read(MAX_REPLY))
    except FileNotFoundError:
        raise _nobody() from None
    except (OSError, ValueError, RecursionError) as error:
        raise _stale() from error
    if not isinstance(address, dict):
        raise _stale()
    return address


def _connected(address: dict[str, object], wait_s: float) -> socket.socket:
    match address:
        case {"socket": str(path)} if hasattr(socket, "AF_UNIX"):
            if os.lstat(path).st_uid != os.geteuid():
                raise StarlingError(
                    "remote.foreign",
                    "The socket of the Starling that runs belongs to another user.",
                    "Start Starling as the user who presses the key.",
                )
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            to: str | tuple[str, int] = path
        case {"port": int(port), "token": str()} if 0 < port < 1 << 16:
            link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            to = ("127.0.0.1", port)
        case _:
            raise _stale()
    try:
        link.settimeout(wait_s)
        link.connect(to)
    except BaseException:
        link.close()
        raise
    return link


def _line(link: socket.socket, end_s: float) -> bytes:
    """Up to the line's end, the connection's end, or more than any reply has."""
    reply = b""
    while not reply.endswith(b"\n") and len(reply) < MAX_REPLY:
        link.settimeout(max(0.001, end_s - time.monotonic()))
        piece = link.recv(MAX_REPLY)
        if not piece:
            break
        reply += piece
    return reply


def _checked(line: bytes) -> dict[str, object]:
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError):
        reply = None
    match reply:
        case {"ok": True}:
            return dict(reply)
        case {"ok": False, "error": {"code": str(code), "message": str(message), "fix": str(fix)}}:
            raise StarlingError(code, message, fix)
    raise StarlingError(
        "remote.wrong_answer",
        "What answers is not the Starling that this command belongs to.",
        "Quit the Starling that runs and start it again, so that both are of the same version.",
    )


def told(reply: dict[str, object]) -> str:
    """The mode that a reply names."""
    return "".join(letter for letter in f"{reply.get('mode', '')}"[:80] if letter.isprintable())


def _nobody() -> StarlingError:
    return StarlingError(
        "remote.not_running", "No Starling is running.", "Open its window, or run `starling listen` in a terminal."
    )


def _stale() -> StarlingError:
    return StarlingError(
        "remote.stale",
        f"{place.address_file()} does not say where the running Starling is.",
        "Quit Starling and start it again: it writes the file anew.",
    )


def _silent() -> StarlingError:
    return StarlingError(
        "remote.not_answering",
        f"The Starling that runs did not answer within {WAIT_S:.0f} s.",
        "Wait a moment and try again, or quit it and start it again.",
    )
