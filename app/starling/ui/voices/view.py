"""Everything on the page of voices: the list at the left, the chosen voice and the engines at the right."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.schema import Value
from starling.settings.store import Settings
from starling.ui.look.tokens import FOCUS_ROOM, SPACE_M, SPACE_S
from starling.ui.preferences.writer import SettingsWriter
from starling.ui.voices import memory, presenter, rows, sentences, words
from starling.ui.voices.figures import EnginesCard
from starling.ui.voices.filters import Filters
from starling.ui.voices.listing import VoiceList
from starling.ui.voices.pacing import Pacing
from starling.ui.voices.preview_card import PreviewCard
from starling.ui.voices.rows import Row
from starling.ui.voices.state import DEFAULT_VOICES, State, Told

REPAINT_MS = 50
SAVE_AFTER_MS = 800
"""Of quiet, before an edited sentence is saved."""
NARROW_LETTERS = 76
"""Below so much room, the cards lie under the list."""
LIST_SHARE, CARDS_SHARE = 5, 6


class VoicesView(QWidget):
    """Shows states; tells the service what the user wants."""

    models_wanted = Signal()

    def __init__(self, service: Service, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service, self._settings = service, settings
        self._writer = SettingsWriter(settings)
        self._state = State()
        self._tier = ""
        self._exporting = False
        self._own = memory.load(memory.path())
        self._pacing = Pacing()
        self.filters, self.list = Filters(), VoiceList()
        self.preview, self.engines = PreviewCard(), EnginesCard()
        self._ticks = QTimer(self, interval=REPAINT_MS)
        self._ticks.timeout.connect(self._draw_sound)
        self._save = QTimer(self, interval=SAVE_AFTER_MS, singleShot=True)
        self._save.timeout.connect(self._keep_sentence)
        self.preview.show_sentence(self._own)
        self._lay_out()
        self._connect()
        self.show_settings()
        self._show()

    # -- what is shown -------------------------------------------------------------------------------------------

    def show_state(self, state: State) -> None:
        """Show what is known now."""
        before, self._state = self._state, state
        if state.tiers is not before.tiers:
            self._show_tiers()
        if state.now is not before.now:
            self._follow_preview()
        self.engines.show_state(state)
        self._list()

    def show_settings(self) -> None:
        """Show what the replies are spoken with; it may have been set elsewhere."""
        now = self._now
        if now != getattr(self, "_seen", None):
            self._seen = now
            self.preview.delivery.show_settings(self._settings)
            self._list()

    def add_sound(self, progress: events.PreviewProgress) -> None:
        """More of the preview was made."""
        self._pacing.add(progress.peaks, progress.seconds, time.monotonic())

    def exported(self) -> None:
        """A file was written, or not."""
        self._exporting = False
        self._show()

    @property
    def wish(self) -> presenter.Wish:
        """What the user has before them."""
        row = self.list.current
        tier = self._state.tier(self._tier)
        speed, volume, seed = self.preview.delivery.values
        variant = self.preview.speaker.currentData() or ""
        voice = f"{row.voice.id}+{variant}" if row is not None and variant else row.voice.id if row is not None else ""
        asked = events.Preview(self.preview.sentence.toPlainText().strip(), voice, self._tier, speed, volume, seed)
        return presenter.Wish(row, self._tier, tier is not None and tier.available, asked)

    @property
    def _now(self) -> presenter.InUse:
        read, tier = self._settings.read, self._state.in_use
        voice = read("tts.voice", str) or DEFAULT_VOICES.get(tier, "")
        return presenter.InUse(tier, voice, read("tts.speed", float), read("tts.volume", float))

    def _show(self) -> None:
        self.preview.show_look(presenter.look(self.wish, self._state, self._now, self._exporting))

    def _show_tiers(self) -> None:
        offered = [tier.tier for tier in self._state.tiers or () if tier.voices]
        if self._tier not in offered:
            self._tier = self._state.in_use if self._state.in_use in offered else next(iter(offered), "")
        self.filters.show_tiers(offered, self._tier)
        self._show_tier()

    def _show_tier(self) -> None:
        tier = self._state.tier(self._tier)
        if tier is not None:
            self.filters.show_languages(rows.languages(tier.voices, words.heading_word))
            variants = tier.variants if tier.available else ()
            self.preview.show_speakers([(shown.id, shown.language_name or shown.id) for shown in variants])

    def _list(self) -> None:
        tier = self._state.tier(self._tier)
        playing = self._state.now.voice if self._state.now is not None else ""
        in_use = self._now.voice if self._tier == self._state.in_use else ""
        marks = rows.Marks(self._state.favourites, in_use.partition("+")[0], playing.partition("+")[0])
        voices = tier.voices if tier is not None else ()
        listed = rows.lines(voices, self.filters.wanted(), marks, words.heading_word, self.tr("Favourites"))
        self.list.show_lines(listed, marks.in_use)
        self._show()

    def _voice_changed(self) -> None:
        row = self.list.current
        if row is not None and not self._own:
            self.preview.show_sentence(sentences.sentence(row.voice.language))
        self._show()

    def _follow_preview(self) -> None:
        self._pacing.clear()
        if self._state.now is not None:
            self.preview.waveform.clear()
            self._ticks.start()
        else:
            self._ticks.stop()

    def _draw_sound(self) -> None:
        self.preview.waveform.add(*self._pacing.take(time.monotonic()))

    # -- what the user wants -------------------------------------------------------------------------------------

    def _choose_tier(self, tier: str) -> None:
        self._tier = tier
        self._show_tier()
        self._list()

    def _play(self) -> None:
        wish = self.wish
        if presenter.look(wish, self._state, self._now, self._exporting).can_play:
            asked = wish.preview
            self._service.preview(asked.text, asked.voice, asked.tier, asked.speed, asked.volume, asked.seed)

    def _play_or_stop(self) -> None:
        """A second press on the voice that is heard stops it; on another one that one is heard."""
        row = self.list.current
        if row is not None and row.playing:
            self._service.stop_preview()
        else:
            self._play()

    def _set_favourite(self, row: Row | None) -> None:
        if row is not None:
            self._service.set_favourite(row.voice.id, not row.favourite)

    def _use(self) -> None:
        wish, now = self.wish, self._now
        if not presenter.look(wish, self._state, now, self._exporting).can_use:
            return
        asked = wish.preview
        values: dict[str, Value] = {"tts.voice": asked.voice, "tts.speed": asked.speed, "tts.volume": asked.volume}
        if wish.tier != now.tier:
            values["tts.tier"] = "demo" if wish.tier == "demo" else "auto"
        try:
            for key, value in values.items():
                self._settings.use(key, value)
        except StarlingError as error:
            self._tell(error)
            return
        self._service.apply()
        for key in values:
            self._writer.save(key)
        self.show_settings()

    def _tell(self, error: StarlingError) -> None:
        self.show_state(State(**{**vars(self._state), "told": Told("failed", f"{error.message} {error.fix}".strip())}))

    def _edited(self) -> None:
        text = self.preview.sentence.toPlainText().strip()
        own = "" if sentences.is_one(text) else text
        if own != self._own:
            self._own = own
            self._save.start()
        self._show()

    def _keep_sentence(self) -> None:
        memory.save(memory.path(), self._own)

    def _reset_sentence(self) -> None:
        row = self.list.current
        self.preview.sentence.setPlainText(sentences.sentence(row.voice.language if row is not None else "en"))

    def _ask_for_a_file(self) -> None:
        wish = self.wish
        if not presenter.look(wish, self._state, self._now, self._exporting).can_export:
            return
        dialog = QFileDialog(self, self.tr("Save what the voice says"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("WAV files (*.wav)"))
        dialog.setDefaultSuffix("wav")
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation) or str(Path.home())
        dialog.setDirectory(folder)
        dialog.selectFile(f"{wish.preview.voice.replace('/', '-')}.wav")
        dialog.fileSelected.connect(lambda path: self._export(wish.preview, path))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _export(self, preview: events.Preview, path: str) -> None:
        """The dialog has asked before it chose a file that exists."""
        self._exporting = True
        self._show()
        self._service.export_preview(preview, path, True)

    # -- making --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        for part, widgets in ((left, (self.filters, self.list)), (right, (self.preview, self.engines))):
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 0, FOCUS_ROOM if part is right else 0, 0)
            column.setSpacing(SPACE_S)
            for widget in widgets:
                column.addWidget(widget)
        right.setProperty("part", "column")
        column.addStretch(1)
        self._cards = QScrollArea()
        self._cards.setWidget(right)
        self._cards.setWidgetResizable(True)
        self._cards.setFrameShape(QFrame.Shape.NoFrame)
        self._cards.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cards.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(SPACE_M)
        self._box.addWidget(left, LIST_SHARE)
        self._box.addWidget(self._cards, CARDS_SHARE)

    def _connect(self) -> None:
        self.filters.changed.connect(self._list)
        self.filters.tier_chosen.connect(self._choose_tier)
        self.filters.left.connect(self.list.setFocus)
        self.list.moved.connect(self._voice_changed)
        self.list.preview_wanted.connect(self._play_or_stop)
        self.list.favourite_wanted.connect(self._set_favourite)
        self.list.use_wanted.connect(self._use)
        self.preview.play_wanted.connect(self._play)
        self.preview.stop_wanted.connect(self._service.stop_preview)
        self.preview.use_wanted.connect(self._use)
        self.preview.export_wanted.connect(self._ask_for_a_file)
        self.preview.favourite_wanted.connect(lambda: self._set_favourite(self.list.current))
        self.preview.sentence_reset.connect(self._reset_sentence)
        self.preview.edited.connect(self._edited)
        self.preview.delivery.reset.clicked.connect(lambda: self.preview.delivery.show_settings(self._settings))
        self.preview.models_wanted.connect(self.models_wanted)
        self.engines.models_wanted.connect(self.models_wanted)
        self._writer.failed.connect(lambda _, error: self._tell(error))
        for keys, slot in (("Ctrl+F", self.filters.search.setFocus), ("Ctrl+S", self._ask_for_a_file)):
            QShortcut(QKeySequence(keys), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._play, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def changeEvent(self, event: QEvent) -> None:
        """The preferences may have been open; letters may have grown."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.show_settings()
        elif event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and self.isVisible():
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self.preview.reserve()
        narrow = self.width() < NARROW_LETTERS * self.fontMetrics().averageCharWidth()
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)
