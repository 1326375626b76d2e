"""``starling devices``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from starling.audio.devices import AudioDevice, list_devices
from starling.commands.options import add_json


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """List microphones and speakers by the names that settings take."""
    devices = list_devices()
    if options.json:
        print(json.dumps({"devices": [asdict(device) for device in devices]}, ensure_ascii=False, indent=2))
        return 0
    for kind, title in (("input", "Microphones"), ("output", "Speakers")):
        print(title)
        for line in _lines([device for device in devices if device.kind == kind]):
            print(f"  {line}")
    return 0


def _lines(devices: list[AudioDevice]) -> list[str]:
    if not devices:
        return ["none found: plug one in, or start the sound server (PipeWire or PulseAudio)"]
    width = max(len(device.name) for device in devices)
    return [
        f"{device.name:<{width}}  {device.rate} Hz, {device.channels} channel{'s' * (device.channels != 1)}"
        f"{', default' if device.is_default else ''}"
        for device in devices
    ]
