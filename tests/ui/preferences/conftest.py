import pytest

from starling.settings.schema import PAGES
from starling.settings.store import Settings, load
from starling.ui.bridge import Bridge
from starling.ui.preferences.dialog import Preferences
from tests.helpers.fake_service import FakeService


@pytest.fixture
def settings() -> Settings:
    return load()


@pytest.fixture
def bridge(qtbot):
    bridge = Bridge()
    yield bridge
    bridge.close()


@pytest.fixture
def service(bridge, settings):
    return FakeService(bridge.emit_from_any_thread, settings)


@pytest.fixture
def dialog(qtbot, settings, service, bridge):
    """All pages built, shown."""
    dialog = Preferences(settings, service, bridge)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: len(dialog.form.views) == len(PAGES))
    yield dialog
    dialog.close()
    assert dialog.changes.writer.flush(5.0)


@pytest.fixture
def tell(qtbot, bridge):
    """Hand an event to the window and wait until it has arrived."""

    def tell(event) -> None:
        arrived = bridge.sound if type(event).__name__ == "Sound" else bridge.event
        with qtbot.waitSignal(arrived):
            bridge.emit_from_any_thread(event)

    return tell
