import subprocess
import sys

import pytest

from starling.ui.kit import TrendPlot, WaveformView
from starling.ui.look import theme as look

BLOCK = ((-0.2, 0.3), (-0.1, 0.1))


@pytest.fixture
def trend(qtbot):
    plot = TrendPlot("Real-time factor", "x")
    qtbot.addWidget(plot)
    plot.resize(300, plot.sizeHint().height())
    return plot


@pytest.fixture
def waveform(qtbot):
    view = WaveformView()
    qtbot.addWidget(view)
    view.resize(300, view.height())
    return view


def loaded(qtbot, place):
    place.load()
    qtbot.waitUntil(lambda: place.plot is not None, timeout=30_000)


def painted(place) -> int:
    image, colour = place.grab().toImage(), look.current().plot
    return sum(image.pixelColor(x, y).name() == colour for x in range(image.width()) for y in range(image.height()))


def test_nothing_measured_is_said(trend):
    assert trend.value.text() == "not measured yet"
    assert trend.accessibleDescription() == "not measured yet"
    assert trend.accessibleName() == "Real-time factor"


def test_last_sixty_values(trend):
    trend.set_values([float(value) for value in range(100)])
    assert trend.values == tuple(float(value) for value in range(40, 100))
    assert trend.value.text() == "99 x"
    assert trend.accessibleDescription() == "60 values: smallest 40, median 70, last 99 x"
    trend.set_values([])
    assert trend.value.text() == "not measured yet"


def test_trend_is_drawn_where_it_had_its_place(qtbot, trend):
    trend.set_values([0.1, 0.2, 0.15])
    size = trend.sizeHint()
    assert painted(trend.course) == 0
    loaded(qtbot, trend.course)
    assert trend.sizeHint() == size
    few = painted(trend.course)
    assert few > 0
    trend.set_values([0.1, 0.2] * 30)
    assert painted(trend.course) > few
    assert trend.sizeHint() == size
    trend.set_values([])
    assert painted(trend.course) == 0


def test_waveform_is_drawn_where_it_had_its_place(qtbot, waveform):
    waveform.add(BLOCK, 0.05)
    size = waveform.sizeHint()
    loaded(qtbot, waveform)
    before = painted(waveform)
    for _ in range(30):
        waveform.add(BLOCK, 0.05)
    assert painted(waveform) > before > 0
    assert waveform.sizeHint() == size
    waveform.clear()
    assert painted(waveform) == 0


def test_waveform_keeps_three_seconds(waveform):
    for _ in range(200):
        waveform.add(BLOCK, 0.05)
    assert len(waveform._pieces) == 120
    waveform.add((), 0.05)
    waveform.add(BLOCK, 0.0)
    assert len(waveform._pieces) == 120


def test_plots_take_the_themes_colour_live(qtbot, qapp, waveform):
    loaded(qtbot, waveform)
    waveform.add(BLOCK * 20, 0.5)
    try:
        look.apply(qapp, "contrast")
        assert look.current().plot == "#ffe14d"
        assert painted(waveform) > 0
    finally:
        look.apply(qapp, "light")
        qapp.setStyleSheet("")


def test_a_plot_that_is_gone_before_it_was_loaded(qtbot, waveform):
    gone = WaveformView()
    gone.load()
    gone.deleteLater()
    loaded(qtbot, waveform)


def test_the_library_waits_until_it_is_asked_for():
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from starling.ui.kit import TrendPlot, WaveformView\n"
        "from starling.ui.status.panel_view import StatusPanel\n"
        "panel, trend = StatusPanel(), TrendPlot('a', 'b')\n"
        "trend.set_values([1.0]); panel.show(); app.processEvents()\n"
        "print(sorted({'numpy', 'pyqtgraph'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
