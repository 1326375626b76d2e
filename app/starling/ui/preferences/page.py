"""One page of the dialog: its settings, the rare ones on request."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from starling.settings.schema import SETTINGS, Page, Setting
from starling.ui.dictation.head import DictationHead
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.text import label, wrapped
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.preferences import texts
from starling.ui.preferences.factory import make_editor
from starling.ui.preferences.mnemonics import marked
from starling.ui.preferences.row import Row
from starling.ui.preferences.surroundings import Surroundings


def settings_of(page: Page) -> list[Setting]:
    """The settings that a page shows, in the order of declaration."""
    return [setting for setting in SETTINGS if setting.page == page.key]


class PageView(QWidget):
    """The rows of a page.

    Attributes:
        rows: by the key of their setting.
        settings_wanted: a setting is to be seen while something else stands in the settings' place.
    """

    settings_wanted = Signal()

    def __init__(self, page: Page, around: Surroundings, taken: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self.rows: dict[str, Row] = {}
        self._taken = set(taken)
        self._searching = True  # so that the first show_all shows all
        self._expanded = False
        self._aside = False
        declared = settings_of(page)
        self.setAccessibleName(texts.title(page))
        self.heading = label(texts.title(page), "title")
        self.note = wrapped(tone="muted")
        self.note.setText(texts.note(page))
        self.common = Group(self._rows([s for s in declared if not s.advanced], around))
        self.more = self._more_button()
        self.rare = Group(self._rows([s for s in declared if s.advanced], around))
        self._head: list[QWidget] = []
        self._foot: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._arrange()
        self.show_all()

    def _more_button(self) -> IconButton:
        button = IconButton("chevron-right", "", text=True)
        button.clicked.connect(lambda: self._show_rare(not self._expanded))
        return button

    def _arrange(self) -> None:
        column = self._column
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_M)
        for widget in (self.heading, self.note, self.common):
            column.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(self.more)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.rare)

    def _rows(self, declared: Iterable[Setting], around: Surroundings) -> Iterator[Row]:
        for setting in declared:
            row = Row(setting, make_editor(setting, around), marked(texts.title(setting), self._taken))
            self.rows[setting.key] = row
            yield row

    def show_all(self) -> None:
        """Show the page as it is without a search."""
        if not self._searching:
            return
        self._searching = False
        for row in self.rows.values():
            row.setVisible(True)
            row.highlight("")
        self.note.setVisible(bool(self.note.text()))
        self._show_foot(True)
        self.show_settings(not self._aside)

    def show_settings(self, on: bool) -> None:
        """Show the page's settings, or leave their place to what was added above them."""
        self._aside = not on
        if not self._searching:
            self.common.setVisible(on)
            self.more.setVisible(on and bool(self.rare.rows))
            self._show_rare(self._expanded)

    def show_found(self, keys: Collection[str], query: str) -> bool:
        """Show only the settings that were found; whether there is one."""
        self._searching = True
        for key, row in self.rows.items():
            row.setVisible(key in keys)
            row.highlight(query if key in keys else "")
        self.note.setVisible(False)
        self.more.setVisible(False)
        self._show_foot(False)
        for group in (self.common, self.rare):
            group.setVisible(any(row.setting.key in keys for row in group.rows))
        return any(key in keys for key in self.rows)

    def reveal(self, key: str) -> None:
        """Make sure that a setting's row is shown."""
        if self._aside:
            self.settings_wanted.emit()
        if self.rows[key].setting.advanced:
            self._show_rare(True)

    def stops(self) -> Iterator[QWidget]:
        """What Tab visits, in the order in which it stands on the page."""
        for widget in self._head:
            yield from widget.stops() if isinstance(widget, DictationHead) else widget.findChildren(QPushButton)
        for row in self.common.rows:
            yield from row.stops()
        yield self.more
        for row in self.rare.rows:
            yield from row.stops()
        for widget in self._foot:
            yield from widget.findChildren(QPushButton)

    def add_head(self, widget: QWidget) -> None:
        """Add what belongs above the settings and is none."""
        self._head.append(widget)
        self._column.insertWidget(self._column.indexOf(self.common), widget)

    def add_foot(self, widget: QWidget) -> None:
        """Add what belongs to the page and is no setting."""
        self._foot.append(widget)
        self._column.addWidget(widget)

    def _show_rare(self, on: bool) -> None:
        self._expanded = on
        self.more.set_icon("chevron-down" if on else "chevron-right", "text_muted")
        self.more.set_name(self.tr("Hide advanced settings") if on else self.tr("Show advanced settings"))
        if not self._searching:
            self.rare.setVisible(on and not self._aside and bool(self.rare.rows))

    def _show_foot(self, on: bool) -> None:
        for widget in (*self._head, *self._foot):
            widget.setVisible(on)


class Group(QFrame):
    """Rows in one frame, a line between two that are shown."""

    def __init__(self, rows: Iterable[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = list(rows)
        self.setProperty("part", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_S // 2, 0, SPACE_S // 2)
        column.setSpacing(0)
        for row in self.rows:
            column.addWidget(row)
