"""Widgets that a test has closed are gone before the next one."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent


@pytest.fixture(autouse=True)
def closed_widgets_are_gone() -> Iterator[None]:
    """Qt deletes them in an event loop, which not every test has; each that is left slows every change of style."""
    yield
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
