from dataclasses import dataclass

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication

from starling.core.results import Transcript
from starling.history.store import History
from starling.pipeline import events
from starling.pipeline.historywork import HistoryWork
from starling.settings import store
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.history.page import HistoryPage
from starling.ui.history.view import HistoryView
from starling.ui.status.panel_view import StatusPanel
from starling.ui.window.main_window import MainWindow
from starling.ui.window.privacy import PrivateMode
from tests.helpers.fake_service import FakeService


class HistoryService(FakeService):
    """Answers about the history from a real one."""

    def __init__(self, emit, history):
        super().__init__(emit)
        self.work = HistoryWork(history, None, emit)

    def find_history(self, token, wanted):
        self.calls.append(("find_history", token, wanted))
        self.work.find(token, wanted)

    def read_history(self, numbers):
        self.calls.append(("read_history", list(numbers)))
        self.work.read(numbers)

    def take_away(self, numbers):
        self.calls.append(("take_away", list(numbers)))
        self.work.take_away(numbers)

    def bring_back(self, numbers):
        self.calls.append(("bring_back", list(numbers)))
        self.work.bring_back(numbers)

    def purge(self):
        self.calls.append(("purge",))
        self.work.purge()

    def export_history(self, path, kind, wanted, overwrite=False):
        self.work.export(path, kind, wanted, overwrite)

    def set_private(self, on):
        self.calls.append(("set_private", on))
        self.emit(events.PrivateChanged(on))


@dataclass
class Stage:
    window: MainWindow
    page: HistoryPage
    service: HistoryService
    bridge: Bridge
    settings: Settings
    history: History
    qtbot: object

    @property
    def view(self) -> HistoryView:
        return self.page.view

    @property
    def listed(self) -> list[str]:
        model = self.view.list.entries
        return [entry.text if (entry := model.known(number)) else "?" for number in model.numbers]

    def shows(self, *texts: str) -> None:
        def settled():
            for row in range(len(self.view.list.entries.numbers)):
                self.view.list.entries.entry(row)  # has it read
            assert self.listed == list(texts)

        self.qtbot.waitUntil(settled)

    def tell(self, *told: events.Event) -> None:
        for event in told:
            self.bridge.emit_from_any_thread(event)
        QCoreApplication.processEvents()


def say(history, text, at=1_788_000_000.0, mode="assistant", reply="", audio=False):
    history.keep_audio = audio
    name = history.add_pending(np.zeros(1600, np.float32), at, mode)
    history.done(name, Transcript(text, "en", 2.4, 0.11), "legacy", "starter")
    history.delivered(name)
    if reply:
        history.add_reply(name, reply)
    return name


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path / "history")
    yield history
    history.close()


@pytest.fixture
def make_stage(qtbot, monkeypatch, history):
    monkeypatch.setattr(StatusPanel, "load_plots", lambda self: None)
    made: list[Stage] = []

    def make(size=(1160, 760), **chosen) -> Stage:
        settings = store.load()
        for key, value in chosen.items():
            settings.use(key.replace("__", "."), value)
        bridge = Bridge()
        service = HistoryService(bridge.emit_from_any_thread, history)
        window = MainWindow(service, bridge, settings)
        page = HistoryPage(service, bridge, settings)
        window.add_page("history", page)
        PrivateMode(service, bridge, window.menus)
        stage = Stage(window, page, service, bridge, settings, history, qtbot)
        made.append(stage)
        qtbot.addWidget(window, before_close_func=lambda _: bridge.close())
        window.resize(*size)
        with qtbot.waitSignal(window.first_painted):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.show_page("history")
        qtbot.waitUntil(lambda: page.view._token > 0)
        return stage

    yield make
    for stage in made:
        stage.service.work.close()
        assert stage.window._writer.flush(5.0)


@pytest.fixture
def stage(make_stage):
    return make_stage()
