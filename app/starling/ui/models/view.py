"""What is on the page of models: the list, one model, and the ways to get more."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.pipeline.service import Service
from starling.settings.store import Settings
from starling.ui.bridge import Bridge
from starling.ui.kit.banner import Banner, BannerKind
from starling.ui.kit.searching import dress
from starling.ui.kit.text import ElidedLabel, label
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_M, SPACE_S
from starling.ui.models import figures, presenter
from starling.ui.models.detail import ModelDetail
from starling.ui.models.drop import DropVeil, local_paths
from starling.ui.models.model_list import ModelList
from starling.ui.models.presenter import Known
from starling.ui.preferences.asking import ask
from starling.ui.preferences.writer import SettingsWriter

LIST_SHARE, DETAIL_SHARE = 4, 6
_SETTINGS = {True: ("stt.model", "stt.tier"), False: ("tts.model", "tts.tier")}
"""Model and tier of recognisers (True), and of voices."""


class ModelsView(QWidget):
    """Shows what the service tells, sends it what the user wants, and writes the setting of the model in use.

    A file or folder can be dropped on it; the two buttons above the list are the keyboard's way to the same.
    """

    def __init__(self, service: Service, bridge: Bridge, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Models"))
        self.setAcceptDrops(True)
        self._service, self._settings = service, settings
        self._writer = SettingsWriter(settings)
        self._known = Known(panel=bridge.panel)
        self._failed = ""
        self.search, self.list, self.detail = QLineEdit(), ModelList(), ModelDetail()
        self.folder_button = QPushButton(icon("folder"), self.tr("Import a &folder"))
        self.file_button = QPushButton(icon("add"), self.tr("Import a f&ile"))
        self.place, self.empty = ElidedLabel(), label("", "body", "muted")
        self.banner: Banner | None = None
        self.veil = DropVeil(self)
        self._lay_out()
        self._connect(bridge)
        self._show()

    def look(self) -> None:
        """Ask what is there now."""
        self._service.list_models()

    # -- building ------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.search.setPlaceholderText(self.tr("Search name, language, licence"))
        self.search.setAccessibleName(self.tr("Search models"))
        dress(self.search)
        self.folder_button.setToolTip(self.tr("Whisper or Kokoro, as a folder; it can also be dropped on this page"))
        self.file_button.setToolTip(self.tr("An archive or a model's file; it can also be dropped on this page"))
        self.place.setProperty("tone", "muted")
        top = QHBoxLayout()
        top.setSpacing(SPACE_S)
        top.addWidget(self.search, 1)
        for button in (self.folder_button, self.file_button):
            button.setAutoDefault(False)
            button.setAccessibleDescription(button.toolTip())
            top.addWidget(button)
        both = QHBoxLayout()
        both.setSpacing(SPACE_M)
        both.addWidget(self.list, LIST_SHARE)
        both.addWidget(self.detail, DETAIL_SHARE)
        both.addWidget(self.empty, LIST_SHARE + DETAIL_SHARE, Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_S)
        self._column.addLayout(top)
        self._column.addLayout(both, 1)
        self._column.addWidget(self.place)

    def _connect(self, bridge: Bridge) -> None:
        bridge.event.connect(self._hear)
        bridge.panel_changed.connect(self._show_panel)
        self.search.textChanged.connect(self._show)
        self.list.chosen.connect(self._show_detail)
        self.detail.acted.connect(self._act)
        self.folder_button.clicked.connect(partial(self.choose, folder=True))
        self.file_button.clicked.connect(partial(self.choose, folder=False))
        self._writer.failed.connect(lambda _, error: self._tell("error", f"{error.message} {error.fix}"))

    # -- what is told --------------------------------------------------------------------------------------------

    def _hear(self, event: events.Event) -> None:
        match event:
            case events.ModelsShown(error=None):
                self._learn(models=event.models)
                self._say_where(event)
            case events.ModelsShown(error=error):
                self._failed = presenter.told(error or {})
                self._show()
            case events.ModelWork():
                self._learn(work=presenter.after(self._known.work or {}, event))
                self._say_outcome(event)
            case events.Stopped(error=error):
                self._failed = "" if error is None else f"{error.message} {error.fix}"
                self._learn(work={})  # what went on has ended with it

    def _show_panel(self, panel: Panel) -> None:
        if (panel.stt, panel.tts) != (self._known.panel.stt, self._known.panel.tts):
            self._learn(panel=panel)

    def _learn(self, **news: object) -> None:
        chosen, voice = (self._settings.read(_SETTINGS[recogniser][0], str) for recogniser in (True, False))
        fields = {"models": self._known.models, "work": self._known.work, "panel": self._known.panel} | news
        self._known = Known(chosen=chosen, voice=voice, **fields)  # type: ignore[arg-type]  # fields of Known
        self._show()

    def _show(self) -> None:
        entries = presenter.entries(self._known, self.search.text())
        self.list.show_entries(entries)
        self._show_detail()
        self.list.setVisible(bool(entries))
        self.detail.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        if self._known.models is None:
            self.empty.setText(self._failed or self.tr("Looking for models"))
        else:
            self.empty.setText(self.tr("No model matches that."))

    def _show_detail(self) -> None:
        model = self._known.find(self.list.name)
        self.detail.show_look(None if model is None else presenter.look(self._known, model))

    def _say_where(self, shown: events.ModelsShown) -> None:
        parts = [self.tr("Only a download needs the network.")]
        if shown.free_bytes is not None:
            parts.append(self.tr("{size} free").format(size=figures.size(shown.free_bytes)))
        parts.append(self.tr("Models are in {folder}").format(folder=shown.folder))
        self.place.setText(" · ".join(parts))
        if shown.fault is not None:
            self._tell("error", presenter.told(shown.fault))

    def _say_outcome(self, event: events.ModelWork) -> None:
        if event.stage == "failed":
            self._tell("error", presenter.failure(event))
        elif text := presenter.outcome(event):
            self._tell("info", text)
            if event.work in ("install", "import"):
                self.list.choose(event.note or event.name)

    def _tell(self, kind: BannerKind, text: str) -> None:
        self._clear()
        self.banner = Banner(kind, text)
        self.banner.dismissed.connect(self._dismiss)
        self._column.insertWidget(1, self.banner)

    def _dismiss(self) -> None:
        self._clear()
        self.list.setFocus()

    def _clear(self) -> None:
        if self.banner is not None:
            self.banner.hide()
            self.banner.deleteLater()
            self.banner = None

    # -- what the user wants -------------------------------------------------------------------------------------

    def _act(self, action: presenter.Action, name: str) -> None:
        service = self._service
        match action:
            case "install" | "resume":
                service.install_model(name)
            case "pause":
                service.pause_model(name)
            case "cancel":
                service.cancel_model(name)
            case "use":
                self._use(name, name)
            case "auto":
                self._use(name, "")
            case "test":
                service.test_model(name)
            case "verify":
                service.verify_model(name)
            case "remove":
                self._ask_to_remove(name)

    def _use(self, name: str, chosen: str) -> None:
        """Recognise or speak with ``chosen`` from now on, as model ``name`` does; empty: with the largest installed."""
        model = self._known.find(name)
        key, tier = _SETTINGS[model is None or model.recogniser]
        self._set(key, chosen)
        if chosen and self._settings.get(tier) == "demo":
            self._set(tier, "auto")  # the demo tier uses no model
        self._service.apply()
        self._learn()

    def _set(self, key: str, value: str) -> None:
        try:
            self._settings.use(key, value)
        except StarlingError as error:
            self._tell("error", f"{error.message} {error.fix}")
        else:
            self._writer.save(key)

    def _ask_to_remove(self, name: str) -> None:
        model = self._known.find(name)
        if model is None:
            return
        ask(
            self,
            self.tr("Remove a model"),
            self.tr("Delete {name} from this machine?").format(name=presenter.title(model)),
            self.tr("{size} are freed. It would have to be downloaded or imported again.").format(
                size=figures.size(model.size_bytes)
            ),
            self.tr("Delete"),
            partial(self._remove, name),
        )

    def _remove(self, name: str) -> None:
        model = self._known.find(name)
        if model is not None and self._known.chosen_for(model) in (model.name, model.path):
            self._use(name, "")  # the next start would look for it in vain
        self._service.remove_model(name)

    # -- importing -----------------------------------------------------------------------------------------------

    def choose(self, folder: bool) -> None:
        """Ask for a folder or a file, and import it."""
        caption = self.tr("Folder of a Whisper or Kokoro model") if folder else self.tr("File or archive of a model")
        dialog = QFileDialog(self, caption)
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, folder)
        dialog.fileSelected.connect(self.bring_in)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def bring_in(self, path: str) -> None:
        """Import a file or folder."""
        self._tell("info", self.tr("{path} is being imported.").format(path=path))
        self._service.import_model(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102 - Qt's
        if local_paths(event.mimeData()):
            event.acceptProposedAction()
            self.veil.cover()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: D102 - Qt's
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: D102 - Qt's
        self.veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102 - Qt's
        self.veil.hide()
        event.acceptProposedAction()
        for path in local_paths(event.mimeData()):
            self.bring_in(path)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        if self.veil.isVisible():
            self.veil.cover()
