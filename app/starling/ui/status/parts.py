"""What the cards of the status panel have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout

from starling.ui.kit.badge import Badge
from starling.ui.kit.row import ValueRow
from starling.ui.kit.text import wrapped
from starling.ui.status.presenters import State


def add_row(body: QVBoxLayout, name: str) -> ValueRow:
    """A row of a card."""
    row = ValueRow(name)
    body.addWidget(row)
    return row


def add_note(body: QVBoxLayout, tone: str = "") -> QLabel:
    """Whole sentences of a card; hidden while there are none."""
    note = wrapped("body", tone)
    note.hide()
    body.addWidget(note)
    return note


def say(note: QLabel, text: str) -> None:
    """Show a note's sentences, or no note."""
    if note.text() != text:
        note.setText(text)
    note.setVisible(bool(text))


def show_state(badge: Badge, state: State) -> None:
    """Show a state in a badge."""
    badge.show_state(state.kind, state.word)


def change_button(row: ValueRow, text: str, name: str) -> QPushButton:
    """A button at the end of a row; ``name`` says what it changes."""
    button = QPushButton(text)
    button.setProperty("kind", "link")
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setAutoDefault(False)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    row.line.addWidget(button)
    return button
