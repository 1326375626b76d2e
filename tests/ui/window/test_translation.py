"""A language in which every text stands in brackets: what has none was never handed to the translator."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QMenu, QTableWidget, QWidget

from starling.core.errors import StarlingError
from starling.pipeline import events
from starling.ui.transcript import phrases
from starling.ui.window import dialogs
from tests.ui.window.conftest import CPU, utterance

DATA = {
    "what time is it", "It is ten.", "The disk is full. Make room.", "tiny.en", "USB", "af_heart", "No NPU.",
    "Because.", "hey starling", "The disk is full.", "Make room.", "ctranslate2",
}  # fmt: skip
"""Texts of people, devices and lower parts."""


class Brackets(QTranslator):
    def translate(self, context, source, disambiguation=None, n=-1):
        return f"[{source}]"

    def isEmpty(self):
        return False


@pytest.fixture
def brackets(qapp):
    translator = Brackets()
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


@pytest.fixture
def stage(brackets, qtbot, make_stage, monkeypatch):
    monkeypatch.setattr(phrases, "clock_word", lambda at: "12:34")  # in some languages it has letters
    made = make_stage()
    made.window.resize(1400, 900)
    made.window.show()
    return made


def fill(stage) -> None:
    reply = events.Reply(
        "It is ten.", "cpu", "af_heart", CPU, audio_s=1.0, synthesis_s=0.3, time_to_first_audio_ms=200.0
    )
    stage.tell(events.Listening("assistant", "always", False))
    stage.tell(events.MicrophoneChanged("open", "USB"), events.Ready("legacy", "USB"))
    stage.tell(events.EngineShown("stt", "ready", "legacy", "tiny.en", CPU, "No NPU."))
    stage.tell(events.Heard(utterance(confidence=0.9)), events.ReplyBegan("It is ten.", "t1"))
    stage.tell(events.ReplyEnded(reply, "t1"), events.RetryBegan("t1", "tiny.en"))
    stage.tell(events.Retried("t1", utterance(model="tiny.en", notes=("Because.",))))
    stage.tell(events.Heard(utterance("", "t2", error={"message": "The disk is full.", "fix": "Make room."})))
    stage.tell(events.Trouble(StarlingError("history.disk_full", "The disk is full.", "Make room.")))
    stage.tell(events.SpeechBegan(0.0))


def texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle(), widget.toolTip())
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield from (widget.placeholderText(), widget.text())
    if isinstance(widget, QMenu):
        yield widget.title()
    if isinstance(widget, QTableWidget):
        for column in range(widget.columnCount()):
            yield widget.horizontalHeaderItem(column).text()
            yield from (widget.item(row, column).text() for row in range(widget.rowCount()))


def untranslated(*roots: QWidget) -> set[str]:
    """Texts with letters outside of brackets that are no data."""
    found = set()
    for root in roots:
        for widget in (root, *root.findChildren(QWidget)):
            for text in (*texts_of(widget), *(action.text() for action in widget.findChildren(QAction))):
                rest = _without_brackets(text)
                for known in sorted(DATA, key=len, reverse=True):
                    rest = rest.replace(known, "")
                if any(letter.isalpha() for letter in rest):
                    found.add(text)
    return found


def _without_brackets(text: str) -> str:
    depth, kept = 0, []
    for letter in text:
        depth += letter == "["
        if not depth:
            kept.append(letter)
        depth -= letter == "]"
    return "".join(kept)


STATES = [
    [],
    [events.Listening("off", "hold", True)],
    [events.Listening("dictation", "hold", False)],
    [events.SpeechEnded()],
    [events.MicrophoneChanged("lost", "USB", "The disk is full.", "Make room.")],
    [events.EngineShown("stt", "restarting", "legacy", "tiny.en", reason="Because.")],
    [events.SpeechDropped("Because.", held=True)],
    [events.ReplayBegan("t1")],
    [events.ReplyEnded(events.Reply("It is ten."), "t1"), events.ReplayBegan("t1", of_reply=True)],
    [events.Retried("t1", utterance("", model="tiny.en"))],
    [events.Stopped(StarlingError("history.disk_full", "The disk is full.", "Make room."))],
]


@pytest.mark.parametrize("told", STATES)
def test_every_text_of_the_window_is_translated(stage, told):
    assert untranslated(stage.window) == set()
    fill(stage)
    stage.tell(*told)
    assert untranslated(stage.window) == set()


def test_every_text_of_the_dialogs_is_translated(qtbot, stage):
    shortcuts = dialogs.ShortcutsDialog(stage.window.menus.all(), stage.window)
    boxes = (dialogs.clear_question(stage.window), dialogs.about_box(stage.window))
    keys = {action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) for action in stage.window.menus.all()}
    assert untranslated(shortcuts, *boxes) - keys == set()
    for box in (shortcuts, *boxes):
        box.close()
        box.deleteLater()
