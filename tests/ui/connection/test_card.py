from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from starling.pipeline import events
from starling.ui.status.panel_view import StatusPanel
from tests.ui.connection.test_presenter import AWAY, GONE, HERE
from tests.ui.status.states import FULL


@pytest.fixture
def panel(qtbot):
    view = StatusPanel()
    qtbot.addWidget(view)
    view.show()
    return view


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (events.ConnectionShown(), ["none", "No server is set. Only Starling's own skills answer."]),
        (events.ConnectionShown(HERE, "", "untested"), [HERE, "not known yet", "not measured yet"]),
        (events.ConnectionShown(HERE, "qwen3", "ready", True, 412.0), ["qwen3", "after 412 ms"]),
        (events.ConnectionShown(AWAY, "m", "ready", False, 1.0), [AWAY, "is not on this machine"]),
        (events.ConnectionShown(HERE, "m", "failed", True, None, GONE), ["It cannot be reached. Start it."]),
        (events.ConnectionShown(state="failed", error=GONE), ["It cannot be reached. Start it."]),
    ],
)
def test_the_connection_is_seen(panel, shown, said):

    panel.show_panel(replace(FULL, connection=shown))
    card = panel.language_model
    texts = "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisibleTo(panel))
    assert [text for text in said if text not in texts] == []


def test_it_leads_to_its_setting(qtbot, panel):

    with qtbot.waitSignal(panel.settings_requested) as asked:
        panel.language_model.server.findChild(QPushButton).click()
    assert asked.args == ["assistant.llm_url"]
