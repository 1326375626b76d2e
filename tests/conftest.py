"""Every test is guarded; see ``tests/helpers/guards.py``. Screens for windows: ``tests/helpers/display.py``."""

import pytest

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

NOISY_FIXTURES = {"screen", "bare_screen"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real sound and real windows share the machine with whatever runs beside them: a failure gets one more try."""
    for item in items:
        real_window = NOISY_FIXTURES & set(getattr(item, "fixturenames", ()))
        if real_window or item.get_closest_marker("pulse"):
            item.add_marker(pytest.mark.flaky(reruns=1))
