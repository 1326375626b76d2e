"""PulseAudio's (and PipeWire's) own list of devices, through ``pactl``.

PortAudio sees the sound server as one ALSA device; only the server knows its sources and sinks one by one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from starling.audio.naming import AudioDevice, Kind, with_unique_names
from starling.core.errors import StarlingError

ANSWER_S = 1.0
"""A running server answers within milliseconds; a frozen one never does."""

_LISTS: dict[Kind, str] = {"input": "sources", "output": "sinks"}
_DEFAULTS: dict[Kind, str] = {"input": "default_source_name", "output": "default_sink_name"}
_FACILITY: dict[Kind, bytes] = {"input": b" on source #", "output": b" on sink #"}
SELECTORS: dict[Kind, str] = {"input": "PULSE_SOURCE", "output": "PULSE_SINK"}
"""Environment variables by which libpulse opens a device other than the default."""


def installed() -> bool:
    """Whether ``pactl`` exists."""
    return shutil.which("pactl") is not None


def devices() -> list[AudioDevice] | None:
    """Sources and sinks of the running server; None without ``pactl`` or without a server.

    Raises:
        StarlingError: ``audio.server_frozen`` when the server does not answer.
    """
    info = _ask("info")
    if not isinstance(info, dict):
        return None
    found = []
    kinds: tuple[Kind, Kind] = ("input", "output")
    for kind in kinds:
        listed = _ask("list", _LISTS[kind])
        default = info.get(_DEFAULTS[kind], "")
        found += [_device(entry, kind, default) for entry in listed or []]
    return with_unique_names(found)


def server_name() -> str:
    """What the sound server calls itself; "" without one."""
    info = _ask("info")
    return f"{info.get('server_name', '')} {info.get('server_version', '')}".strip() if isinstance(info, dict) else ""


def _device(entry: dict[str, Any], kind: Kind, default: str) -> AudioDevice:
    _, channels, rate = entry["sample_specification"].split()
    identity = entry["name"]
    monitor = kind == "input" and (
        identity.endswith(".monitor") or entry.get("properties", {}).get("device.class") == "monitor"
    )
    return AudioDevice(
        name=entry.get("description") or identity,
        kind=kind,
        rate=int(rate.removesuffix("Hz")),
        channels=int(channels.removesuffix("ch")),
        is_default=identity == default and not monitor,
        id=identity,
        monitor=monitor,
        instance=str(entry["index"]),
    )


def _environment() -> dict[str, str]:
    # pactl writes numbers and words in the user's language; a decimal comma breaks its JSON.
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "C"}


def _ask(*words: str) -> Any:
    if not installed():
        return None
    try:
        done = subprocess.run(
            ["pactl", "--format=json", *words], env=_environment(), capture_output=True, timeout=ANSWER_S, check=True
        )
        return json.loads(done.stdout.decode(errors="replace"))
    except subprocess.TimeoutExpired:
        raise StarlingError(
            "audio.server_frozen",
            "The sound server does not answer.",
            "Restart it: systemctl --user restart pipewire-pulse pulseaudio.",
        ) from None
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None  # no server, or a pactl too old for JSON


class Watch:
    """Calls ``on_change`` from a thread of its own when devices of a kind came or went.

    The shell around ``pactl subscribe`` ends it when our end of its stdin closes, also when we were killed.
    """

    _SCRIPT = "pactl subscribe 2>/dev/null & child=$!; cat >/dev/null; kill $child 2>/dev/null"

    def __init__(self, kind: Kind, on_change: Callable[[], None]) -> None:
        self._facility = _FACILITY[kind]
        self._on_change = on_change
        self._process = subprocess.Popen(
            ["sh", "-c", self._SCRIPT],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._reader = threading.Thread(target=self._read, name="pulse-watch", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        for line in stream:
            if self._facility in line and b"'change'" not in line:
                self._on_change()
        stream.close()

    def close(self) -> None:
        """End it."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()
        if self._reader is not threading.current_thread():
            self._reader.join(1.0)
