"""The settings themselves: pages below each other, of which one is shown, or what a search found on any."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.settings.schema import PAGES, SETTINGS, PageKey, Value
from starling.ui.dictation.head import TAKEN, DictationHead
from starling.ui.insertion.opening import InsertionFoot
from starling.ui.keys.card import KeysCard
from starling.ui.kit.column import Column
from starling.ui.kit.text import wrapped
from starling.ui.look.tokens import SPACE_M, SPACE_S, SPACE_XL
from starling.ui.overlay.note import OverlayNote
from starling.ui.power.card import PowerCard
from starling.ui.preferences import texts
from starling.ui.preferences.changes import Changes
from starling.ui.preferences.page import PageView
from starling.ui.preferences.privacy import Privacy
from starling.ui.preferences.row import Row
from starling.ui.preferences.search import Entry, find
from starling.ui.preferences.surroundings import Surroundings


class Form(QScrollArea):
    """One control for every setting. Pages are built when they are first shown.

    Attributes:
        clear_requested: somebody gave up a search that found nothing.
        grown: a page has been built.
        page: the page that is shown while nothing is searched for.
    """

    clear_requested = Signal()
    grown = Signal()

    def __init__(
        self, around: Surroundings, changes: Changes, taken: Iterable[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._around = around
        self._changes = changes
        self._taken = frozenset(taken)
        self._entries: tuple[Entry, ...] = ()
        self.page: PageKey = PAGES[0].key
        self.views: dict[PageKey, PageView] = {}
        self.nothing = NothingFound()
        self.nothing.clear.clicked.connect(self.clear_requested)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._places = {page.key: QVBoxLayout() for page in PAGES}  # in order, whichever is built first
        self.inside = self._make_inside()
        self.setWidget(self.inside)
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        self._keep_width()
        changes.changed.connect(self._on_changed)
        changes.refused.connect(self._on_refused)
        changes.unsaved.connect(self._on_unsaved)
        changes.saved.connect(self._on_saved)

    def _make_inside(self) -> QWidget:
        inside = Column()
        column = QVBoxLayout(inside)
        column.setSpacing(SPACE_XL)
        column.addWidget(self.nothing)
        for place in self._places.values():
            column.addLayout(place)
        column.addStretch(1)
        return inside

    def _keep_width(self) -> None:
        """Leave the scroll bar's room empty while there is none, so that nothing moves when it comes."""
        bar = self.verticalScrollBar()
        layout = self.inside.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, SPACE_S + (0 if bar.maximum() else bar.sizeHint().width()), 0)

    @property
    def rows(self) -> dict[str, Row]:
        """The rows that have been built, by key."""
        return {key: row for view in self.views.values() for key, row in view.rows.items()}

    def show_page(self, page: PageKey) -> None:
        """Show one page."""
        self.page = page
        shown = self._view(page)
        self.nothing.hide()
        for view in self.views.values():
            view.show_all()
            view.setVisible(view is shown)
        self.verticalScrollBar().setValue(0)

    def show_found(self, query: str) -> int:
        """Show what is found on any page, and return how many settings that are."""
        keys = set(find(query, self._search_entries()))
        for page in PAGES:
            view = self._view(page.key)
            view.setVisible(view.show_found(keys, query))
        self.nothing.show_query("" if keys else query)
        self.verticalScrollBar().setValue(0)
        return len(keys)

    def show_values(self) -> None:
        """Show what is in use now, but for what somebody is just changing."""
        for key, row in self.rows.items():
            if not row.editor.pending:
                self._show_value(key, row)

    def focus_first(self) -> None:
        """Give the focus to the first setting that is shown."""
        for setting in SETTINGS:
            row = self.rows.get(setting.key)
            if row is not None and row.isVisible() and row.isEnabled():
                row.editor.field.setFocus(Qt.FocusReason.OtherFocusReason)
                self.ensureWidgetVisible(row)
                return

    def focus_on(self, key: str) -> None:
        """Bring a setting into view and give it the focus; nothing for a key of no setting."""
        row = self.rows.get(key)
        if row is not None:
            self.views[row.setting.page].reveal(key)
            row.editor.field.setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, row, lambda: self.ensureWidgetVisible(row, 0, SPACE_M))  # once it has its place

    def commit(self) -> None:
        """Take what is being typed."""
        for row in self.rows.values():
            row.editor.commit()

    def build_next(self) -> bool:
        """Build one page that has not been shown yet; False when there is none."""
        page = next((page.key for page in PAGES if page.key not in self.views), None)
        if page is not None:
            self._view(page)
        return page is not None

    def _view(self, page: PageKey) -> PageView:
        if page not in self.views:
            declared = next(declared for declared in PAGES if declared.key == page)
            view = PageView(declared, self._around, self._taken | (TAKEN if page == "dictation" else frozenset()))
            view.setVisible(False)
            self.views[page] = view
            if page == "history":
                view.add_foot(Privacy(self._around.service))
            if page == "insertion":
                view.add_foot(InsertionFoot(self._around.settings))
            if page in ("keys", "power"):
                card = (KeysCard if page == "keys" else PowerCard)(self._around.service)
                self._around.bridge.event.connect(card.on_event)
                view.add_head(card)
            if page == "dictation":
                self._add_lists(view)
                note = OverlayNote()
                if note.needed:
                    view.add_foot(note)
            self._places[page].addWidget(view)
            self._connect(view)
            self.grown.emit()
        return self.views[page]

    def _add_lists(self, view: PageView) -> None:
        head = DictationHead(self._around.settings)
        head.settings_shown.connect(view.show_settings)
        head.grown.connect(self.grown)
        view.settings_wanted.connect(head.show_settings)
        self._changes.changed.connect(head.setting_changed)
        view.add_head(head)

    def _connect(self, view: PageView) -> None:
        for key, row in view.rows.items():
            row.editor.changed.connect(lambda value, key=key: self._changes.set(key, value))
            row.reset_requested.connect(lambda key=key: self._changes.reset([key]))
            self._show_value(key, row)
        for row in view.rows.values():
            self._show_need(row)

    def stops(self) -> list[QWidget]:
        """What Tab visits, in the order in which it stands on the pages built so far."""
        built = [view for page in PAGES if (view := self.views.get(page.key)) is not None]
        return [self.nothing.clear, *(stop for view in built for stop in view.stops())]

    def _show_value(self, key: str, row: Row) -> None:
        row.show_value(self._value(key), is_default=self._changes.is_default(key))

    def _show_need(self, row: Row) -> None:
        needed = row.setting.needs
        if needed:
            row.show_need("" if self._value(needed) else self._title(needed))

    def _value(self, key: str) -> Value:
        return self._around.settings.get(key)

    def _title(self, key: str) -> str:
        return next(texts.title(setting) for setting in SETTINGS if setting.key == key)

    def _search_entries(self) -> tuple[Entry, ...]:
        pages = {page.key: page for page in PAGES}
        self._entries = self._entries or tuple(texts.entry(setting, pages[setting.page]) for setting in SETTINGS)
        return self._entries

    def _on_changed(self, key: str) -> None:
        rows = self.rows
        if key in rows:
            self._show_value(key, rows[key])
            rows[key].show_error(None)
        for row in rows.values():
            if row.setting.needs == key:
                self._show_need(row)

    def _on_refused(self, key: str, error: StarlingError) -> None:
        self._view_of(key).rows[key].show_error(error, self._value(key))
        self._show_value(key, self.rows[key])

    def _on_unsaved(self, key: str, error: StarlingError) -> None:
        self._view_of(key).rows[key].show_error(error, self._value(key))

    def _on_saved(self, key: str) -> None:
        if (row := self.rows.get(key)) is not None:
            row.show_error(None)

    def _view_of(self, key: str) -> PageView:
        return self._view(next(setting.page for setting in SETTINGS if setting.key == key))


class NothingFound(QWidget):
    """Says that a search found nothing, and offers to end it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = wrapped()
        self.clear = QPushButton(self.tr("C&lear the search"))
        self.clear.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_XL, 0, 0)
        column.setSpacing(SPACE_M)
        column.addWidget(self.text)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_query(self, query: str) -> None:
        """Name the words that were not found; empty: hide."""
        self.text.setText(self.tr("No setting matches “{query}”.").format(query=query.strip()))
        self.setVisible(bool(query))
