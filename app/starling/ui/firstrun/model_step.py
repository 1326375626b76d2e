"""The second step: a recommendation from a short measurement; download it, or go on without."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from starling.pipeline import events
from starling.pipeline.advice import Advice, advise
from starling.pipeline.panel import Panel
from starling.ui.firstrun import presenter
from starling.ui.firstrun.base import StepView, spoken_language
from starling.ui.kit.card import Card
from starling.ui.kit.row import ValueRow
from starling.ui.kit.text import restyle, wrapped
from starling.ui.look.icons import icon
from starling.ui.look.tokens import SPACE_S
from starling.ui.models import figures
from starling.ui.models import presenter as page
from starling.ui.preferences.surroundings import Surroundings
from starling.ui.preferences.writer import SettingsWriter

STARTER = "starter"
PER_MILLE = 1000


class ModelStep(StepView):
    """Measures the starter when it is entered first; contacts no server before the download is pressed."""

    def __init__(self, around: Surroundings, writer: SettingsWriter, parent: QWidget | None = None) -> None:
        super().__init__(around, writer, parent)
        self._models: tuple[events.ModelShown, ...] = ()
        self._machine = events.MachineShown()
        self._starter: events.Measurement | None = None
        self._work: dict[str, events.ModelWork] = {}
        self._failed = ""
        self._advice = Advice("", "unmeasured")
        self._asked = False
        self.measured, self.advice, self.working = wrapped(), wrapped("title"), wrapped("body", "muted")
        self.bar, self.progress = QProgressBar(), wrapped("caption", "muted")
        self.download, self.pause = QPushButton(icon("download", "on_accent"), ""), QPushButton(self.tr("&Pause"))
        self.cancel, self.starter = QPushButton(self.tr("&Cancel")), QPushButton(self.tr("&Try with the starter"))
        self.card = Card(self.tr("For that sentence, on this machine"), "gauge")
        self.rows: list[ValueRow] = []
        self._lay_out()
        self._show()

    def entered(self) -> None:
        """Ask what there is, and measure once."""
        service = self.around.service
        service.look_at_machine()
        service.list_models()
        if not self._asked:
            self._asked, self._failed = True, ""
            service.test_model(STARTER)
            self._show()

    def hear(self, event: events.Event) -> None:
        """What was measured and what goes on."""
        match event:
            case events.MachineShown():
                self._machine = event
            case events.ModelsShown(error=None):
                self._models = event.models
            case events.ModelMeasured(name="starter", measured=measured):
                self._starter = measured
            case events.ModelWork(name="starter", work="test", stage="failed"):
                self._fail(page.failure(event))
            case events.Stopped(error=error):
                self._work = {}
                self._fail(page.told(error.to_json()) if error is not None else "")
            case events.ModelWork():
                self._work = page.after(self._work, event)
                if event.work == "install" and event.stage == "done" and event.name == self._advice.name:
                    self._installed(event.name)
            case _:
                return
        self._show()

    def show_panel(self, panel: Panel) -> None:
        """Which recogniser works now."""
        self.working.setText(presenter.working_now(panel))

    # -- inside --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        restyle(self.download, "kind", "primary")
        self.starter.setToolTip(self.tr("It understands clear, short commands in English and needs no download"))
        self.bar.setRange(0, PER_MILLE)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(SPACE_S)
        self.bar.setAccessibleName(self.tr("Progress of the download"))
        keep = self.bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keep)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_S)
        for button in (self.download, self.pause, self.cancel, self.starter):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        buttons.addStretch(1)
        above: tuple[QWidget, ...] = (self.measured, self.advice, self.card)
        below: tuple[QWidget, ...] = (self.bar, self.progress, self.problem, self.working)
        for widget in above:
            self.column.addWidget(widget)
        self.column.addLayout(buttons)
        for widget in below:
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.download.clicked.connect(lambda: self.around.service.install_model(self._advice.name))
        self.pause.clicked.connect(lambda: self.around.service.pause_model(self._advice.name))
        self.cancel.clicked.connect(lambda: self.around.service.cancel_model(self._advice.name))
        self.starter.clicked.connect(lambda: self.keep("stt.model", STARTER))
        self.show_panel(self.around.bridge.panel)

    def _show(self) -> None:
        if self._work_of_download() is None:  # while one is downloaded the recommendation stays
            language = spoken_language(self.around.settings.read("stt.language", str))
            self._advice = advise(self._models, self._starter, self._machine, language)
        self.measured.setText(presenter.measured_text(self._starter, self._failed))
        self.advice.setText(presenter.advice_text(self._advice, self._models))
        self._show_estimates()
        self._show_download()

    def _show_estimates(self) -> None:
        lines = presenter.estimate_lines(self._advice) if self._starter is not None else ()
        while len(self.rows) < len(lines):
            row = ValueRow("")
            row.align_right()
            self.rows.append(row)
            self.card.body.addWidget(row)
        for row, (title, expected) in zip(self.rows, lines, strict=False):
            row.name.setText(title)
            row.set_value(expected)
            row.setAccessibleName(f"{title}: {expected}")
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(lines))
        self.card.setVisible(bool(lines))

    def _work_of_download(self) -> events.ModelWork | None:
        work = self._work.get(self._advice.name)
        return work if work is not None and work.work == "install" and work.stage != "failed" else None

    def _show_download(self) -> None:
        model = next((each for each in self._models if each.name == self._advice.name), None)
        work = self._work_of_download()
        runs = work is not None and work.goes_on
        self.download.setVisible(model is not None and not model.installed and not runs)
        if model is not None:
            size = figures.size(model.size_bytes, model.exact)
            paused = work is not None and work.stage == "paused"
            text = self.tr("&Go on with {title}") if paused else self.tr("&Download {title} ({size})")
            self.download.setText(text.format(title=model.title, size=size))
        for button in (self.pause, self.cancel):
            button.setVisible(runs)
        self.bar.setVisible(work is not None)
        told = self._told(model, work)
        self.progress.setText(told)
        if work is not None:
            self.bar.setValue(round(PER_MILLE * work.share))
            self.bar.setAccessibleDescription(told)

    def _told(self, model: events.ModelShown | None, work: events.ModelWork | None) -> str:
        if work is not None and model is not None:
            look = page.look(page.Known(models=self._models, work=self._work), model)
            return "" if look.work is None else look.work.text
        failed = self._work.get(self._advice.name)
        if failed is not None and failed.stage == "failed":
            return page.failure(failed)
        if model is not None and model.installed:
            return self.tr("It is installed.")
        return self.tr("You can go on without: what comes with Starling works without any download.")

    def _fail(self, why: str) -> None:
        """Nothing is measured any more; it is tried again when the step is entered again."""
        if self._starter is None:
            self._failed, self._asked = why, False

    def _installed(self, name: str) -> None:
        """Use the largest that is installed, which this one is by the rule, and measure it."""
        self.keep("stt.model", "")
        self.around.service.test_model(name)
