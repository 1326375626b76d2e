import pytest
from PySide6.QtWidgets import QScrollArea, QVBoxLayout

from starling.ui.kit.column import Column
from starling.ui.kit.text import wrapped


@pytest.mark.parametrize(("width", "scrolls"), [(600, False), (80, True)])
def test_an_area_scrolls_only_to_what_is_there(qtbot, width, scrolls):
    area, inside = QScrollArea(), Column()
    qtbot.addWidget(area)
    text = wrapped()
    text.setText("A sentence that needs many lines where it is narrow and few where there is room. " * 3)
    text.setMinimumWidth(60)
    QVBoxLayout(inside).addWidget(text)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    area.resize(width, 150)
    area.show()
    qtbot.waitUntil(lambda: (area.verticalScrollBar().maximum() > 0) is scrolls)
    assert Column().minimumSizeHint().height() <= 0
