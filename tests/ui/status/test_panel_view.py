import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from starling.pipeline import events
from starling.pipeline.panel import Panel, Series
from starling.ui.look.tokens import COLUMN_WIDTH
from starling.ui.status.panel_view import StatusPanel
from tests.ui.status.states import FULL, STATES

SOUND = events.Sound(-24.0, 0.8, 0.5, tuple((-0.1, 0.1) for _ in range(8)), 0.05)
BUDGET_MS = 2.0


@pytest.fixture
def view(qtbot):
    view = StatusPanel()
    qtbot.addWidget(view)
    view.resize(view.width(), 700)
    view.show()
    qtbot.waitExposed(view)
    return view


def texts(view) -> str:
    return "\n".join(label.text() for label in view.findChildren(QLabel) if label.isVisibleTo(view))


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_shown_within_the_column(qtbot, view, name):
    view.show_panel(STATES[name])
    view.layout().activate()
    column = view.findChild(QScrollArea).widget()
    assert column.width() >= COLUMN_WIDTH
    assert column.minimumSizeHint().width() <= column.width() < view.width()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("starting", ["System default", "Loading", "not measured yet", "nothing spoken yet", "Not looked for yet."]),
        ("full", ["Open", "Yeti", "Legacy", "whisper-small", "512 MB", "Why not better: advanced: none is built in"]),
        ("full", ["af_heart", "kokoro", "Strix Halo", "XDNA2", "1.1.2.65", "amdxdna 0.6.0", "Only 8 MiB"]),
        ("full", ["0.12", "64 ms", "0.31", "211 ms"]),
        ("lost", ["Lost", "It was unplugged.", "Plug it in."]),
        ("muted", ["Muted", "The microphone is closed. Nothing is heard."]),
        ("off", ["Off", "The microphone is closed. Nothing is heard."]),
        ("restarting", ["Restarting", "Last restart: It froze."]),
        ("demo", ["Demo", "comes with Starling", "Why not better: legacy: no model is installed"]),
        ("no speaker", ["They are gone.", "Plug them in."]),
        ("no npu", ["Not present", "No NPU is on the PCI bus."]),
        ("phoenix", ["Usable", "XDNA1", "1.5.2.380", "Turbo", "Starling 1, others 2, of 6", "NPU · XRT"]),
        ("phoenix", ["Advanced · XRT · starter", "34 % faster.", "encoder cosine 0.99961", "41 ms beside 62 ms"]),
        ("phoenix", ["Proven", "Not possible", "0.081 (3)", "CPU 0.31 (2)"]),
        ("old driver", ["Usable", "not read", "The driver does not tell its clocks."]),
        ("demoted", ["Why not better: advanced through xrt", "Not used · Emulated", "4.1 (2) · Emulated"]),
        ("failed", ["Closed"]),
    ],
)
def test_states_are_said(qtbot, view, name, said):
    view.show_panel(STATES["failed"])
    view.show_panel(STATES[name])
    qtbot.waitUntil(lambda: [text for text in said if text not in texts(view)] == [])  # new rows show themselves later


def test_muting_moves_nothing(view):
    view.show_panel(FULL)
    view.layout().activate()
    before = view.microphone.sizeHint()
    view.show_sound(SOUND)
    view.show_panel(STATES["muted"])
    assert view.microphone.sizeHint() == before
    view.show_panel(FULL)
    assert view.microphone.sizeHint() == before


def test_figures_move_nothing(view):
    bare = replace(FULL, stt_rtf=Series(), endpoint_to_text_ms=Series(), tts_rtf=Series(), first_sound_ms=Series())
    view.show_panel(bare)
    before = view.measured.sizeHint().height()
    view.show_panel(replace(FULL, stt_rtf=Series((123456.0,)), first_sound_ms=Series((99999.0,))))
    assert view.measured.sizeHint().height() == before


def test_sound_is_shown_while_the_microphone_is_open(view):
    view.show_panel(FULL)
    view.show_sound(SOUND)
    assert (view.microphone.level.value_text(), view.microphone.probability.value_text()) == ("-24 dB", "0.80")
    view.show_panel(STATES["muted"])
    view.show_sound(SOUND)
    dash = "–"  # noqa: RUF001 - stands for a number
    assert (view.microphone.level.value_text(), view.microphone.probability.value_text()) == (dash, dash)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Change the microphone", "audio.microphone"),
        ("Change the speech model", "stt.model"),
        ("Change the voice", "tts.voice"),
        ("Change the speaker", "audio.speaker"),
    ],
)
def test_settings_are_asked_for(qtbot, view, name, key):
    button = next(button for button in view.findChildren(QAbstractButton) if button.accessibleName() == name)
    with qtbot.waitSignal(view.settings_requested) as asked:
        button.click()
    assert asked.args == [key]


def test_arrow_keys_scroll(qtbot, view):
    view.show_panel(FULL)
    view.resize(view.width(), 300)
    area = view.findChild(QScrollArea)
    area.setFocus(Qt.FocusReason.TabFocusReason)
    bar = area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    qtbot.keyClick(area, Qt.Key.Key_PageDown)
    assert bar.value() > 0


def test_every_control_has_a_name(view):
    view.show_panel(FULL)
    nameless = [
        button
        for button in view.findChildren(QWidget)
        if button.focusPolicy().value & 1
        and not QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_what_does_not_change_is_left_alone(view, monkeypatch):
    view.show_panel(FULL)
    touched: list[str] = []
    for label in view.findChildren(QLabel):
        monkeypatch.setattr(label, "setText", lambda text, label=label: touched.append(label.text()))
    view.show_panel(replace(FULL, partial="so far", transcribing=1))
    assert touched == []


@pytest.mark.alone
def test_sound_is_cheap(qtbot, view):
    view.show_panel(FULL)
    view.load_plots()
    qtbot.waitUntil(lambda: view.measured.endpoint.course.plot is not None, timeout=30_000)
    spent = []
    for index in range(60):
        begin = time.perf_counter()
        view.show_sound(replace(SOUND, level_dbfs=-60.0 + index, probability=index / 60))
        spent.append((time.perf_counter() - begin) * 1000)
    assert sorted(spent)[len(spent) // 2] < BUDGET_MS


def test_a_closed_panel_minds_no_plot(qtbot):
    view = StatusPanel()
    view.show_panel(Panel())
    view.load_plots()
    view.deleteLater()
    other = StatusPanel()
    qtbot.addWidget(other)
    other.load_plots()
    qtbot.waitUntil(lambda: other.measured.endpoint.course.plot is not None, timeout=30_000)
