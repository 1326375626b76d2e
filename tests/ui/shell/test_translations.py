"""A translation that is there is used; without one the texts are English."""

import subprocess
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QCoreApplication, QLocale

from starling.ui.shell import translations

SOURCE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context><name>Words</name><message><source>Listening</source><translation>Hört zu</translation></message></context>
</TS>
"""


@pytest.fixture
def folder(tmp_path):
    lrelease = Path(PySide6.__path__[0], "lrelease")
    if not lrelease.exists():
        pytest.skip("PySide6 has no lrelease here")
    (tmp_path / "starling_de.ts").write_text(SOURCE, "utf-8")
    argv = [lrelease, "-silent", tmp_path / "starling_de.ts", "-qm", tmp_path / "starling_de.qm"]
    subprocess.run(argv, check=True, capture_output=True)
    return tmp_path


def use(qapp, folder, locale):
    found = translations.install(qapp, QLocale(locale), folder)
    word = QCoreApplication.translate("Words", "Listening")
    button = QCoreApplication.translate("QPlatformTheme", "Cancel")
    for translator in found:
        qapp.removeTranslator(translator)
    return word, button


def test_a_language_that_is_there(qapp, folder):
    assert use(qapp, folder, "de_AT") == ("Hört zu", "Abbrechen")


def test_a_language_that_only_qt_has(qapp, folder):
    assert use(qapp, folder, "fr_FR") == ("Listening", "Annuler")


def test_no_translation(qapp, folder):
    assert use(qapp, folder, "C") == ("Listening", "Cancel")
