import stat
import sys

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from starling.ui.window.support import SupportFile, file_dialog, question


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def program(tmp_path):
    """A stand-in for Python that does what its text says; ``$5`` is the file."""

    def make(text: str) -> str:
        place = tmp_path / "python"
        place.write_text(f"#!/bin/sh\n{text}\n")
        place.chmod(place.stat().st_mode | stat.S_IXUSR)
        return str(place)

    return make


def test_it_says_what_is_in_it_before_it_asks_where_to(window):
    box = question(window)
    text = box.informativeText()
    assert all(word in text for word in ("starling doctor", "does not contain", "sent nowhere"))
    assert [button.text() for button in box.buttons()] == ["Choose a place", "Cancel"]
    box.reject()


def test_the_place_is_a_zip_archive(window):
    dialog = file_dialog(window)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "zip"
    assert dialog.selectedFiles()[0].endswith(".zip")
    dialog.reject()


def test_yes_leads_to_the_place(qtbot, window):
    support = SupportFile(window)
    support.ask()
    (box,) = window.findChildren(QMessageBox)
    box.buttons()[0].click()
    qtbot.waitUntil(lambda: len(window.findChildren(QFileDialog)) == 1)
    window.findChildren(QFileDialog)[0].reject()


def test_it_is_written_by_a_process(qtbot, window, tmp_path, program):
    support = SupportFile(window, program('echo "$@" > "$5"'))
    busy = []
    support.busy_changed.connect(busy.append)
    place = tmp_path / "my file.zip"
    with qtbot.waitSignal(support.saved) as saved:
        support.save(str(place))
        support.save(str(place))  # one at a time
    assert saved.args == [str(place)]
    assert place.read_text().strip() == f"-m starling doctor --bundle {place}"
    assert busy == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo 'starling: The disk is full. Free some space.' >&2; exit 1", "The disk is full. Free some space."),
        ("exit 1", "ended unexpectedly"),
        ("kill -9 $$", "ended unexpectedly"),
    ],
)
def test_what_went_wrong_is_told(qtbot, window, tmp_path, program, text, said):
    support = SupportFile(window, program(text))
    with qtbot.waitSignal(support.failed) as failed:
        support.save(str(tmp_path / "b.zip"))
    assert said in failed.args[0].message
    assert failed.args[0].code == "support.not_saved"


def test_a_python_that_is_not_there(qtbot, window, tmp_path):
    support = SupportFile(window, str(tmp_path / "gone"))
    with qtbot.waitSignal(support.failed) as failed:
        support.save(str(tmp_path / "b.zip"))
    assert failed.args[0].code == "support.not_saved"


def test_it_ends_with_the_window(qtbot, window, tmp_path, program):
    support = SupportFile(window, program("exec sleep 60"))
    told = []
    support.failed.connect(told.append)
    support.save(str(tmp_path / "b.zip"))
    qtbot.waitUntil(lambda: support._process.processId() > 0)
    support.close()
    assert (support._process, told) == (None, [])
    support.close()


def test_the_menu_and_the_panel_reach_whoever_does_it(stage, qtbot):
    window = stage.window
    window.menus.support.trigger()
    (box,) = window.findChildren(QMessageBox)
    box.reject()
    window.status.prove_requested.emit()
    window.status.prove_cancelled.emit()
    assert stage.service.told("prove_again") == [("prove_again",)]
    assert stage.service.told("cancel_proof") == [("cancel_proof",)]
    window._actions.support.saved.emit("/x/support.zip")
    assert any("support.zip was saved" in message.text for message in window._notices.all)


def test_proofs_are_asked_for_once_it_runs(stage):
    from starling.pipeline import events

    assert stage.service.told("show_proofs") == []
    stage.tell(events.Ready("legacy:starter", "mic"))
    assert stage.service.told("show_proofs") == [("show_proofs",)]


def test_the_real_command_is_run_with_this_python(window):
    assert SupportFile(window)._python == sys.executable
