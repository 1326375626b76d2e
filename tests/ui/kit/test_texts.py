import pytest
from PySide6.QtWidgets import QSpinBox

from starling.ui.kit import Badge, Banner, Card, Disclosure, ElidedLabel, IconButton, ValueRow, inset
from starling.ui.kit.badge import KINDS, StateShape
from starling.ui.kit.numbers import ceiling, compact, memory, summary


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (0.0123, "0.012"),
        (0.082, "0.082"),
        (0.41, "0.41"),
        (3.24, "3.2"),
        (3.0, "3"),
        (41.4, "41"),
        (1e3, "1000"),
    ],
)
def test_compact(value, expected):
    assert compact(value) == expected


@pytest.mark.parametrize(
    ("largest", "expected"),
    [(0.0, 1.0), (0.13, 0.2), (0.21, 0.5), (1.0, 1.0), (61.0, 100.0), (101.0, 200)],
)
def test_ceiling(largest, expected):
    assert ceiling(largest) == pytest.approx(expected)


def test_summary():
    assert summary([3.0, 1.0, 2.0]) == ("1", "2", "2")


@pytest.mark.parametrize(("size", "expected"), [(512_000_000, "512 MB"), (1_500_000_000, "1.5 GB")])
def test_memory(size, expected):
    assert memory(size) == expected


def test_elided_label_has_the_whole_text_for_tooltip_and_reader(qtbot):
    text = "A device with a very long name that never fits into its place"
    label = ElidedLabel(text)
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.elided().endswith("…")
    assert (label.text(), label.toolTip()) == (text, text)
    label.resize(900, 20)
    assert (label.elided(), label.toolTip()) == (text, "")
    label.set_tooltip("More about it")
    assert label.toolTip() == "More about it"
    label.resize(80, 20)
    assert label.toolTip() == f"{text}\nMore about it"


def test_elided_label_demands_no_room(qtbot):
    label = ElidedLabel("short")
    qtbot.addWidget(label)
    least = label.minimumSizeHint()
    label.setText("a much longer text " * 10)
    assert label.minimumSizeHint() == least


def test_a_row_without_a_value_was_not_measured(qtbot):
    row = ValueRow("Memory")
    qtbot.addWidget(row)
    assert (row.value.text(), row.value.property("tone")) == ("not measured yet", "muted")
    assert row.accessibleName() == "Memory: not measured yet"
    size = row.sizeHint().height()
    row.set_value("512 MB", "resident")
    assert (row.value.text(), row.value.property("tone"), row.value.toolTip()) == ("512 MB", "", "resident")
    assert row.accessibleName() == "Memory: 512 MB"
    assert row.sizeHint().height() == size
    row.set_value(None)
    assert (row.value.text(), row.value.toolTip()) == ("not measured yet", "")


def test_badges_differ_by_shape_and_word(qtbot, qapp):
    shapes = {}
    for kind in KINDS:
        shape = StateShape()
        qtbot.addWidget(shape)
        shape.set_kind(kind)
        image = shape.grab().toImage()
        ground = image.pixelColor(0, 0)
        shapes[kind] = frozenset(
            (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) != ground
        )
    assert len(set(shapes.values())) == len(KINDS)
    badge = Badge()
    qtbot.addWidget(badge)
    badge.show_state("warning", "Demo")
    assert (badge.kind, badge.text, badge.accessibleName()) == ("warning", "Demo", "Demo")


def test_icon_buttons_have_names(qtbot, qapp):
    plain = IconButton("copy", "Copy the text")
    worded = IconButton("microphone-off", "&Mute", text=True, checkable=True)
    qtbot.addWidget(plain)
    qtbot.addWidget(worded)
    assert (plain.accessibleName(), plain.toolTip(), plain.text()) == ("Copy the text", "Copy the text", "")
    assert (worded.accessibleName(), worded.text(), worded.isCheckable()) == ("Mute", "&Mute", True)
    with pytest.raises(ValueError, match="nightingale"):
        IconButton("nightingale", "Sing")


def test_card_and_banner(qtbot):
    card = Card("Voice", "speaker")
    banner = Banner("warning", "The microphone was lost.", "Open preferences")
    plain = Banner("info", "All is well.")
    for widget in (card, banner, plain):
        qtbot.addWidget(widget)
    assert (card.accessibleName(), card.title.text()) == ("Voice", "Voice")
    assert (banner.accessibleName(), banner.accessibleDescription()) == ("Warning", "The microphone was lost.")
    with qtbot.waitSignal(banner.action_clicked):
        banner.action_button.click()
    with qtbot.waitSignal(banner.dismissed):
        banner.close_button.click()
    assert plain.action_button is None


def test_disclosure_shows_on_demand(qtbot):
    disclosure = Disclosure("How that is known")
    qtbot.addWidget(disclosure)
    assert disclosure.isHidden()
    disclosure.set_text("session provider CPUExecutionProvider")
    assert not disclosure.isHidden()
    assert disclosure.details.isHidden()
    disclosure.button.click()
    assert not disclosure.details.isHidden()
    assert disclosure.button.accessibleDescription() == "session provider CPUExecutionProvider"
    disclosure.button.click()
    assert disclosure.details.isHidden()


def test_inset_gives_spin_boxes_a_margin(qtbot):
    box = QSpinBox()
    qtbot.addWidget(box)
    inset(box)
    assert box.lineEdit().textMargins().left() > 0
