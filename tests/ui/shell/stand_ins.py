"""The least of a main window that the shell needs."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMainWindow


class Window(QMainWindow):
    preferences_requested = Signal(str)
    quit_requested = Signal()
    first_run_requested = Signal()
    first_painted = Signal()
    can_stop_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.close_policy = lambda: True
        self.brought = self.stopped = self.changes = 0
        self._painted = False

    def stop(self) -> None:
        self.stopped += 1

    def settings_changed(self) -> None:
        self.changes += 1

    def raise_to_front(self) -> None:
        self.brought += 1
        self.showNormal()

    def paintEvent(self, event) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.first_painted.emit()

    def closeEvent(self, event) -> None:
        if self.close_policy():
            event.accept()
            self.quit_requested.emit()
        else:
            event.ignore()


class Place:
    """A tray as the presence sees it."""

    def __init__(self, present: bool) -> None:
        self.present = present
        self.said: list[str] = []
        self.closely: list[bool] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def watch_closely(self, on: bool) -> None:
        self.closely.append(on)
