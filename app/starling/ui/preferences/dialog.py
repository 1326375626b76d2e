"""The preferences: pages on the left, their settings on the right, a search over all of them."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.schema import PAGES, SETTINGS, PageKey
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.kit.banner import Banner
from starling.ui.kit.text import label
from starling.ui.look.icons import icon
from starling.ui.look.theme import theme_notifier
from starling.ui.look.tokens import SPACE_L, SPACE_M
from starling.ui.preferences.announce import announce
from starling.ui.preferences.asking import ask
from starling.ui.preferences.changes import Changes
from starling.ui.preferences.form import Form
from starling.ui.preferences.pagelist import PageList
from starling.ui.preferences.surroundings import Surroundings

FIRST_SIZE = QSize(820, 700)
LEAST_SIZE = QSize(700, 400)


class Preferences(QDialog):
    """Every declared setting. A change holds at once and is saved in the background; the dialog is not modal.

    Attributes:
        theme_changed: the new value of ``window.theme``.
        setting_changed: the key of a setting whose value in use is another one now.
    """

    theme_changed = Signal(str)
    setting_changed = Signal(str)

    def __init__(self, settings: Settings, service: Service, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Preferences"))
        self._settings = settings
        self._service = service
        self.changes = Changes(settings, service, self)
        self.search = self._search_field()
        self.pages = PageList()
        self.reset_all = QPushButton(self.tr("&Reset all…"))
        self.close_button = QPushButton(self.tr("&Close"))
        self.form = Form(Surroundings(settings, service, bridge), self.changes, taken={"r", "c"})
        self.status: QLabel = label("", "caption", "muted")
        self._column = QVBoxLayout(self)
        self._arrange()
        self._connect(bridge)
        self._order_tabs()
        if parent is not None:
            parent.installEventFilter(self)
        self._building = QTimer(self, interval=0)
        self._building.timeout.connect(self._build_next)
        self.resize(FIRST_SIZE)
        self.setMinimumSize(LEAST_SIZE)
        self.pages.show_chosen(self.form.page)
        self._show_state()

    def _search_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(self.tr("Search settings (Ctrl+F)"))
        field.setAccessibleName(self.tr("Search settings"))
        field.addAction(icon("search", "text_muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._clear = field.addAction(icon("close"), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip(self.tr("Clear the search"))
        self._clear.setVisible(False)
        self._clear.triggered.connect(field.clear)
        return field

    def _arrange(self) -> None:
        self._column.setContentsMargins(SPACE_L, SPACE_L, SPACE_L, SPACE_M)
        self._column.setSpacing(SPACE_M)
        self._column.addWidget(self.search)
        for warning in self._settings.warnings:
            self._column.addWidget(self._banner(warning))
        middle = QHBoxLayout()
        middle.setSpacing(SPACE_M)
        middle.addWidget(self.pages)
        middle.addWidget(self.form, 1)
        self._column.addLayout(middle, 1)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_M)
        foot.addWidget(self.reset_all)
        foot.addWidget(self.status, 1, Qt.AlignmentFlag.AlignCenter)
        foot.addWidget(self.close_button)
        self._column.addLayout(foot)

    def _banner(self, warning: StarlingError) -> Banner:
        banner = Banner("warning", " ".join(part for part in (warning.message, warning.fix) if part))
        banner.dismissed.connect(banner.hide)
        return banner

    def _connect(self, bridge: Bridge) -> None:
        for button in (self.reset_all, self.close_button):
            button.setAutoDefault(False)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self.form.focus_first)
        self.pages.chosen.connect(self._page_chosen)
        self.reset_all.clicked.connect(self.ask_to_reset_all)
        self.close_button.clicked.connect(self.close)
        self.form.clear_requested.connect(self._clear_search)
        self.form.grown.connect(self._order_tabs)
        self.changes.theme_changed.connect(self.theme_changed)
        self.changes.changed.connect(self._show_state)
        self.changes.changed.connect(self.setting_changed)
        bridge.event.connect(self._on_event)
        theme_notifier().changed.connect(self._restyle)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._go_to_search),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence("Ctrl+PgDown"), self.pages.next),
            (QKeySequence("Ctrl+PgUp"), self.pages.previous),
        ):
            QShortcut(keys, self, slot)

    def _order_tabs(self) -> None:
        stops = (self.search, self.pages, *self.form.stops(), self.reset_all, self.close_button)
        for before, after in itertools.pairwise(stops):
            QWidget.setTabOrder(before, after)

    def open_at(self, key: str = "") -> None:
        """Show the dialog with one setting, or page, in view and focused; any other key shows it as it was."""
        page = next((setting.page for setting in SETTINGS if setting.key == key), None)
        if page is None:
            page = next((page.key for page in PAGES if page.key == key), None)
        if page is not None:
            self._clear_search()
            self._show_page(page)
        self.show()
        self.raise_()
        self.activateWindow()
        if page is not None:
            self.form.focus_on(key)

    def ask_to_reset_all(self) -> None:
        """Reset every setting if the answer is yes."""
        ask(
            self,
            self.tr("Reset all settings"),
            self.tr("Reset all settings to their defaults?"),
            self.tr("What is in the history stays. This cannot be undone."),
            self.tr("&Reset all"),
            self.changes.reset_all,
        )

    def _show_page(self, page: PageKey) -> None:
        self.form.show_page(page)
        self.pages.show_chosen(page)
        self._show_state()

    def _page_chosen(self, page: PageKey) -> None:
        self._clear_search()
        self._show_page(page)

    def _search(self, query: str) -> None:
        self._clear.setVisible(bool(query))
        if not query.strip():
            self._show_page(self.form.page)
            return
        found = self.form.show_found(query)
        self.pages.show_chosen(None)
        self.status.setText(self.tr("Settings found: {count}").format(count=found))
        announce(self.status, self.status.text())

    def _restyle(self) -> None:
        if self.search.text().strip():
            self._search(self.search.text())  # what is marked has colours of its own

    def _clear_search(self) -> None:
        self.search.clear()

    def _go_to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_state(self) -> None:
        self.reset_all.setEnabled(any(not self.changes.is_default(setting.key) for setting in SETTINGS))
        if not self.search.text().strip():
            self.status.setText(self.tr("Changes take effect at once."))

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Listening):  # mode and activation have switches in the main window too
            self.form.show_values()
            self._show_state()

    def _build_next(self) -> None:
        """Build one page, the one to be shown first: all at once would keep the window from answering."""
        if not self.form.views:
            self._show_page(self.form.page)
        elif not self.form.build_next():
            self._building.stop()

    def _window_visible(self) -> bool:
        window = self.parentWidget()
        return window is not None and window.isVisible() and not window.isMinimized()

    def _watch_sound(self) -> None:
        self._service.watch_sound(self.isVisible() or self._window_visible())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() in (QEvent.Type.Hide, QEvent.Type.WindowStateChange) and self.isVisible():
            QTimer.singleShot(0, self, self._watch_sound)  # after the window has ended its own watch
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        if event.spontaneous():
            return
        self.form.show_values()
        self._show_state()
        self._watch_sound()
        self._service.find_devices()
        self._service.find_models()
        self._service.find_voices()
        self._building.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        super().hideEvent(event)
        if event.spontaneous():
            return
        self._building.stop()
        self.form.commit()
        self._watch_sound()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: D102 - Qt's
        self.form.commit()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: D102 - Qt's
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.form.show_values()  # another part of the window may have changed one

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self._clear_search()
            self.search.setFocus()
        else:
            super().keyPressEvent(event)
