"""The accelerators, each with its proof, and the wish to have them given again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from starling.ui.kit.card import Card
from starling.ui.kit.text import ElidedLabel
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.status.npu_presenters import ProofLook, ProofsLook
from starling.ui.status.parts import add_note, say
from starling.ui.status.proof_row import ProofRow


class ProofCard(Card):
    """One row for each way to use an accelerator, in order of preference."""

    prove = Signal()
    cancel = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "check", parent)
        self.set_title(self.tr("Accelerators"))
        self._look: ProofsLook | None = None
        self._rows: list[ProofRow] = []
        self.note = add_note(self.body, "muted")
        self.entries = QVBoxLayout()
        self.entries.setSpacing(SPACE_M)
        self.body.addLayout(self.entries)
        self.error = add_note(self.body, "warning")
        self.progress = ElidedLabel()
        self.progress.setProperty("tone", "muted")
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._clicked)
        line = QHBoxLayout()
        line.setSpacing(SPACE_S)
        line.addWidget(self.button)
        line.addWidget(self.progress, 1)
        self.body.addLayout(line)
        self._reserve()

    def show_look(self, look: ProofsLook) -> None:
        """Show what is known; cheap when nothing changes."""
        if look == self._look:
            return
        before, self._look = self._look, look
        say(self.note, look.note)
        if before is None or before.entries != look.entries:  # what the user has opened stays open
            self._show_entries(look.entries)
        say(self.error, look.error)
        self.progress.setText(look.progress)
        self.button.setText(self.tr("Cancel") if look.running else self.tr("Prove again"))
        self.button.setAccessibleName(
            self.tr("Cancel the proof") if look.running else self.tr("Prove every accelerator again")
        )
        self.button.setEnabled(look.known)

    def _reserve(self) -> None:
        """As wide as its longer text."""
        widths = []
        for text in (self.tr("Cancel"), self.tr("Prove again")):
            self.button.setText(text)
            widths.append(self.button.sizeHint().width())
        self.button.setMinimumWidth(max(widths))

    def _clicked(self) -> None:
        running = self._look is not None and self._look.running
        (self.cancel if running else self.prove).emit()

    def _show_entries(self, entries: tuple[ProofLook, ...]) -> None:
        for row in self._rows:
            self.entries.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [ProofRow(entry) for entry in entries]
        for row in self._rows:
            self.entries.addWidget(row)
