"""The power modes in the tray's menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from starling.pipeline import events
from starling.ui.power.words import MODES, mode_word, state_note


class PowerMenu(QMenu):
    """One entry for each mode; hidden where there is no NPU. The mode is read when the menu is opened.

    Args:
        look: have the mode read.
        set_mode: have a mode set.
    """

    def __init__(
        self, look: Callable[[], None], set_mode: Callable[[str], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("NPU &power mode"))
        self.modes: dict[str, QAction] = {}
        group = QActionGroup(self)
        for mode in MODES:
            action = self.addAction(mode_word(mode))
            action.setCheckable(True)
            action.triggered.connect(lambda _checked=False, mode=mode: self._choose(mode))
            group.addAction(action)
            self.modes[mode] = action
        self.addSeparator()
        self.state = self.addAction("")
        self.state.setEnabled(False)
        self._shown: events.PowerShown | None = None
        self._set_mode = set_mode
        self.aboutToShow.connect(look)
        self.menuAction().setVisible(False)
        self._paint()

    def show_npu(self, present: bool) -> None:
        """Whether there is an NPU to set it for."""
        self.menuAction().setVisible(present)

    def show_power(self, shown: events.PowerShown) -> None:
        """Follow the mode."""
        self._shown = shown
        self.show_npu(shown.present)
        self._paint()

    def _choose(self, mode: str) -> None:
        self._paint()  # what is checked is what is, not what was clicked
        self._set_mode(mode)

    def _paint(self) -> None:
        shown = self._shown
        for mode, action in self.modes.items():
            action.setChecked(shown is not None and mode == shown.mode)
            action.setEnabled(shown is not None and shown.way != "none" and not shown.changing)
        text = state_note(shown) if shown is not None else ""
        self.state.setText(text)
        self.state.setVisible(bool(text))
