from dataclasses import dataclass

import pytest
from PySide6.QtCore import QCoreApplication

from starling.pipeline import events
from starling.settings import store
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.kit.plots import PlotPlace
from starling.ui.status.panel_view import StatusPanel
from starling.ui.voices import memory
from starling.ui.voices.page import VoicesPage
from starling.ui.voices.view import VoicesView
from starling.ui.window.main_window import MainWindow
from tests.helpers.fake_service import FakeService

HEART = events.VoiceShown("af_heart", "en-us", "American English", "female", "A")
ADAM = events.VoiceShown("am_adam", "en-us", "American English", "male", "F+")
EMMA = events.VoiceShown("bf_emma", "en-gb", "British English", "female", "B-")
GEORGE = events.VoiceShown("bm_george", "en-gb", "British English", "male", "C")
SIWIS = events.VoiceShown("ff_siwis", "fr-fr", "French", "female", "B-")
PIERRE = events.VoiceShown("fm_pierre", "fr-fr", "French", "male")
NEZUMI = events.VoiceShown("jf_nezumi", "ja", "Japanese", "female", "C-", False, "Japanese needs a phonemiser.")
KUMO = events.VoiceShown("jm_kumo", "ja", "Japanese", "male", "C-", False, "Japanese needs a phonemiser.")
KOKORO = (HEART, ADAM, EMMA, GEORGE, SIWIS, PIERRE, NEZUMI, KUMO)
ESPEAK = (
    events.VoiceShown("de", "de", "German"),
    events.VoiceShown("en-us", "en-us", "English (America)"),
    events.VoiceShown("en-gb", "en-gb", "English (Great Britain)"),
    events.VoiceShown("ru", "ru", "Russian"),
)
VARIANTS = (events.VoiceShown("f5", "", "Female five", "female"), events.VoiceShown("m3", "", "Male three", "male"))
NPU = events.VoiceTier("npu", False, "No NPU.")
CPU = events.VoiceTier("cpu", True, "", True, "kokoro-v1.0", KOKORO)
DEMO = events.VoiceTier("demo", True, "", False, "", ESPEAK, VARIANTS)
MISSING = events.VoiceTier("cpu", False, "No Kokoro model.", False, "", KOKORO)
DEMO_IN_USE = events.VoiceTier("demo", True, "", True, "", ESPEAK, VARIANTS)
BOTH = events.VoiceCatalogue((NPU, CPU, DEMO))
DEMO_ONLY = events.VoiceCatalogue((NPU, MISSING, DEMO_IN_USE))


@dataclass
class Stage:
    window: MainWindow
    page: VoicesPage
    service: FakeService
    bridge: Bridge
    settings: Settings

    @property
    def view(self) -> VoicesView:
        return self.page.view

    @property
    def card(self):
        return self.view.preview

    def tell(self, *told: events.Event) -> None:
        for event in told:
            self.bridge.emit_from_any_thread(event)
        QCoreApplication.processEvents()

    def told(self, name: str) -> list:
        return self.service.told(name)

    def began(self) -> events.Preview:
        """The last preview that was asked for begins to sound."""
        asked = events.Preview(*self.told("preview")[-1][1:])
        self.tell(events.PreviewLoading(asked), events.PreviewBegan(asked, asked.tier, asked.voice))
        return asked

    @property
    def listed(self) -> list[str]:
        return [getattr(line, "text", None) or line.voice.id for line in self.view.list.voices.lines]


@pytest.fixture
def make_stage(qtbot, monkeypatch):
    monkeypatch.setattr(StatusPanel, "load_plots", lambda self: None)
    monkeypatch.setattr(PlotPlace, "load", lambda self: None)  # its thread would outlive the test
    made: list[Stage] = []
    savers = []
    save = memory.save
    monkeypatch.setattr(memory, "save", lambda *arguments: savers.append(save(*arguments)) or savers[-1])

    def make(catalogue=BOTH, size=(1160, 760), **chosen) -> Stage:
        settings = store.load()
        for key, value in chosen.items():
            settings.use(key.replace("__", "."), value)
        bridge = Bridge()
        service = FakeService(bridge.emit_from_any_thread)
        window = MainWindow(service, bridge, settings)
        page = VoicesPage(service, bridge, settings)
        window.add_page("voices", page)
        stage = Stage(window, page, service, bridge, settings)
        made.append(stage)
        qtbot.addWidget(window, before_close_func=lambda _: bridge.close())
        window.resize(*size)
        with qtbot.waitSignal(window.first_painted):
            window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.show_page("voices")
        if catalogue is not None:
            stage.tell(catalogue)
        return stage

    yield make
    for stage in made:
        assert stage.window._writer.flush(5.0)
        if stage.page.view is not None:
            assert stage.view._writer.flush(5.0)
    for saver in savers:
        saver.join(5.0)


@pytest.fixture
def stage(make_stage):
    return make_stage()
