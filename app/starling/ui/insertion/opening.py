"""Where the Insertion doctor and the scratchpad are reached from: the Help menu and the preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from starling.settings.store import Settings
from starling.ui.look.icons import icon

if TYPE_CHECKING:
    from starling.ui.insertion.doctor import InsertionDoctor
    from starling.ui.window.main_window import MainWindow


class Opener(QObject):
    """Opens the dialog, or brings it to the front.

    Args:
        settings: of the user.
        window: stands behind it.
    """

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._window = settings, window
        self.dialog: InsertionDoctor | None = None

    def open(self) -> None:
        """Show the doctor."""
        self._shown()

    def open_scratchpad(self) -> None:
        """Show it at the scratchpad."""
        dialog = self._shown()
        dialog.scratchpad.field.setFocus()
        dialog.area.ensureWidgetVisible(dialog.scratchpad)

    def close(self) -> None:
        """End what it does, with the application."""
        if self.dialog is not None:
            self.dialog.close()

    def _shown(self) -> InsertionDoctor:
        from starling.ui.insertion.doctor import InsertionDoctor

        if self.dialog is None:
            self.dialog = InsertionDoctor(self._settings, self._window)
            self.dialog.destroyed.connect(self._gone)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    def _gone(self) -> None:
        self.dialog = None


class InsertionMenu(Opener):
    """The same, by two entries of the window's Help menu."""

    def __init__(self, settings: Settings, window: MainWindow) -> None:
        super().__init__(settings, window)
        before = window.menus.first_run
        menu = next(each for each in before.associatedObjects() if isinstance(each, QMenu))
        self.doctor = QAction(icon("keyboard"), self.tr("&Insertion doctor"), self)
        self.scratchpad = QAction(icon("dictation"), self.tr("S&cratchpad"), self)
        self.doctor.triggered.connect(self.open)
        self.scratchpad.triggered.connect(self.open_scratchpad)
        menu.insertActions(before, [self.doctor, self.scratchpad])
        QCoreApplication.instance().aboutToQuit.connect(self.close)  # type: ignore[union-attr]


class InsertionFoot(QWidget):
    """A button below the settings of insertion."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opener: Opener | None = None
        self._settings = settings
        self.button = QPushButton(self.tr("Open the &Insertion doctor"))
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def _open(self) -> None:
        self._opener = self._opener or Opener(self._settings, self.window())
        self._opener.open()
