"""Which microphones and speakers there are, and the way to open one of them."""

from __future__ import annotations

import functools
import queue
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from starling.audio import jack_leftovers, pulse
from starling.audio.naming import AudioDevice, Kind, pick
from starling.audio.portaudio import PULSE, pulse_plugin_missing
from starling.child.framing import Message
from starling.child.process import Child
from starling.core.errors import StarlingError

_T = TypeVar("_T")

LIST_S = 10.0
"""PortAudio opens every device when it starts; some are slow, and behind a frozen server it never ends."""

__all__ = ["AudioDevice", "Route", "list_devices", "route", "status", "still_there", "worker_argv"]


@dataclass(frozen=True)
class Route:
    """How a child process opens a device.

    Attributes:
        device: the sound server's device; None when PortAudio finds it by name itself.
        config: what the worker is told.
        env: what libpulse is told.
    """

    device: AudioDevice | None
    config: dict[str, Any]
    env: dict[str, str] = field(default_factory=dict)


def worker_argv(mode: str) -> list[str]:
    """The command line of an audio worker."""
    return [sys.executable, "-m", "starling.audio.worker", mode]


def list_devices() -> list[AudioDevice]:
    """All inputs and outputs: the sound server's where one runs, else PortAudio's.

    Raises:
        StarlingError: ``audio.server_frozen``, ``audio.portaudio_missing``, ``audio.portaudio_failed``.
    """
    found = pulse.devices()
    return found if found is not None else _portaudio_devices()


def _portaudio_devices() -> list[AudioDevice]:
    answers: queue.Queue[Message | None] = queue.Queue()
    child = Child(worker_argv("list"), on_message=answers.put, on_exit=lambda: answers.put(None), name="audio-list")
    try:
        answer = answers.get(timeout=LIST_S)
    except queue.Empty:
        jack_leftovers.clear()
        raise StarlingError(
            "audio.server_frozen", "The sound system does not answer.", "Restart the sound server."
        ) from None
    finally:
        child.kill()
    if answer is None:
        raise StarlingError("audio.worker_failed", "The audio process ended early.", "See `starling doctor`.")
    if "code" in answer.data:
        raise StarlingError.from_json(answer.data)
    return [AudioDevice(**entry) for entry in answer.data["devices"]]


def route(name: str, kind: Kind, server_only: bool = False) -> Route:
    """How to open the device called ``name``; "" is the default.

    Args:
        name: as in :func:`starling.audio.naming.pick`.
        kind: which way the sound goes.
        server_only: fail while no sound server runs, instead of opening the hardware under a server's nose.

    Raises:
        StarlingError: see :func:`list_devices` and :func:`starling.audio.naming.pick`.
    """
    known = pulse.devices()
    if known is None:
        if server_only:
            raise StarlingError(
                "audio.no_sound_server", "The sound server is not running.", "Starling goes on as soon as it is back."
            )
        return Route(None, {"name": name})
    device = pick(known, name, kind)
    config = {"name": PULSE, "rate": device.rate, "channels": device.channels}
    if device.is_default and not name:
        # Left to the server, the stream follows the user's choice of default.
        return Route(device, {**config, "or_default": True})
    return Route(device, config, {pulse.SELECTORS[kind]: device.id})


def still_there(device: AudioDevice) -> bool:
    """Whether the server still has the device, without it having been away."""
    try:
        known = pulse.devices() or []
    except StarlingError:
        return True  # a frozen server is found by its silence
    return any((other.id, other.instance, other.kind) == (device.id, device.instance, device.kind) for other in known)


def status() -> dict[str, Any]:
    """Sound on this machine, as JSON values: ``server``, ``devices`` and ``errors`` (code, message, fix)."""
    errors: list[StarlingError] = []
    known = _or_note(list_devices, errors)
    reachable = _or_note(_portaudio_devices, errors)
    server = _or_note(pulse.server_name, errors) or ""
    if server and reachable and not any(device.id == PULSE for device in reachable):
        errors.append(pulse_plugin_missing())
    kinds: tuple[Kind, Kind] = ("input", "output")
    for kind in kinds if known is not None else ():
        _or_note(functools.partial(pick, known or [], "", kind), errors)
    unique = {error.code: error.to_json() for error in errors}
    return {"server": server, "devices": [asdict(device) for device in known or []], "errors": list(unique.values())}


def _or_note(question: Callable[[], _T], errors: list[StarlingError]) -> _T | None:
    try:
        return question()
    except StarlingError as error:
        errors.append(error)
        return None
