from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel

from starling.pipeline import events
from starling.ui.status import npu_presenters
from starling.ui.status.npu_card import NpuCard
from starling.ui.status.panel_view import StatusPanel
from starling.ui.status.problem_row import ProblemRow
from starling.ui.status.proof_card import ProofCard
from starling.ui.status.proof_row import ProofRow
from starling.ui.status.remedy_view import Command
from tests.ui.status.states import FULL, NPU, PHOENIX, PROVEN, STATES


def shown(qtbot, card):
    qtbot.addWidget(card)
    card.resize(340, 600)
    card.show()
    qtbot.waitExposed(card)
    return card


def named(widget, name) -> QAbstractButton:
    return next(button for button in widget.findChildren(QAbstractButton) if button.accessibleName() == name)


def seen(widget, kind) -> list:
    return [each for each in widget.findChildren(kind) if each.isVisibleTo(widget)]


def test_what_blocks_is_open_and_its_command_can_be_copied_by_keys(qtbot):
    card = shown(qtbot, NpuCard())
    card.show_look(npu_presenters.npu(NPU))
    qtbot.waitUntil(lambda: len(seen(card, Command)) == 1)  # new rows show themselves later
    (command,) = seen(card, Command)
    text = "echo '* - memlock unlimited' | sudo tee /etc/security/limits.d/99-amdxdna.conf"
    assert command.copy.accessibleName() == f"Copy the command: {text}"
    command.copy.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(command.copy, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == text
    assert command.copy.accessibleName() == f"Copied: {text}"
    qtbot.waitUntil(lambda: command.copy.accessibleName() == f"Copy the command: {text}")


def test_what_only_limits_is_opened_on_demand_and_stays_open(qtbot):
    card = shown(qtbot, NpuCard())
    old = STATES["old driver"].npu
    card.show_look(npu_presenters.npu(old))
    qtbot.waitUntil(lambda: len(seen(card, ProblemRow)) == 1)
    assert not seen(card, Command)
    button = named(card, f"What to do about: {old.faults[0].reason}")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert seen(card, Command)
    card.show_look(npu_presenters.npu(old, events.PowerShown(True, "turbo")))
    assert seen(card, Command)


def test_without_an_npu_there_are_no_values_of_it(qtbot):
    card = shown(qtbot, NpuCard())
    card.show_look(npu_presenters.npu(STATES["no npu"].npu))
    assert not any("not read" in label.text() for label in seen(card, QLabel))


def test_a_changed_mode_and_contexts_move_nothing(qtbot):
    card = shown(qtbot, NpuCard())
    card.show_look(npu_presenters.npu(PHOENIX, None, PHOENIX.contexts))
    before = card.sizeHint()
    changing = events.PowerShown(True, "turbo", changing="performance")
    card.show_look(npu_presenters.npu(PHOENIX, changing, events.ContextsShown(12, 34, 16)))
    assert card.sizeHint() == before


def test_a_proof_is_asked_for_and_cancelled(qtbot):
    card = shown(qtbot, ProofCard())
    card.show_look(npu_presenters.proofs(None, False))
    assert not card.button.isEnabled()
    card.show_look(npu_presenters.proofs(events.ProofShown("idle", entries=(PROVEN,)), False))
    before = card.sizeHint()
    with qtbot.waitSignal(card.prove):
        named(card, "Prove every accelerator again").click()
    running = events.ProofShown("running", "comparing its encoder with the reference", 2, 4, (PROVEN,))
    card.show_look(npu_presenters.proofs(running, False))
    assert card.sizeHint() == before
    with qtbot.waitSignal(card.cancel):
        named(card, "Cancel the proof").click()


def test_evidence_stays_open_while_the_proof_goes_on(qtbot):
    card = shown(qtbot, ProofCard())
    card.show_look(npu_presenters.proofs(events.ProofShown("idle", entries=(PROVEN,)), False))
    qtbot.waitUntil(lambda: len(seen(card, ProofRow)) == 1)
    named(card, "Evidence of Advanced · XRT · starter").click()
    card.show_look(npu_presenters.proofs(events.ProofShown("waiting", entries=(PROVEN,)), False))
    assert any("xclbin 1234" in label.text() for label in seen(card, QLabel))


@pytest.mark.parametrize("name", ["no npu", "phoenix", "old driver", "demoted", "full"])
def test_each_state_can_follow_each_other(qtbot, name):
    view = StatusPanel()
    qtbot.addWidget(view)
    for other in STATES.values():
        view.show_panel(other)
        view.show_panel(STATES[name])
        assert view.npu.badge.text == npu_presenters.npu(STATES[name].npu).state.word


def test_the_panel_asks_for_proofs(qtbot):
    view = StatusPanel()
    qtbot.addWidget(view)
    view.show_panel(replace(FULL, proofs=events.ProofShown("idle")))
    with qtbot.waitSignal(view.prove_requested):
        view.proofs.button.click()
    view.show_panel(replace(FULL, proofs=events.ProofShown("waiting")))
    with qtbot.waitSignal(view.prove_cancelled):
        view.proofs.button.click()
