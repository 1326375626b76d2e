"""The store of models as the settings say: how downloads reach servers, and what is kept of what is converted.

The models themselves stand below the settings and the NPU.
"""

from __future__ import annotations

from collections.abc import Callable

from starling.models.network import Network
from starling.models.store import Store
from starling.settings.schema import Value


def store(setting: Callable[[str], Value]) -> Store:
    """The store; settings that change later do not change it."""
    return Store(network(setting), keep_encoder=lambda: keeps_encoder(setting))


def network(setting: Callable[[str], Value]) -> Network:
    """The settings of downloads, typed."""
    return Network(
        mirror=str(setting("models.mirror")),
        proxy=str(setting("models.proxy")),
        stall_s=float(setting("models.stall")),
    )


def keeps_encoder(setting: Callable[[str], Value]) -> bool:
    """Whether a model that is converted keeps its encoder's weights, which Starling's own NPU kernels need."""
    if (chosen := setting("models.keep_encoder")) != "with_npu":
        return chosen == "always"
    from starling.npu.probe import probe

    return probe(tools=False).present
