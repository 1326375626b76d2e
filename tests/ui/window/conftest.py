from collections.abc import Callable
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from starling.core.placement import Placement
from starling.pipeline import events
from starling.settings import store
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.status.panel_view import StatusPanel
from starling.ui.window.main_window import MainWindow
from tests.helpers.fake_service import FakeService

CPU = Placement("cpu", ("ctranslate2",))


@dataclass
class Stage:
    window: MainWindow
    service: FakeService
    bridge: Bridge
    settings: Settings

    def tell(self, *told: events.Event) -> None:
        """Events, and what they bring about."""
        for event in told:
            self.bridge.emit_from_any_thread(event)
        QCoreApplication.processEvents()

    def told(self, name: str) -> list:
        return self.service.told(name)

    def hear(self, text: str = "what time is it", turn: str = "t1", **more) -> None:
        self.tell(events.SpeechBegan(0.0), events.SpeechEnded(), events.Heard(utterance(text, turn, **more)))

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.window.transcript.column.turns]


def utterance(text: str = "what time is it", turn: str = "t1", **more) -> events.Utterance:
    facts = dict(
        tier="legacy", model="tiny.en", audio_s=2.0, processing_s=0.2, placement=CPU, verdict="answer", replayable=True
    )
    return events.Utterance(
        0.0, 2.0, endpoint_to_text_ms=84.0, speech_end_to_text_ms=684.0, text=text, turn=turn, **(facts | more)
    )


@pytest.fixture
def no_plots(monkeypatch):
    """The plotting library is not what is tested here, and loads on a thread that would outlive the test."""
    monkeypatch.setattr(StatusPanel, "load_plots", lambda self: None)


@pytest.fixture
def make_stage(qtbot, no_plots):
    made: list[Stage] = []

    def make(before: Callable[[Settings], None] = lambda settings: None) -> Stage:
        settings = store.load()
        before(settings)
        bridge = Bridge()
        service = FakeService(bridge.emit_from_any_thread)
        stage = Stage(MainWindow(service, bridge, settings), service, bridge, settings)
        made.append(stage)
        qtbot.addWidget(stage.window, before_close_func=lambda _: bridge.close())
        return stage

    yield make
    for stage in made:
        assert stage.window._writer.flush(5.0)


@pytest.fixture
def stage(qtbot, make_stage):
    made = make_stage()
    with qtbot.waitSignal(made.window.first_painted):
        made.window.show()
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    return made


def visible_children(widget: QWidget) -> list[QWidget]:
    return [child for child in widget.findChildren(QWidget) if child.isVisible()]
