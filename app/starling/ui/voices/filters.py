"""Search and filters above the list of voices."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.kit.searching import dress
from starling.ui.kit.switch import SegmentedSwitch
from starling.ui.look.tokens import SPACE_S
from starling.ui.voices.rows import Filter
from starling.ui.voices.words import engine_word, gender_word

LEAST_LETTERS = 8


class Filters(QWidget):
    """Which tier, and which of its voices.

    Attributes:
        changed: something else is to be listed.
        tier_chosen: the user wants the voices of another tier.
        left: Down or Enter in the search field: on to the list.
    """

    changed = Signal()
    tier_chosen = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiers = SegmentedSwitch()
        self.tiers.setAccessibleName(self.tr("Voice engine"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search voices"))
        self.search.setToolTip(self.tr("Part of a name, a language, or female or male (Ctrl+F comes here)"))
        dress(self.search)
        self.favourites = IconButton("star", self.tr("Favourites only"), checkable=True)
        self.language, self.gender = _box(self.tr("Language")), _box(self.tr("Gender"))
        for key, text in (
            ("", self.tr("Any gender")),
            ("female", gender_word("female")),
            ("male", gender_word("male")),
        ):
            self.gender.addItem(text, key)
        self._lay_out()
        self.tiers.chosen.connect(self.tier_chosen)
        self.search.textChanged.connect(self.changed)
        self.favourites.toggled.connect(self.changed)
        for box in (self.language, self.gender):
            box.currentIndexChanged.connect(self.changed)

    def show_tiers(self, tiers: Sequence[str], chosen: str) -> None:
        """Offer the voices of these tiers."""
        self.tiers.set_options([(tier, engine_word(tier), "") for tier in tiers])
        self.tiers.set_value(chosen)

    def show_languages(self, languages: Sequence[tuple[str, str]]) -> None:
        """Offer these, as (key, text); the chosen one stays where it is among them."""
        offered = [(self.language.itemData(place), self.language.itemText(place)) for place in range(1, self._count())]
        if offered == list(languages):
            return
        chosen = self.language.currentData()
        with QSignalBlocker(self.language):
            self.language.clear()
            self.language.addItem(self.tr("All languages"), "")
            for key, text in languages:
                self.language.addItem(text, key)
            self.language.setCurrentIndex(max(0, self.language.findData(chosen)))

    def wanted(self) -> Filter:
        """What is to be listed."""
        return Filter(
            self.search.text(),
            self.language.currentData() or "",
            self.gender.currentData() or "",
            self.favourites.isChecked(),
        )

    def clear(self) -> None:
        """List everything."""
        with QSignalBlocker(self):
            self.search.clear()
            self.favourites.setChecked(False)
            self.language.setCurrentIndex(0)
            self.gender.setCurrentIndex(0)
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From the search field to the list."""
        keys = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() in keys and self.search.hasFocus():
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _count(self) -> int:
        return self.language.count()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.search, 1)
        first.addWidget(self.favourites)
        second.addWidget(self.language, 3)
        second.addWidget(self.gender, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.tiers)
        for row in (first, second):
            row.setSpacing(SPACE_S)
            column.addLayout(row)


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(LEAST_LETTERS)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return box
