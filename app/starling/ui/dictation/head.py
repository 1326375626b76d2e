"""The head of the preferences' page Dictation: a field to try the rules, and the lists in the settings' place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QVBoxLayout, QWidget

from starling.settings.store import Settings
from starling.ui.kit.switch import SegmentedSwitch
from starling.ui.look.tokens import SPACE_L, SPACE_M

if TYPE_CHECKING:
    from starling.ui.dictation.desk import Desk, Everything
    from starling.ui.dictation.list_view import ListView
    from starling.ui.dictation.profiles_view import ProfilesView
    from starling.ui.dictation.try_card import TryCard

SETTINGS, PROFILES = "settings", "profiles"
TAKEN = frozenset("y")
"""The letter that leads to the field, which no setting of the page may have."""


class DictationHead(QWidget):
    """Builds the field when the page is shown first, and each list when it is.

    Attributes:
        settings_shown: whether the page's settings are to be seen.
        grown: there is more to visit with Tab.
        views: of the lists that have been shown, by name.
    """

    settings_shown = Signal(bool)
    grown = Signal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.desk: Desk | None = None
        self.tried: TryCard | None = None
        self.views: dict[str, ListView | ProfilesView] = {}
        self._frames: dict[str, QFrame] = {}
        self.switch = SegmentedSwitch()
        self.switch.setAccessibleName(self.tr("What is shown"))
        self.switch.set_options(
            [
                (SETTINGS, self.tr("Settings"), ""),
                ("vocabulary", self.tr("Vocabulary"), ""),
                ("replacements", self.tr("Replacements"), ""),
                ("blocklist", self.tr("Blocked"), ""),
                (PROFILES, self.tr("Applications"), ""),
            ]
        )
        self.switch.chosen.connect(self.show_part)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_M)
        self._column.addWidget(self.switch)

    def show_settings(self) -> None:
        """Show the page's settings."""
        self.show_part(SETTINGS)

    def show_part(self, name: str) -> None:
        """Show the settings, a list or the profiles."""
        self.switch.set_value(name)
        if name != SETTINGS and name not in self._frames:
            self._build(name)
        for other, frame in self._frames.items():
            frame.setVisible(other == name)
        self._show_application()
        self.settings_shown.emit(name == SETTINGS)
        self.grown.emit()

    def setting_changed(self, key: str) -> None:
        """A setting is another one now."""
        if self.tried is not None and key.startswith(("dictation.", "stt.language")):
            self.tried.refresh()

    def stops(self) -> Iterator[QWidget]:
        """What Tab visits, in order."""
        if self.tried is not None:
            yield self.tried.field
        yield from self.switch.findChildren(QAbstractButton)
        view = self.views.get(self.switch.value)
        if view is not None:
            yield from view.stops()

    def _show_application(self) -> None:
        """A text is tried as in the application that is chosen, where applications are shown."""
        view = self.views.get(PROFILES) if self.switch.value == PROFILES else None
        chosen = getattr(view, "chosen", None)
        if self.tried is not None:
            self.tried.show_application(chosen.application if chosen else "")

    def _begin(self) -> Desk:
        from starling.ui.dictation.desk import Desk
        from starling.ui.dictation.try_card import TryCard

        self.desk = desk = Desk(self)  # a child, or Python might take it apart in a thread that is not the window's
        background = desk.background
        self.destroyed.connect(lambda: background.close())
        self.tried = TryCard(self._settings, desk)
        self._column.insertWidget(0, self.tried)
        desk.read.connect(self._read)
        desk.failed.connect(self._failed)
        self.grown.emit()
        return desk

    def _build(self, name: str) -> None:
        from starling.dictation.text.lists import LISTS
        from starling.ui.dictation.list_view import ListView
        from starling.ui.dictation.profiles_view import ProfilesView

        desk = self.desk or self._begin()
        of = next((each for each in LISTS if each.name == name), None)
        view: ListView | ProfilesView
        if of is None:
            view = ProfilesView(desk)
            view.chosen_shown.connect(self._show_application)
        else:
            view = ListView(of, desk)
        frame = QFrame()
        frame.setProperty("part", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(SPACE_L, SPACE_M, SPACE_L, SPACE_L)
        column.addWidget(view)
        self.views[name], self._frames[name] = view, frame
        self._column.addWidget(frame)
        view.show_lists(desk.now)

    def _read(self, found: Everything) -> None:
        for view in self.views.values():
            view.show_lists(found)
        if self.tried is not None:
            self.tried.refresh()

    def _failed(self, error: object) -> None:
        view = self.views.get(self.switch.value)
        if view is not None:
            view.show_error(error)  # type: ignore[arg-type] # what the desk sends

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        if not event.spontaneous():
            (self.desk or self._begin()).watch()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        super().hideEvent(event)
        if self.desk is not None and not event.spontaneous():
            self.desk.rest()
