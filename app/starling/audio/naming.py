"""Devices by stable, readable names. Pure."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from starling.core.errors import StarlingError

Kind = Literal["input", "output"]
_WORDS: dict[Kind, str] = {"input": "microphone", "output": "speaker"}
_SHOWN = 5


@dataclass(frozen=True)
class AudioDevice:
    """A sound device as people know it.

    Attributes:
        name: readable, the same after a restart, unique within its kind.
        rate: Hz, the device's own.
        channels: the device's own.
        is_default: whether "" means this one.
        id: the sound system's own name for it.
        monitor: it carries what a speaker plays; never a default.
        instance: changes whenever the device was gone in between.
    """

    name: str
    kind: Kind
    rate: int
    channels: int
    is_default: bool
    id: str
    monitor: bool = False
    instance: str = ""


def with_unique_names(devices: Sequence[AudioDevice]) -> list[AudioDevice]:
    """Devices whose readable names are the same get their id added."""
    seen = Counter((device.kind, device.name) for device in devices)
    return [
        replace(device, name=f"{device.name} [{device.id}]") if seen[device.kind, device.name] > 1 else device
        for device in devices
    ]


def pick(devices: Sequence[AudioDevice], name: str, kind: Kind) -> AudioDevice:
    """The device that ``name`` means: its name or id, in any case, or a part of exactly one name; "" is the default.

    Raises:
        StarlingError: ``audio.unknown_device``, ``audio.ambiguous_device``; ``audio.no_microphone`` or
            ``audio.no_speaker`` when there is no default.
    """
    known = [device for device in devices if device.kind == kind]
    if not name:
        return _default(known, kind)
    wanted = name.casefold()
    exact = [device for device in known if wanted in (device.name.casefold(), device.id.casefold())]
    found = exact or [device for device in known if wanted in device.name.casefold() and not device.monitor]
    if len(found) == 1:
        return found[0]
    if found:
        raise StarlingError(
            "audio.ambiguous_device",
            f'"{name}" could be any of {_listed([device.name for device in found])}.',
            "Give the whole name.",
        )
    raise _unknown([device.name for device in known], name, kind)


def _default(known: Sequence[AudioDevice], kind: Kind) -> AudioDevice:
    usable = [device for device in known if not device.monitor]
    for device in usable:
        if device.is_default:
            return device
    if usable:
        return usable[0]
    raise no_device(kind)


def no_device(kind: Kind) -> StarlingError:
    """There is nothing to record from, or to play on."""
    word = _WORDS[kind]
    return StarlingError(
        f"audio.no_{word}",
        f"There is no {word} on this computer.",
        f"Connect or switch on a {word}, check the sound settings, and see `starling devices`.",
    )


def _unknown(names: list[str], name: str, kind: Kind) -> StarlingError:
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        fix = f"Did you mean {_listed(close)}? `starling devices` lists them all."
    elif names:
        fix = f"Choose one of {_listed(names)}."
    else:
        fix = f"No {_WORDS[kind]} is connected."
    return StarlingError("audio.unknown_device", f'There is no {_WORDS[kind]} called "{name}".', fix)


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
