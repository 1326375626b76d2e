import pytest

from starling.settings.schema import PAGES, SETTINGS
from starling.ui.preferences import texts
from starling.ui.preferences.search import Entry, find, fold, spans

PAGE = {page.key: page for page in PAGES}
ENTRIES = [texts.entry(setting, PAGE[setting.page]) for setting in SETTINGS]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("microphone", "audio.microphone"),
        ("MICROPHONE", "audio.microphone"),
        ("mic phone", "audio.microphone"),
        ("sensitivity", "vad.threshold"),
        ("dark", "window.theme"),
        ("high contrast", "window.theme"),
        ("push to talk", "listen.activation"),
        ("wake word", "assistant.answer"),
        ("retention", "history.keep_days"),
        ("whisper", "stt.model"),
        ("vad.pre_roll", "vad.pre_roll"),
        ("  speaking   speed ", "tts.speed"),
    ],
)
def test_words_find_settings(query, first):
    assert find(query, ENTRIES)[0] == first


def test_every_setting_is_found_by_its_title():
    for setting in SETTINGS:
        assert setting.key in find(setting.title, ENTRIES)


def test_the_name_of_a_page_finds_all_of_it():
    keys = find("History & privacy", ENTRIES)
    assert keys == [setting.key for setting in SETTINGS if setting.page == "history"]


def test_nothing_and_everything():
    assert find("xyzzy", ENTRIES) == []
    assert find("microphone xyzzy", ENTRIES) == []
    assert len(find("  ", ENTRIES)) == len(SETTINGS)


def test_accents_do_not_matter():
    entry = Entry("a.b", "Größe der Überschrift", "Où est le café ?")
    assert find("grosse", [entry]) == find("uberschrift cafe", [entry]) == ["a.b"]
    assert fold("Ǻé") == "ae"


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Microphone", "phone", [(5, 10)]),
        ("Keep texts for", "t", [(5, 6), (8, 9)]),
        ("Keep texts", "KEEP texts", [(0, 4), (5, 10)]),
        ("Größe", "ss", [(3, 4)]),
        ("Größe", "oss", [(2, 4)]),
        ("aaa", "aa", [(0, 3)]),
        ("abc", "ab bc", [(0, 3)]),
        ("abc", "x", []),
        ("", "x", []),
        ("abc", "", []),
    ],
)
def test_what_is_marked(text, query, expected):
    assert spans(text, query) == expected
