"""A question before what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from starling.ui.look import icons

ICON_SIZE = 32


def ask(parent: QWidget, title: str, question: str, detail: str, action: str, do: Callable[[], None]) -> None:
    """Ask, and do it if ``action`` is chosen. Returns at once; Cancel is what Enter and Escape mean."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, question, parent=parent)
    box.setIconPixmap(icons.pixmap("warning", "warning", ICON_SIZE, parent.devicePixelRatioF()))
    box.setInformativeText(detail)
    yes = box.addButton(action, QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    yes.clicked.connect(lambda: do())
    box.finished.connect(box.deleteLater)
    box.open()
