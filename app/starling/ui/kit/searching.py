"""What makes a text field one for searching."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLineEdit, QToolButton

from starling.ui.look.icons import icon


def dress(field: QLineEdit) -> None:
    """Give it the glass, and a cross that clears it while there is something: Qt's own is a black disc in any theme."""
    field.addAction(icon("search", "text_muted"), QLineEdit.ActionPosition.LeadingPosition)
    clear = field.addAction(icon("close"), QLineEdit.ActionPosition.TrailingPosition)
    clear.setToolTip(QCoreApplication.translate("Search", "Clear the search"))
    names = (QCoreApplication.translate("Search", "Search"), clear.toolTip())
    for button, name in zip(field.findChildren(QToolButton), names, strict=True):
        button.setAccessibleName(name)  # their actions have no text
    clear.setVisible(bool(field.text()))
    clear.triggered.connect(field.clear)
    field.textChanged.connect(lambda text: clear.setVisible(bool(text)))
