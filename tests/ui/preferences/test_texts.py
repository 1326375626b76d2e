"""Every text of the declarations is known to translators, and is translated wherever it is shown."""

import ast
import inspect

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit

from starling.settings.schema import PAGES, SETTINGS, Setting
from starling.ui.preferences import (
    conversation_texts,
    dictation_texts,
    history_texts,
    insertion_texts,
    keys_texts,
    languages,
    models_texts,
    npu_texts,
    overlay_texts,
    power_texts,
    texts,
)
from starling.ui.preferences.dialog import Preferences
from starling.ui.preferences.mnemonics import marked


def declared() -> set[str]:
    found = {text for page in PAGES for text in (page.title, page.note)}
    for setting in SETTINGS:
        found |= {setting.title, setting.description, setting.zero, *setting.labels, *setting.keywords}
    return found - {""}


def test_translators_are_given_every_text():
    units = {"On", "ms", "s", "min", "day", "days", "thread", "threads"}
    assert declared() | units == texts.SOURCES | {"Off"}


def test_they_are_literals():
    """Translators' tools read the source: what is computed is not found."""
    modules = (
        texts,
        conversation_texts,
        dictation_texts,
        history_texts,
        insertion_texts,
        keys_texts,
        models_texts,
        npu_texts,
        overlay_texts,
        power_texts,
    )
    trees = [ast.parse(inspect.getsource(module)) for module in modules]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    marks = [call for call in calls if getattr(call.func, "id", "") == "QT_TRANSLATE_NOOP"]
    assert {call.args[1].value for call in marks} == texts.SOURCES
    assert {call.args[0].value for call in marks} == {texts.CONTEXT}


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        (Setting("a.b", True, "T", "D."), False, "Off"),
        (Setting("a.b", "x", "T", "D.", choices=("x", "y"), labels=("First", "Second")), "y", "Second"),
        (Setting("a.b", "", "T", "D."), "free text", "free text"),
        (Setting("a.b", 5, "T", "D.", unit="ms"), 450, "450 ms"),
        (Setting("a.b", 5, "T", "D.", unit="days", zero="For ever"), 0, "For ever"),
        (Setting("a.b", 5, "T", "D.", unit="days"), 1, "1 day"),
        (Setting("a.b", 5, "T", "D.", unit="threads"), 2, "2 threads"),
        (Setting("a.b", 0.5, "T", "D."), 0.55, "0.55"),
        (Setting("a.b", 0.5, "T", "D.", unit="times"), 1.0, "1.00 ×"),  # noqa: RUF001
    ],
)
def test_values_as_people_read_them(setting, value, expected, monkeypatch):
    monkeypatch.setattr(texts, "QLocale", lambda: QLocale.c())
    assert texts.value(setting, value) == expected


class Pseudo(QTranslator):
    """Puts every text between brackets, so that one that was not translated stands out."""

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"[{source}]"

    def isEmpty(self):
        return False


@pytest.fixture
def pseudo(qapp):
    translator = Pseudo(qapp)
    QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def test_nothing_on_the_screen_is_left_untranslated(qtbot, pseudo, settings, service, bridge):
    dialog = Preferences(settings, service, bridge)
    qtbot.addWidget(dialog)
    dialog.form.show_found("")
    dialog.search.setText("xyzzy")
    assert [text for text in shown(dialog) if text and not bracketed(text)] == []


def shown(dialog):
    yield dialog.windowTitle()
    for widget in dialog.findChildren(QLabel) + dialog.findChildren(QAbstractButton):
        if isinstance(widget, QLabel) and isinstance(widget.parent(), QLineEdit | QComboBox):
            continue
        yield widget.text()
        yield widget.accessibleName()
        yield widget.toolTip()
    for box in dialog.findChildren(QComboBox):
        yield from (box.itemText(index) for index in range(box.count()))
    for item in range(dialog.pages.count()):
        yield dialog.pages.item(item).text()


def bracketed(text: str) -> bool:
    plain = text.replace("&", "").replace("–", "")  # noqa: RUF001
    return "[" in plain or not any(char.isalpha() for char in plain)


def test_languages_have_names():
    assert len(set(languages.CODES)) == len(languages.CODES) == 100
    assert languages.name("de") == "German (Deutsch)"
    assert languages.name("en") == "English"
    assert languages.name("jw").startswith("Javanese")
    assert languages.name("qqq") == "qqq"
    assert not [code for code in languages.CODES if languages.name(code) == code]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en-us", "English, United States"),
        ("en-gb", "English, United Kingdom"),
        ("fr-fr", "French, France"),
        ("cmn", "Chinese"),
        ("es", "Spanish"),
        ("en-029", "English (en-029)"),
        ("qqq", "qqq"),
    ],
)
def test_voices_have_languages(tag, expected):
    assert languages.voice_language(tag) == expected


def test_whisper_knows_these_languages():
    faster_whisper = pytest.importorskip("faster_whisper.tokenizer")
    assert set(languages.CODES) == set(faster_whisper._LANGUAGE_CODES)


def test_letters_are_given_once():
    taken = {"m"}
    assert [marked(title, taken) for title in ("Mode", "More & more", "Over", "ムード", "m")] == [
        "M&ode",
        "Mo&re && more",
        "O&ver",
        "ムード",
        "m",
    ]
    assert taken == {"m", "o", "r", "v"}
