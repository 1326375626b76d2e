"""The chosen voice: a sentence to let it say, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QPushButton, QSizePolicy, QWidget

from starling.ui.kit.buttons import IconButton
from starling.ui.kit.card import Card
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.text import ElidedLabel, restyle, wrapped
from starling.ui.kit.waveform import WaveformView
from starling.ui.look.tokens import SPACE_S, SPACE_XL
from starling.ui.voices.delivery import Delivery
from starling.ui.voices.presenter import Look

TEXT_LINES = 3
NOTE_LINES = 2
_ICONS = {"danger": "error", "warning": "warning", "success": "check", "muted": "info"}


class PreviewCard(Card):
    """Shows what it is told to; its signals are the user's wishes.

    Attributes:
        edited: sentence, speaker, speed, volume or seed are others now.
    """

    play_wanted = Signal()
    stop_wanted = Signal()
    use_wanted = Signal()
    export_wanted = Signal()
    favourite_wanted = Signal()
    edited = Signal()
    sentence_reset = Signal()
    models_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self._look: Look | None = None
        self.about = ElidedLabel()
        self.about.setProperty("tone", "muted")
        self.sentence = QPlainTextEdit()
        self.sentence.setTabChangesFocus(True)
        self.sentence.setAccessibleName(self.tr("Sentence"))
        self.sentence.setPlaceholderText(self.tr("What the voice is to say"))
        self.sentence.setFixedHeight(self.sentence.fontMetrics().lineSpacing() * TEXT_LINES + SPACE_XL)
        self.speaker = QComboBox()
        self.speaker.setAccessibleName(self.tr("Speaker"))
        self.speaker.setToolTip(self.tr("Who speaks the language"))
        self.speaker.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.waveform = WaveformView()
        self.waveform.setAccessibleName(self.tr("Waveform of the preview"))
        self.figures = ElidedLabel()
        self.figures.setProperty("step", "caption")
        self.figures.setProperty("tone", "muted")
        self.delivery = Delivery()
        self._make_buttons()
        self._make_note()
        self._lay_out()
        self._connect()

    def show_look(self, look: Look) -> None:
        """Show a voice and what can be done with it."""
        if look == self._look:
            return
        self._look = look
        self.set_title(look.title)
        self.about.setText(look.about)
        playing = look.playing
        self.play.set_name(self.tr("Stop") if playing else self.tr("Play"))
        self.play.set_icon("stop" if playing else "play", "text" if playing else "on_accent")
        self.play.set_kind("" if playing else "primary")
        self.play.setToolTip(
            self.tr("Stop (Esc)") if playing else self.tr("Let the voice say the sentence (Ctrl+Enter)")
        )
        self.play.setEnabled(playing or look.can_play)
        self.favourite.setEnabled(bool(look.title))
        self.favourite.setChecked(look.favourite)
        self.favourite.set_icon("star-filled" if look.favourite else "star", "accent" if look.favourite else "text")
        self.use.setEnabled(look.can_use)
        self.use.setText(self.tr("In use") if look.in_use else self.tr("Use this voice"))
        self.export.setEnabled(look.can_export)
        self.get.setVisible(look.missing)
        self.figures.setText(look.figures)
        self._note.setText(look.note)
        self._note_icon.set_icon(_ICONS[look.tone], "text_muted" if look.tone == "muted" else look.tone)
        self._note_icon.setVisible(bool(look.note))
        restyle(self._note, "tone", look.tone)

    def show_sentence(self, text: str) -> None:
        """Another sentence, without telling."""
        if text != self.sentence.toPlainText():
            with QSignalBlocker(self.sentence):
                self.sentence.setPlainText(text)

    def show_speakers(self, speakers: list[tuple[str, str]]) -> None:
        """Who else can speak: (variant, text); the chosen one stays."""
        chosen = self.speaker.currentData()
        with QSignalBlocker(self.speaker):
            self.speaker.clear()
            self.speaker.addItem(self.tr("The voice's own speaker"), "")
            for variant, text in speakers:
                self.speaker.addItem(text, variant)
            self.speaker.setCurrentIndex(max(0, self.speaker.findData(chosen)))
        self.speaker.setVisible(bool(speakers))

    def reserve(self) -> None:
        """Buttons are as wide as any of their texts needs."""
        for button, texts in (
            (self.play, (self.tr("Stop"), self.tr("Play"))),
            (self.use, (self.tr("In use"), self.tr("Use this voice"))),
        ):
            widest = max(button.fontMetrics().horizontalAdvance(text) for text in texts)
            button.setMinimumWidth(widest + button.iconSize().width() + SPACE_XL)
        self._note.setMinimumHeight(self._note.fontMetrics().lineSpacing() * NOTE_LINES)

    def _make_buttons(self) -> None:
        self.play = IconButton("play", self.tr("Play"), text=True)
        self.use = QPushButton(self.tr("Use this voice"))
        self.use.setToolTip(self.tr("Let this voice speak the replies, at this speed and volume (U in the list)"))
        self.export = IconButton("save", self.tr("Save as WAV"))
        self.export.setToolTip(self.tr("Save what the voice says as a WAV file (Ctrl+S)"))
        self.favourite = IconButton("star", self.tr("Favourite"), checkable=True)
        self.favourite.setToolTip(self.tr("List this voice first (F in the list)"))
        self.reset = IconButton("reset", self.tr("The usual sentence of this language"))
        self.get = QPushButton(self.tr("Get a Kokoro model"))
        self.get.setProperty("kind", "link")
        self.get.hide()
        for button in (self.play, self.use, self.get):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for button in (self.play, self.use):  # they share the line, whatever they say
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def _make_note(self) -> None:
        self._note = wrapped("caption", "muted")
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note_icon = Glyph("info", "text_muted")
        self.note_row = QHBoxLayout()
        self.note_row.setSpacing(SPACE_S)
        self.note_row.addWidget(self._note_icon, 0, Qt.AlignmentFlag.AlignTop)
        self.note_row.addWidget(self._note, 1)

    @property
    def note(self) -> str:
        """What is said about the voice or the last wish."""
        return self._note.text()

    def _lay_out(self) -> None:
        self.header.addWidget(self.favourite)
        buttons, speakers = QHBoxLayout(), QHBoxLayout()
        for row in (buttons, speakers):
            row.setSpacing(SPACE_S)
        buttons.addWidget(self.play, 1)
        buttons.addWidget(self.use, 1)
        buttons.addWidget(self.export)
        speakers.addWidget(self.speaker, 1)
        about = QHBoxLayout()
        about.addWidget(self.about, 1)
        about.addWidget(self.reset)
        self.body.addLayout(about)
        self.body.addWidget(self.sentence)
        self.body.addLayout(buttons)
        self.body.addWidget(self.waveform)
        self.body.addWidget(self.figures)
        self.body.addLayout(self.note_row)
        self.body.addWidget(self.get)
        self.body.addLayout(speakers)
        self.body.addWidget(self.delivery)

    def _connect(self) -> None:
        self.play.clicked.connect(self._play_or_stop)
        self.use.clicked.connect(self.use_wanted)
        self.get.clicked.connect(self.models_wanted)
        self.export.clicked.connect(self.export_wanted)
        self.favourite.clicked.connect(self._toggle_favourite)
        self.reset.clicked.connect(self.sentence_reset)
        self.sentence.textChanged.connect(self.edited)
        self.speaker.currentIndexChanged.connect(self.edited)
        self.delivery.changed.connect(self.edited)

    def _play_or_stop(self) -> None:
        if self._look is not None and self._look.playing:
            self.stop_wanted.emit()
        else:
            self.play_wanted.emit()

    def _toggle_favourite(self) -> None:
        self.favourite.setChecked(self._look is not None and self._look.favourite)  # shown when it is so
        self.favourite_wanted.emit()
