"""What the steps have in common."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.settings.schema import SETTINGS, Setting, Value
from starling.ui.look.tokens import SPACE_M
from starling.ui.preferences import texts
from starling.ui.preferences.editor import Editor
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.verdict import Verdict
from starling.ui.preferences.writer import SettingsWriter


class StepView(QWidget):
    """One step: it hears of events while the dialog lives and asks for what it needs when it is entered.

    Args:
        around: the running assistant and the settings.
        writer: saves what is chosen.

    Attributes:
        problem: why something chosen could not be kept; hidden while nothing is wrong.
    """

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.around = around
        self.writer = writer
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(SPACE_M)
        self.problem = Verdict()
        self.problem.hide()

    def entered(self) -> None:
        """It is seen from now on."""

    def left(self) -> None:
        """Another step is seen from now on."""

    def hear(self, event: events.Event) -> None:
        """An event of the pipeline."""

    def show_panel(self, panel: Panel) -> None:
        """The panel has changed."""

    def first(self) -> QWidget | None:
        """What takes the keyboard when the step is entered; None for the button that leads on."""
        return None

    def keep(self, key: str, value: Value) -> None:
        """Use a setting from now on and save it."""
        try:
            self.around.settings.use(key, value)
        except StarlingError as error:
            self.tell(error)
            return
        self.writer.save(key)
        self.around.service.apply()

    def tell(self, error: StarlingError | None) -> None:
        """Say what is wrong; None: nothing any more."""
        self.problem.show_state("bad", "" if error is None else f"{error.message} {error.fix}".strip())
        self.problem.setVisible(error is not None)

    def bind(self, editor: Editor) -> None:
        """Let an editor show its setting and change it."""
        setting = editor.setting
        editor.set_names(texts.title(setting), texts.description(setting))
        editor.show_value(self.around.settings.get(setting.key))
        editor.changed.connect(lambda value: self.keep(setting.key, value))
        editor.problem.connect(self.tell)


def declared(key: str) -> Setting:
    """The declaration of a setting."""
    return next(setting for setting in SETTINGS if setting.key == key)


def spoken_language(chosen: str) -> str:
    """The language that will be spoken, ISO 639-1: the setting's, or else the desktop's; English where it has none."""
    if chosen != "auto":
        return chosen
    locale = QLocale()
    return "en" if locale.language() is QLocale.Language.C else locale.name().partition("_")[0]
