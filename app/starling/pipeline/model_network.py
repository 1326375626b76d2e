"""How downloads reach servers, as the settings say; the models themselves stand below the settings."""

from __future__ import annotations

from collections.abc import Callable

from starling.models.network import Network
from starling.settings.schema import Value


def network(setting: Callable[[str], Value]) -> Network:
    """The settings of downloads, typed."""
    return Network(
        mirror=str(setting("models.mirror")),
        proxy=str(setting("models.proxy")),
        stall_s=float(setting("models.stall")),
    )
