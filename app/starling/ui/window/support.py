"""Saving a support file from the window: said what it contains, written by a process of its own."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from starling.core.errors import StarlingError

# Under this name, and with the context written out, the strings are found by lupdate.
translate = QCoreApplication.translate

ARGUMENTS = ("-m", "starling", "doctor", "--bundle")
END_MS = 500
"""For a process that is ended with the window."""
TOLD_LEAST = "starling: "


class SupportFile(QObject):
    """One file at a time; everything about the machine is read by the child, so the window waits for nothing.

    Args:
        window: stands behind the dialogs.
        python: the command that runs ``-m starling``.
    """

    saved = Signal(str)
    """The file's path."""
    failed = Signal(object)
    """The :class:`StarlingError` of one that was not written."""
    busy_changed = Signal(bool)

    def __init__(self, window: QWidget, python: str = sys.executable) -> None:
        super().__init__(window)
        self._window, self._python = window, python
        self._process: QProcess | None = None
        self._path = ""

    def ask(self) -> None:
        """Say what it contains, ask where to, and write it."""
        box = question(self._window)
        box.accepted.connect(self._choose)
        box.open()

    def save(self, path: str) -> None:
        """Write it; does nothing while another one is written."""
        if self._process is not None:
            return
        self._path = path
        process = self._process = QProcess(self)
        process.setProcessChannelMode(QProcess.ProcessChannelMode.SeparateChannels)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._broken)
        process.start(self._python, [*ARGUMENTS, path])
        self.busy_changed.emit(True)

    def close(self) -> None:
        """End a process that still writes."""
        process, self._process = self._process, None
        if process is not None:
            process.finished.disconnect(self._finished)
            process.errorOccurred.disconnect(self._broken)
            process.kill()
            process.waitForFinished(END_MS)

    def _choose(self) -> None:
        dialog = file_dialog(self._window)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._ended()
        if process is None:
            return
        if code == 0 and status is QProcess.ExitStatus.NormalExit:
            self.saved.emit(self._path)
            return
        told = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        reason = told.rpartition("\n")[2].removeprefix(TOLD_LEAST)
        self.failed.emit(_failure(reason or self.tr("The process that writes it ended unexpectedly.")))

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and (process := self._ended()) is not None:
            self.failed.emit(_failure(process.errorString()))

    def _ended(self) -> QProcess | None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
            self.busy_changed.emit(False)
        return process


def question(parent: QWidget) -> QMessageBox:
    """What is in the file and what is not. Not shown yet."""
    box = QMessageBox(parent)
    box.setWindowTitle(translate("Support", "Save a support file"))
    box.setText(
        translate("Support", "A support file tells what this computer has, so that others can find out what is wrong.")
    )
    box.setInformativeText(
        translate(
            "Support",
            "It contains the report of starling doctor (processor, NPU, driver, sound devices without your names, "
            "models by size), versions, the proofs of accelerators, measured times, and settings.\n\n"
            "It does not contain what you said, typed or heard, recordings, notes, timers, prompts, phrases, "
            "addresses, keys, or your name. It is written to the place you choose and sent nowhere.",
        )
    )
    save = box.addButton(translate("Support", "Choose a place"), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(translate("Support", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.finished.connect(box.deleteLater)
    return box


def file_dialog(parent: QWidget) -> QFileDialog:
    """Asks for the place. Not shown yet."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, translate("Support", "Save a support file"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("zip")
    dialog.setNameFilter(translate("Support", "Zip archives (*.zip)"))
    if Path(folder).is_dir():
        dialog.setDirectory(folder)
    dialog.selectFile(time.strftime("starling-support-%Y-%m-%d.zip"))
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _failure(reason: str) -> StarlingError:
    return StarlingError(
        "support.not_saved",
        f"The support file was not saved: {reason.rstrip('.')}.",
        "Try: starling doctor --bundle FILE",
    )
