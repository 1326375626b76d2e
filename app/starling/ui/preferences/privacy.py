"""What is stored and where, and the way to be rid of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from starling import locate
from starling.pipeline.service import Service
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_M
from starling.ui.preferences.asking import ask


class Privacy(QWidget):
    """The folder of the history, and a button that empties it."""

    def __init__(self, service: Service, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self.place = wrapped("caption", "muted")
        folder = locate.data_dir() / "history"
        self.place.setText(self.tr("Texts and recordings lie in {folder}.").format(folder=folder))
        self.delete = QPushButton(self.tr("&Delete the whole history…"))
        self.delete.setProperty("kind", "danger")
        self.delete.setAutoDefault(False)
        self.delete.clicked.connect(self.ask_to_delete)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(self.place)
        column.addWidget(self.delete, 0, Qt.AlignmentFlag.AlignLeft)

    def ask_to_delete(self) -> None:
        """Delete all turns if the answer is yes."""
        ask(
            self,
            self.tr("Delete the history"),
            self.tr("Delete all texts and recordings?"),
            self.tr("They are deleted from this computer and from the window. This cannot be undone."),
            self.tr("&Delete all"),
            self._service.clear,
        )
