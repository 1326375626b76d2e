import pytest
from PySide6.QtGui import QAccessible

from starling.ui.kit import LevelMeter, ProbabilityMeter
from starling.ui.look import theme as look


@pytest.fixture
def level(qtbot):
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.resize(300, 24)
    return meter


@pytest.fixture
def probability(qtbot):
    meter = ProbabilityMeter()
    qtbot.addWidget(meter)
    meter.resize(300, 24)
    return meter


def filled(meter, colour: str) -> float:
    """Share of the bar's middle line that has a colour."""
    image = meter.grab().toImage()
    row = [image.pixelColor(x, image.height() // 2).name() for x in range(int(meter._bar().width()))]
    return row.count(colour) / len(row)


@pytest.mark.parametrize(
    ("dbfs", "text", "value", "share"),
    [(-30.0, "-30 dB", -30, 0.5), (0.0, "0 dB", 0, 1.0), (-100.0, "-100 dB", -60, 0.0), (-12.4, "-12 dB", -12, 0.79)],
)
def test_level(level, dbfs, text, value, share):
    level.set_level(dbfs)
    theme = look.current()
    assert (level.value_text(), level.value()) == (text, value)
    assert filled(level, theme.danger if dbfs > -3 else theme.accent) == pytest.approx(share, abs=0.03)


def test_no_level_is_a_dash(level):
    level.set_level(-20)
    level.set_level(None)
    assert level.value_text() == "–"  # noqa: RUF001 - stands for a number
    assert filled(level, look.current().accent) == 0


def test_probability_and_its_threshold(probability):
    probability.set_value(0.4, 0.5)
    assert (probability.value_text(), probability.value(), probability.threshold) == ("0.40", 40, 0.5)
    assert filled(probability, look.current().accent) == 0
    probability.set_value(0.8, 0.5)
    assert filled(probability, look.current().accent) == pytest.approx(0.8, abs=0.04)
    probability.set_value(None, 0.7)
    assert (probability.threshold, filled(probability, look.current().accent)) == (0.7, 0)


def test_the_mark_stands_at_the_threshold(probability):
    for threshold in (0.25, 0.75):
        probability.set_value(0.0, threshold)
        image = probability.grab().toImage()
        row = [image.pixelColor(x, image.height() // 2).name() for x in range(int(probability._bar().width()))]
        assert row.index(look.current().text) / len(row) == pytest.approx(threshold, abs=0.02)


def test_values_change_no_size(level, probability):
    sizes = (level.sizeHint(), probability.sizeHint())
    level.set_level(-100)
    probability.set_value(1.0, 0.9)
    assert (level.sizeHint(), probability.sizeHint()) == sizes


def test_readers_hear_name_role_and_value(level, probability):
    level.set_level(-24.2)
    probability.set_value(0.62, 0.5)
    for meter, value in ((level, -24), (probability, 62)):
        seen = QAccessible.queryAccessibleInterface(meter)
        assert seen.role() == QAccessible.Role.ProgressBar
        assert seen.text(QAccessible.Text.Name)
        assert seen.valueInterface().currentValue() == value
    assert probability.accessibleDescription() == "Speech from 50 percent on"
