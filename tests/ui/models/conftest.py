from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication

from starling.core.placement import Placement
from starling.pipeline import events
from starling.settings import store
from starling.ui.bridge import Bridge
from starling.ui.models.page import ModelsPage
from tests.helpers.fake_service import FakeService

CPU = Placement("cpu", ("ctranslate2",))
FAST = events.Measurement(4.8, 0.12, 0.3, 240_000_000, heard="yes")
SLOW = events.Measurement(4.8, 0.48, 0.9, 520_000_000, heard="yes")
BASE = events.ModelShown(
    "whisper-base", "Whisper base", "whisper-ct2", False, 148_000_000, True, 220_000_000, "MIT",
    ("de", "en", "es", "fr", "it"), True, "Commands and short dictation.", ("legacy",), source="https://example.org/pins",
)  # fmt: skip
MINE = events.ModelShown(
    "mine", "mine", "whisper-ct2", True, 21_000_000, licence="MIT", languages=("en",), tiers=("legacy",), pin="import",
    path="/models/mine", short_context=True,
)  # fmt: skip
STARTER = replace(MINE, name="starter", title="starter", starter=True, pin="catalogue", path="/app/starter")
VOICE = replace(
    BASE, name="kokoro", title="Kokoro", kind="kokoro", tiers=("cpu",), pin="first_download", exact=False, source=""
)
BROKEN = replace(MINE, name="broken", title="broken", installed=False, fault={"code": "model.bad", "message": "Torn."})
NPU = replace(BASE, name="npu", title="NPU", unavailable="Not part of this version.")
ALL = (MINE, STARTER, BROKEN, BASE, NPU, VOICE)
USES_MINE = events.EngineShown("stt", "ready", "legacy", "mine", CPU)


class Stage:
    def __init__(self, qtbot):
        self.settings = store.load()
        self.bridge = Bridge()
        self.service = FakeService(self.bridge.emit_from_any_thread)
        self.page = ModelsPage(self.service, self.bridge, self.settings)
        qtbot.addWidget(self.page, before_close_func=lambda _: self.bridge.close())
        self.page.build()
        self.page.resize(960, 640)
        self.page.show()
        self.page.activated()

    @property
    def view(self):
        return self.page.view

    def tell(self, *told):
        for event in told:
            self.bridge.emit_from_any_thread(event)
        QCoreApplication.processEvents()

    def choose(self, name):
        self.view.list.choose(name)

    @property
    def buttons(self):
        return [action for action, button in self.view.detail.buttons.items() if not button.isHidden()]


@pytest.fixture
def stage(qtbot):
    made = Stage(qtbot)
    yield made
    assert made.view._writer.flush(5.0)


@pytest.fixture
def full(stage):
    stage.tell(USES_MINE, events.ModelsShown(ALL, folder="/models", free_bytes=5_000_000_000))
    return stage
