"""What the controls of the dialog stand on."""

from __future__ import annotations

from dataclasses import dataclass

from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge


@dataclass(frozen=True)
class Surroundings:
    """The running assistant, its events, and the settings in use."""

    settings: Settings
    service: Service
    bridge: Bridge
