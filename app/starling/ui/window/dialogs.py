"""The small dialogs of the window; none of them stops what goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from starling import __version__
from starling.ui.look.tokens import SPACE_L, SPACE_M

translate = QCoreApplication.translate
WIDTH, HEIGHT = 640, 520


class ShortcutsDialog(QDialog):
    """Every key and what it does.

    Args:
        actions: those with a shortcut are listed first, in this order.
        of_pages: keys that a page has of its own.
    """

    def __init__(
        self, actions: Sequence[QAction], parent: QWidget | None = None, of_pages: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rows = [
            (_plain(action.text()), action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            for action in actions
            if not action.shortcut().isEmpty()
        ]
        self.table = _table([*self._talking(), *rows, *self._turns(), *of_pages])
        self.table.setHorizontalHeaderLabels([self.tr("What it does"), self.tr("Keys")])
        self.table.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_L)
        column.setSpacing(SPACE_M)
        column.addWidget(self.table)
        column.addWidget(buttons)
        self.resize(WIDTH, HEIGHT)

    def _talking(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Talk while it is held, outside of a text field"), self.tr("Space")),
            (self.tr("Talk until the next tap"), self.tr("Space, tapped")),
            (self.tr("Ask what was typed"), self.tr("Enter")),
        ]

    def _turns(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Move between turns"), self.tr("Up, Down, Page Up, Page Down, Home, End")),
            (self.tr("Copy a turn"), self.tr("Ctrl+C")),
            (self.tr("Play the recording, or say a reply again"), self.tr("R")),
            (self.tr("Recognise a turn again with another model"), self.tr("T")),
            (self.tr("Delete a turn"), self.tr("Del")),
            (self.tr("All actions of a turn"), self.tr("Menu, or Shift+F10")),
        ]


def _table(rows: Sequence[tuple[str, str]]) -> QTableWidget:
    table = QTableWidget(len(rows), 2)
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            table.setItem(row, column, item)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setWordWrap(True)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.resizeRowsToContents()
    return table


def clear_question(parent: QWidget) -> QMessageBox:
    """Asks whether all turns may go; ``accepted`` is sent if so. Not shown yet."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(translate("Dialogs", "Delete all turns"))
    box.setText(translate("Dialogs", "Delete all turns, their texts and their recordings from this computer?"))
    box.setInformativeText(translate("Dialogs", "This cannot be undone."))
    delete = box.addButton(translate("Dialogs", "Delete all"), QMessageBox.ButtonRole.AcceptRole)
    delete.setProperty("kind", "danger")
    cancel = box.addButton(translate("Dialogs", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    return box


def about_box(parent: QWidget) -> QMessageBox:
    """What this is. Not shown yet."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(translate("Dialogs", "About Starling"))
    box.setText(translate("Dialogs", "Starling {version}").format(version=__version__))
    box.setInformativeText(
        translate(
            "Dialogs",
            "A voice assistant and dictation app. It hears, answers and speaks on this machine; nothing leaves it.\n\n"
            "Licensed under the Apache License 2.0.",
        )
    )
    box.setDefaultButton(box.addButton(translate("Dialogs", "Close"), QMessageBox.ButtonRole.AcceptRole))
    return box


def _plain(text: str) -> str:
    return text.replace("&", "")
