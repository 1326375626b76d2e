"""Private mode of the service: off at every start, unless the setting says otherwise."""

import pytest

from starling.pipeline import events
from starling.pipeline.panel import Panel, after
from starling.pipeline.service import Service
from starling.settings import store


@pytest.mark.parametrize("on", [False, True])
def test_it_begins_as_the_setting_says(on):
    settings = store.load()
    settings.use("history.private_start", on)
    assert Service(settings, lambda event: None)._private is on


def test_it_is_told_at_once_and_is_no_setting():
    settings, told = store.load(), []
    service = Service(settings, told.append)
    service.set_private(True)
    assert told == [events.PrivateChanged(True)]
    assert settings.get("history.private_start") is False
    assert not Service(settings, told.append)._private


def test_the_panel_shows_it():
    panel = after(Panel(), events.PrivateChanged(True))
    assert panel.private
    assert after(panel, events.Stopped()).private
    assert not after(panel, events.PrivateChanged(False)).private
