"""PortAudio, inside a child process only: loading it, listing and finding its devices."""

from __future__ import annotations

import re
import shutil
from typing import Any

from starling.audio.naming import AudioDevice, Kind, pick, with_unique_names
from starling.core.errors import StarlingError

PULSE = "pulse"
"""The ALSA device that leads to the sound server."""

MAX_CHANNELS = 8
"""ALSA plugins claim 32 or 128 channels; no microphone array that people have needs more than this."""

_PREFERRED_HOST_APIS = ("Windows WASAPI", "Core Audio", "ALSA")
_INSTALL = {
    "apt-get": "sudo apt install {debian}",
    "dnf": "sudo dnf install {fedora}",
    "pacman": "sudo pacman -S {arch}",
}


def install_command(debian: str, fedora: str, arch: str) -> str:
    """How this machine installs a package."""
    for tool, command in _INSTALL.items():
        if shutil.which(tool):
            return command.format(debian=debian, fedora=fedora, arch=arch)
    return f"install {debian}"


def load() -> Any:
    """The sounddevice module.

    Raises:
        StarlingError: ``audio.portaudio_missing`` or ``audio.portaudio_failed``.
    """
    try:
        import sounddevice
    except OSError:
        command = install_command("libportaudio2", "portaudio", "portaudio")
        raise StarlingError(
            "audio.portaudio_missing", "The PortAudio library is not installed.", f"Run: {command}"
        ) from None
    except Exception as error:  # its PortAudioError cannot be named when the import itself failed
        raise StarlingError(
            "audio.portaudio_failed",
            f"PortAudio does not start: {str(error).splitlines()[0]}.",
            "Check the ALSA configuration (~/.asoundrc, /etc/asound.conf).",
        ) from error
    return sounddevice


def readable(name: str) -> str:
    """PortAudio's name without the card and device numbers, which change between starts."""
    return re.sub(r"\s*\(hw:[^)]*\)$", "", name).strip()


def devices(sd: Any) -> list[AudioDevice]:
    """The devices of one host API (others show the same hardware again)."""
    apis = sd.query_hostapis()
    names = [api["name"] for api in apis]
    preferred = [names.index(name) for name in _PREFERRED_HOST_APIS if name in names]
    chosen = preferred[0] if preferred else 0
    found = []
    for index, entry in enumerate(sd.query_devices()):
        if entry["hostapi"] == chosen:
            found += _both_kinds(entry, index, apis[chosen])
    return with_unique_names(found)


def _both_kinds(entry: Any, index: int, api: Any) -> list[AudioDevice]:
    found = []
    kinds: tuple[Kind, Kind] = ("input", "output")
    for kind in kinds:
        channels = entry[f"max_{kind}_channels"]
        if channels:
            found.append(
                AudioDevice(
                    name=readable(entry["name"]),
                    kind=kind,
                    rate=int(entry["default_samplerate"]),
                    channels=2 if channels > MAX_CHANNELS else channels,
                    is_default=index == api[f"default_{kind}_device"],
                    id=entry["name"],
                    instance=str(index),
                )
            )
    return found


def find(sd: Any, name: str, kind: Kind) -> AudioDevice:
    """PortAudio's device of that name.

    Raises:
        StarlingError: as :func:`starling.audio.naming.pick`; ``audio.pulse_plugin_missing`` when ALSA has no way to
            the sound server.
    """
    known = devices(sd)
    if name == PULSE and not any(device.id == PULSE for device in known):
        raise pulse_plugin_missing()
    return pick(known, name, kind)


def pulse_plugin_missing() -> StarlingError:
    """A sound server runs, and ALSA has no way to it."""
    command = install_command("libasound2-plugins", "alsa-plugins-pulseaudio", "alsa-plugins")
    return StarlingError(
        "audio.pulse_plugin_missing", "ALSA cannot reach the sound server to open that device.", f"Run: {command}"
    )
