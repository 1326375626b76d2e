"""Every test is guarded; see ``tests/helpers/guards.py``. Screens for windows: ``tests/helpers/display.py``."""

from tests.helpers.display import bare_screen, screen
from tests.helpers.guards import (
    no_network,
    nothing_left_running,
    private_folders,
    pytest_configure,
    quiet_log,
)

__all__ = [
    "bare_screen",
    "no_network",
    "nothing_left_running",
    "private_folders",
    "pytest_configure",
    "quiet_log",
    "screen",
]
