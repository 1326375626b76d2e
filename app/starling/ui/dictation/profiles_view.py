"""The editor of the profiles of applications, and what takes the application in front."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.dictation.text import profile_rows, profiles
from starling.dictation.text.rules import Profile
from starling.ui.dictation import words
from starling.ui.dictation.desk import Desk, Everything
from starling.ui.dictation.notes import Notes
from starling.ui.dictation.profile_form import ProfileForm, summary, with_field
from starling.ui.kit.text import wrapped
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_S

WAIT_S = 3
SECOND_MS = 1000
ROWS = 3
_NAME = Qt.ItemDataRole.UserRole
OWN = frozenset(("starling", "io.github.starling.starling"))


class ProfilesView(QWidget):
    """A list of applications, and what differs in the chosen one.

    Attributes:
        chosen_shown: the application that is chosen; empty for none.
    """

    chosen_shown = Signal(str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._profiles: tuple[Profile, ...] = ()
        self._removed: list[tuple[int, Profile]] = []
        self._wanted = ""
        self.about = wrapped("caption", "muted")
        self.about.setText(words.about("profiles"))
        self.name = QLineEdit()
        self.add = QPushButton(self.tr("A&dd"))
        self.pick = QPushButton()
        self.listed = QListWidget()
        self.reason = wrapped("caption")
        self.form = ProfileForm()
        self.remove = QPushButton(self.tr("D&elete"))
        self.notes = Notes()
        self._left_s = 0
        self._clock = QTimer(self, interval=SECOND_MS)
        self._arrange()
        self._connect()
        self._show_clock()
        self._show_chosen()

    def _arrange(self) -> None:
        self.name.setPlaceholderText(self.tr("Class or id, as xterm or *terminal*"))
        self.name.setAccessibleName(self.tr("New application"))
        self.pick.setToolTip(self.tr("Bring the application to the front while it counts down."))
        self.listed.setAccessibleName(words.title("profiles"))
        self.listed.setFixedHeight(ROWS * (self.listed.fontMetrics().height() + 2 * SPACE_S) + 2 * SPACE_S)
        self.listed.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.listed.setTextElideMode(Qt.TextElideMode.ElideRight)
        for button in (self.add, self.pick, self.remove):
            button.setAutoDefault(False)
        line, foot = QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((line, (self.name, self.add, self.pick)), (foot, (self.reason, self.remove))):
            row.setSpacing(SPACE_S)
            for at, widget in enumerate(widgets):
                row.addWidget(widget, 0 if at else 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_S)
        column.addWidget(self.about)
        column.addLayout(line)
        column.addWidget(self.notes)
        column.addWidget(self.listed)
        column.addLayout(foot)
        column.addWidget(self.form)

    def _connect(self) -> None:
        self.name.returnPressed.connect(self.add_named)
        self.add.clicked.connect(self.add_named)
        self.pick.clicked.connect(self.count_down)
        self._clock.timeout.connect(self._tick)
        self.listed.currentRowChanged.connect(self._show_chosen)
        self.form.changed.connect(self._change)
        self.remove.clicked.connect(self.remove_chosen)
        self.notes.undo.connect(self.bring_back)
        context = Qt.ShortcutContext.WidgetShortcut
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.listed, self.remove_chosen, context=context)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self.listed, self.bring_back, context=context)

    def stops(self) -> Iterator[QWidget]:
        """What Tab visits, in order."""
        yield from (self.name, self.add, self.pick, self.notes.button, self.listed, self.remove)
        yield from self.form.stops()

    # -- what is there ---------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Profile | None:
        """The profile that is chosen."""
        row = self.listed.currentRow()
        return self._profiles[row] if 0 <= row < len(self._profiles) else None

    def show_lists(self, found: Everything) -> None:
        """Show the profiles as they are now."""
        was, at = self.chosen, self.listed.currentRow()
        wanted = self._wanted or (was.application if was else "")
        self._wanted = ""
        self._profiles = found.profiles
        with QSignalBlocker(self.listed):
            self.listed.clear()
            for place, profile in enumerate(found.profiles):
                self.listed.addItem(self._item(profile, found.covered.get(place, "")))
            names = [profiles.key_of(profile.application) for profile in found.profiles]
            key = profiles.key_of(wanted)
            self.listed.setCurrentRow(names.index(key) if key in names else min(max(at, 0), len(names) - 1))
        self.notes.show_fault(found.faults.get("profiles", ""))
        self._show_chosen()

    def show_error(self, error: StarlingError) -> None:
        """Say why something was not done."""
        self._wanted = ""
        self.notes.show_error(error)
        self._show_chosen()

    def _item(self, profile: Profile, cover: str) -> QListWidgetItem:
        item = QListWidgetItem(f"{profile.application}  –  {summary(profile)}")  # noqa: RUF001 - a dash
        if cover:
            said = self.tr("Never used: “{other}” stands before it and fits first.").format(other=cover)
            item.setIcon(icon("warning", "warning"))
            item.setToolTip(said)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, said)
        else:
            item.setToolTip(summary(profile))
        return item

    def _show_chosen(self) -> None:
        item = self.listed.currentItem()
        profile = self.chosen
        self.form.show_profile(profile)
        self.chosen_shown.emit(profile.application if profile else "")
        self.remove.setEnabled(profile is not None)
        said = str(item.data(Qt.ItemDataRole.AccessibleDescriptionRole) or "") if item is not None else ""
        self.reason.setText(said if profile else self.tr("No application has a profile yet."))

    # -- changes -----------------------------------------------------------------------------------------------------

    def add_named(self) -> None:
        """Make a profile for the name in the field."""
        try:
            name = profile_rows.checked_application(self.name.text())
        except StarlingError as error:
            self.notes.show_error(error)
            self.name.setFocus()
            return

        def added(_: Profile) -> None:
            self._wanted = name
            self.name.clear()
            self.notes.show_done("")

        self._desk.change(lambda place: profiles.put(place, name, lambda profile: profile), added)

    def _change(self, field: str, value: object) -> None:
        profile = self.chosen
        if profile is not None:
            name = profile.application
            self._desk.change(
                lambda place: profiles.put(place, name, lambda now: with_field(now, field, value), new=False),
                lambda _: self.notes.show_done(""),
            )

    def remove_chosen(self) -> None:
        """Delete the chosen profile; it can be had back."""
        profile = self.chosen

        def removed(taken: list[tuple[int, Profile]]) -> None:
            self._removed = taken
            self.notes.show_undo(words.deleted(len(taken)))

        if profile is not None:
            self._desk.change(lambda place: profiles.remove(place, [profile.application]), removed)

    def bring_back(self) -> None:
        """Undo the last deletion."""
        removed, self._removed = self._removed, []
        if removed:
            self._wanted = removed[0][1].application
            self.notes.show_done("")
            self.listed.setFocus()
            self._desk.change(lambda place: profiles.bring_back(place, removed))

    # -- the application in front ------------------------------------------------------------------------------------

    def count_down(self) -> None:
        """Take the application that is in front when the time is over; pressed again: do not."""
        if self._clock.isActive():
            self._clock.stop()
            self._left_s = 0
        else:
            self._left_s = WAIT_S
            self._clock.start()
        self._show_clock()

    def _show_clock(self) -> None:
        self.pick.setText(
            self.tr("In front in {seconds} s…").format(seconds=self._left_s)
            if self._left_s
            else self.tr("&Take the one in front in {seconds} s").format(seconds=WAIT_S)
        )

    def _tick(self) -> None:
        self._left_s -= 1
        self._show_clock()
        if self._left_s <= 0:
            self._clock.stop()
            self._desk.run(look, self._picked)

    def _picked(self, application: str | StarlingError) -> None:
        if isinstance(application, StarlingError):
            self.notes.show_error(application)
            return
        self.name.setText(application)
        self.notes.show_done("")
        self.name.setFocus()


def look() -> str:
    """The application in front. Raises StarlingError ``dictation.no_application``."""
    from starling.dictation.surroundings import target

    name = target().application.lower()
    if not name:
        raise StarlingError(
            "dictation.no_application",
            "This desktop does not tell which application is in front.",
            "Write its class or id yourself; the application's .desktop file or its manual names it.",
        )
    if name in OWN:
        raise StarlingError(
            "dictation.no_application",
            "Starling itself was in front.",
            "Bring the application to the front while it counts down.",
        )
    return name
