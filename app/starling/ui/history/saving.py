"""Asks where what is listed is to be saved, and as what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from starling.history.wanted import Wanted
from starling.pipeline.service import Service

KINDS = ("txt", "csv", "srt", "json")


class Saving(QObject):
    """One dialog at a time.

    Args:
        service: writes the file.
        widget: what the dialog belongs to.
        wanted: tells what is listed.
    """

    def __init__(self, service: Service, widget: QWidget, wanted: Callable[[], Wanted]) -> None:
        super().__init__(widget)
        self._service, self._widget, self._wanted = service, widget, wanted
        self.dialog: QFileDialog | None = None

    def ask(self) -> None:
        """Show the dialog; it asks itself before a file is overwritten."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        from starling.history.export import file_name  # not every run saves

        wanted = self._wanted()
        dialog = self.dialog = QFileDialog(self._widget, self.tr("Save what is listed"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = (self.tr("Text (*.txt)"), self.tr("Table (*.csv)"), self.tr("Subtitles (*.srt)"), "JSON (*.json)")
        dialog.setNameFilters(filters)
        dialog.setDefaultSuffix(KINDS[0])
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(KINDS[filters.index(chosen)]))
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        dialog.setDirectory(QStandardPaths.writableLocation(documents) or str(Path.home()))
        dialog.selectFile(Path(file_name(wanted.text, datetime.now(), "txt")).stem)
        dialog.fileSelected.connect(lambda path: self._save(path, wanted))
        dialog.finished.connect(self._closed)
        dialog.open()

    def _save(self, path: str, wanted: Wanted) -> None:
        ending = Path(path).suffix.lstrip(".").lower()
        self._service.export_history(path, ending if ending in KINDS else KINDS[0], wanted, True)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
