import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from starling.dictation.text import lists, store
from starling.dictation.text.rules import Replacement


def words(place):
    return store.read_vocabulary(place, store.no_tell)


def rows(view, column=0):
    model = view.model
    return [model.index(row, column).data() for row in range(model.rowCount())]


def add(qtbot, view, *texts):
    for field, text in zip(view.fields, texts, strict=True):
        field.setText(text)
    before = len(view.model.entries)
    QTest.keyClick(view.fields[-1], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(view.model.entries) == before + 1)


def test_a_word_is_added_edited_deleted_and_had_back_by_keys_alone(qtbot, place, shown):
    view = shown("vocabulary")
    add(qtbot, view, "Kubernetes")
    add(qtbot, view, "Köln")
    assert words(place) == ["Kubernetes", "Köln"]
    view.table.setFocus()
    view.table.selectRow(0)
    QTest.keyClick(view.table, Qt.Key.Key_F2)
    editor = view.table.findChild(QLineEdit)
    QTest.keyClicks(editor, "K8s")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows(view) == ["K8s", "Köln"])
    assert words(place) == ["K8s", "Köln"]
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: rows(view) == ["Köln"])
    assert view.notes.button.isVisible()
    QTest.keyClick(view.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rows(view) == ["K8s", "Köln"])
    assert words(place) == ["K8s", "Köln"]
    assert not view.notes.button.isVisible()


def test_a_change_by_another_program_is_seen_and_kept(qtbot, place, shown):
    view = shown("vocabulary")
    add(qtbot, view, "Anna")
    lists.add(lists.VOCABULARY, place, ["Berlin"])
    qtbot.waitUntil(lambda: rows(view) == ["Anna", "Berlin"])
    lists.remove(lists.VOCABULARY, place, [(0, "Anna")])
    view.model.edited.emit(0, "Anna", ("Annabel",))  # shown still, and gone
    qtbot.waitUntil(lambda: "meanwhile" in view.notes.error.text)
    assert words(place) == ["Berlin"]
    qtbot.waitUntil(lambda: rows(view) == ["Berlin"])


def test_nothing_moves_under_somebody_who_types_in_place(qtbot, place, shown):
    view = shown("vocabulary")
    add(qtbot, view, "Anna")
    view.table.setFocus()
    view.table.selectRow(0)
    QTest.keyClick(view.table, Qt.Key.Key_F2)
    editor = view.table.findChild(QLineEdit)
    QTest.keyClicks(editor, "Annab")
    lists.add(lists.VOCABULARY, place, ["Berlin"])
    qtbot.waitUntil(lambda: "Berlin" in view._desk.now.entries["vocabulary"])
    assert rows(view) == ["Anna"]
    assert editor.text() == "Annab"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rows(view) == ["Annab", "Berlin"])


@pytest.mark.parametrize(
    ("name", "texts"), [("vocabulary", ["..."]), ("replacements", ["*", "x"]), ("blocklist", [""])]
)
def test_what_cannot_be_an_entry_is_said(qtbot, shown, name, texts):
    view = shown(name)
    for field, text in zip(view.fields, texts, strict=True):
        field.setText(text)
    view.add.click()
    assert view.notes.error.isVisible()
    assert [field.text() for field in view.fields] == texts


def test_thousands_are_searched_and_sorted(qtbot, place, shown):
    store.write_vocabulary(place, [f"Wörd{number}" for number in range(10_000, 0, -1)])
    view = shown("vocabulary")
    qtbot.waitUntil(lambda: view.model.rowCount() == 10_000)
    view.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert rows(view)[0] == "Wörd1"
    view.search.setText("word9999")
    assert rows(view) == ["Wörd9999"]
    assert "1 of 10000" in view.count.text()
    view.search.setText("nowhere")
    assert view.nothing.isVisible()
    view.search.clear()
    view.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert rows(view)[0] == "Wörd10000"


def test_marked_entries_say_why_and_can_be_seen_alone(qtbot, place, shown):
    store.write_replacements(place, [Replacement("btw", "by the way"), Replacement("x", "y"), Replacement("BTW", "z")])
    view = shown("replacements")
    qtbot.waitUntil(lambda: view.model.rowCount() == 3)
    view.table.selectRow(2)
    assert "“btw” stands before it" in view.reason.text()
    assert "“btw”" in view.model.index(2, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    view.only_marked.click()
    assert rows(view) == ["BTW"]
    view.table.selectRow(0)
    view.delete.click()
    qtbot.waitUntil(lambda: rows(view) == ["btw", "x"])
    assert not view.only_marked.isEnabled()


def test_a_line_break_is_written_as_in_files(qtbot, place, shown):
    view = shown("replacements")
    add(qtbot, view, "sign", "Yours,\\nAnna")
    assert store.read_replacements(place, store.no_tell) == [Replacement("sign", "Yours,\nAnna")]
    assert rows(view, 1) == ["Yours, ⏎ Anna"]
    assert view.model.index(0, 1).data(Qt.ItemDataRole.EditRole) == "Yours,\\nAnna"


def test_a_file_is_imported_with_a_summary_and_exported(qtbot, place, shown, tmp_path):
    view = shown("vocabulary")
    add(qtbot, view, "anna")
    given, made = tmp_path / "given.txt", tmp_path / "made.json"
    given.write_text("Anna\nKöln\n...\n")
    view.import_file(str(given))
    qtbot.waitUntil(lambda: rows(view) == ["Anna", "Köln"])
    assert "new: 1, changed: 1, refused: 1." in view.notes.done.text()
    assert "no letter or digit" in view.notes.done.text()
    view.export_file(str(made))
    qtbot.waitUntil(made.exists)
    qtbot.waitUntil(lambda: "made.json" in view.notes.done.text())
    assert json.loads(made.read_text()) == {"vocabulary": ["Anna", "Köln"]}
    view.import_file(str(tmp_path / "none.txt"))
    qtbot.waitUntil(lambda: "none.txt cannot be read" in view.notes.error.text)
    view.import_file(str(tmp_path / "none.xyz"))
    qtbot.waitUntil(lambda: "TXT, CSV or JSON" in view.notes.error.text)


def test_a_damaged_file_is_shown_with_what_to_do_also_later(qtbot, place, shown, head):
    view = shown("vocabulary")
    add(qtbot, view, "Anna")
    (place / "vocabulary.toml").write_text("words = [")
    qtbot.waitUntil(lambda: "damaged-1.toml" in view.notes.fault.text)
    assert view.notes.fault.isVisible()
    assert rows(view) == []
    head.desk.now = type(head.desk.now)()  # as at the next start, when it has been set aside already
    head.desk.look()
    qtbot.waitUntil(lambda: "copy from it what you need" in view.notes.fault.text)
    (place / "vocabulary.damaged-1.toml").unlink()
    add(qtbot, view, "Berlin")
    qtbot.waitUntil(lambda: not view.notes.fault.text)


def test_a_folder_that_cannot_be_written_is_said(qtbot, place, shown, monkeypatch):
    view = shown("blocklist")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    view.fields[0].setText("never this")
    view.add.click()
    qtbot.waitUntil(lambda: "No space left" in view.notes.error.text)
    assert view.fields[0].text() == "never this"


def test_the_files_are_chosen_in_a_dialog(qtbot, shown):
    view = shown("vocabulary")
    for ask in (view.ask_for_file, view.ask_where):
        ask()
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        dialog.reject()
