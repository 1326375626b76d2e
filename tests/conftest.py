"""Every test is guarded; see ``tests/helpers/guards.py``."""

from tests.helpers.guards import (
    no_network,
    nothing_left_running,
    private_folders,
    pytest_configure,
    quiet_log,
)

__all__ = ["no_network", "nothing_left_running", "private_folders", "pytest_configure", "quiet_log"]
