"""Choosing from a list, fixed or found while the dialog is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QPaintEvent, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QListView, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from starling.settings.schema import Setting, Value
from starling.ui.look.tokens import SPACE_XS
from starling.ui.preferences import texts
from starling.ui.preferences.editor import AT_ONCE_MS, Editor

FOUND_PAUSE_MS = 350
"""Walking through devices or models with the arrow keys must not open each of them."""
LEAST_CHARACTERS = 12
SHOWN_ITEMS = 14
_VALUE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Option:
    """Something that can be chosen; a ``heading`` cannot, it names what follows."""

    value: str
    label: str
    tooltip: str = ""
    heading: bool = False


class ElidingBox(QComboBox):
    """A closed list whose text ends in an ellipsis where there is no room; the tooltip has all of it."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        place = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, place.width() - SPACE_XS)
        option.currentText = text
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.end()


class ListEditor(Editor):
    """A list of options. A value that is not among them is shown, with words that say so."""

    wait_ms = FOUND_PAUSE_MS

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.box = ElidingBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(LEAST_CHARACTERS)
        self.box.setMaxVisibleItems(SHOWN_ITEMS)
        view = QListView(self.box)
        view.setUniformItemSizes(True)  # or a hundred languages are measured in a dozen scripts
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.box.setView(view)
        self.box.currentIndexChanged.connect(self._picked)
        self._options: tuple[Option, ...] = ()

    def value(self) -> str:
        """The value of the option that is chosen."""
        return str(self.box.currentData(_VALUE) or "")

    def shown(self, value: Value) -> str:
        """The option's label."""
        return next((o.label for o in self._options if o.value == value and not o.heading), self.missing(str(value)))

    def missing(self, value: str) -> str:
        """What is shown for a value that cannot be chosen now."""
        return value

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer these; what is chosen stays chosen."""
        if tuple(options) != self._options:
            self._options = tuple(options)
            with QSignalBlocker(self.box):
                self._fill(str(self._held))

    def _display(self, value: Value) -> None:
        self._fill(str(value))

    def _fill(self, value: str) -> None:
        self.box.clear()
        for option in self._options:
            self._add(option)
        if value not in {option.value for option in self._options if not option.heading}:
            self._add(Option(value, self.missing(value), value))
        self.box.setCurrentIndex(self._index(value))
        self._explain()

    def _add(self, option: Option) -> None:
        self.box.addItem(option.label, None if option.heading else option.value)
        index = self.box.count() - 1
        self.box.setItemData(index, option.tooltip or option.label, Qt.ItemDataRole.ToolTipRole)
        model = self.box.model()
        if option.heading and isinstance(model, QStandardItemModel):
            item = model.item(index)
            font = item.font()
            font.setBold(True)
            item.setFont(font)
            item.setEnabled(False)

    def _index(self, value: str) -> int:
        return next(i for i in range(self.box.count()) if self.box.itemData(i, _VALUE) == value)

    def _explain(self) -> None:
        self.box.setToolTip(str(self.box.currentData(Qt.ItemDataRole.ToolTipRole) or ""))

    def _picked(self) -> None:
        self._explain()
        self._touched(self.wait_ms)


class ChoiceEditor(ListEditor):
    """One of the declared choices."""

    wait_ms = AT_ONCE_MS

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self._adopt(self.box)
        self.set_options([Option(value, label) for value, label in texts.choices(setting)])
        self.show_value(setting.default)
