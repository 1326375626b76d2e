"""What differs in one application, as choices beside their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QWidget

from starling.dictation.insertion.chords import CHORDS
from starling.dictation.text.rules import Profile
from starling.settings.insertion import INSERTION
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.preferences import texts
from starling.ui.preferences.editor import WheelGuard

translate = QCoreApplication.translate
_WAY = next(setting for setting in INSERTION if setting.key == "insertion.way")


def options(name: str) -> list[tuple[str, Any]]:
    """What can be chosen for a field of a profile, as (label, value); first what is everywhere."""
    everywhere = translate("Profiles", "As everywhere")
    if name == "way":
        return [(everywhere, ""), *((text, key) for key, text in texts.choices(_WAY) if key != "auto")]
    if name == "chord":
        known = translate("Profiles", "What is known of it")
        return [(known, ""), *((chord_word(chord), chord) for chord in CHORDS)]
    if name == "newline":
        return [
            (everywhere, None),
            (translate("Profiles", "Kept"), "keep"),
            (translate("Profiles", "Written as spaces"), "space"),
            (translate("Profiles", "Enter at the end of a text"), "enter"),
        ]
    return [(everywhere, None), (translate("Profiles", "On"), True), (translate("Profiles", "Off"), False)]


def chord_word(chord: str) -> str:
    """A chord as it stands on keys."""
    return "+".join(part.capitalize() for part in chord.split("+"))


def titles() -> dict[str, str]:
    """What the fields are called, with a letter to reach each."""
    return {
        "way": translate("Profiles", "&Way of insertion"),
        "chord": translate("Profiles", "Keys that &paste"),
        "formatting": translate("Profiles", "Spo&ken punctuation"),
        "capitals": translate("Profiles", "Capitals at the &beginning"),
        "numbers": translate("Profiles", "&Numbers in digits"),
        "trailing_space": translate("Profiles", "&Space at the end"),
        "newline": translate("Profiles", "New &lines"),
    }


def summary(profile: Profile) -> str:
    """All that differs, in one line."""
    if profile.never:
        return translate("Profiles", "Never typed into")
    said = []
    for name, text in titles().items():
        value = getattr(profile, name)
        if value not in ("", None):
            label = next((label for label, other in options(name) if other == value), str(value))
            said.append(f"{text.replace('&', '')}: {label}")
    if profile.replacements:
        said.append(translate("Profiles", "replacements: {count}").format(count=len(profile.replacements)))
    return " · ".join(said) or translate("Profiles", "As everywhere")


class ProfileForm(QWidget):
    """Shows a profile.

    Attributes:
        changed: the name of a field, and the value that was chosen.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.never = QCheckBox(self.tr("Ne&ver type into this application"))
        self.boxes: dict[str, QComboBox] = {}
        self._labels: list[QLabel] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_M)
        grid.setVerticalSpacing(SPACE_S)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.never, 0, 0, 1, 2)
        for row, (name, text) in enumerate(titles().items(), 1):
            label, box = QLabel(text), QComboBox()
            label.setBuddy(box)
            box.setAccessibleName(text.replace("&", ""))
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            box.installEventFilter(WheelGuard(self))
            for word, value in options(name):
                box.addItem(word, value)
            box.activated.connect(lambda _, name=name, box=box: self.changed.emit(name, box.currentData()))
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
            self.boxes[name] = box
            self._labels.append(label)
        self.never.clicked.connect(lambda on: self.changed.emit("never", on))

    def show_profile(self, profile: Profile | None) -> None:
        """Show one; None: there is none to show."""
        self.setEnabled(profile is not None)
        shown = profile or Profile("")
        self.never.setChecked(shown.never)
        for name, box in self.boxes.items():
            value = getattr(shown, name)
            box.setCurrentIndex(next(at for at in range(box.count()) if box.itemData(at) == value))
        for widget in (*self.boxes.values(), *self._labels):
            widget.setEnabled(profile is not None and not shown.never)

    def stops(self) -> Iterator[QWidget]:
        """What Tab visits, in order."""
        yield self.never
        yield from self.boxes.values()


def with_field(profile: Profile, name: str, value: Any) -> Profile:
    """The profile with another value."""
    return replace(profile, **{name: value})
